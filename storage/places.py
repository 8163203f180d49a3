"""Which places a word on the command line means."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple, cast

from django.core.files.storage import InvalidStorageError, storages

from storage import configuration
from storage.backends import Files
from storage.folder import PrivateFolder, PublicFolder
from storage.s3 import BucketFiles, PrivateBucket, PublicBucket

#: What ``--from`` and ``--to`` take, for their help.
WORDS: Final = (
    "folder, tigris, r2 or s3 as the variables describe them; folder:PATH for the public folder at "
    "PATH and the private one at PATH-private; variables:FILE for the buckets of a file with lines "
    "such as BUCKET_NAME=…"
)


class NoSuchPlace(Exception):
    """A word that means no place here, with what to do."""


class Places(NamedTuple):
    """A public and a private place."""

    public: Files
    private: Files


def places_of(word: str) -> Places:
    """Give the places that a word means. Raises ``NoSuchPlace``."""
    kind, _colon, rest = word.partition(":")
    if rest and kind == "folder":
        return Places(PublicFolder(rest), PrivateFolder(f"{rest.rstrip('/')}-private"))
    if rest and kind == "variables":
        return _described(Path(rest))
    if word == "folder":
        return _named("folder")
    if word in configuration.KINDS:
        return _bucket(word)
    raise NoSuchPlace(f"{word!r} is no place for files: {WORDS}.")


def _named(kind: str) -> Places:
    try:
        return Places(
            cast(Files, storages[f"public-{kind}"]), cast(Files, storages[f"private-{kind}"])
        )
    except InvalidStorageError as error:
        raise NoSuchPlace(
            "The variables describe no bucket: see docs/settings.md, from FILES_BACKEND on."
        ) from error


def _bucket(word: str) -> Places:
    found = _named("bucket")
    endpoint = cast(BucketFiles, found.private).access.endpoint
    kind = configuration.kind_of({"AWS_ENDPOINT_URL_S3": endpoint})
    if word not in (kind, "s3"):
        raise NoSuchPlace(f"The variables describe a bucket of {kind}, not of {word}: {endpoint}.")
    return found


def _described(path: Path) -> Places:
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NoSuchPlace(f"{path} cannot be read: {type(error).__name__}.") from error
    values = {}
    for line in lines:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            values[name.strip()] = value.strip().strip("'\"")
    wrong = configuration.problems(values, folder_is_kept=False)
    if wrong:
        raise NoSuchPlace(f"{path}: {' '.join(wrong)}")
    return Places(
        PublicBucket(**configuration.access(values, public=True)._asdict()),
        PrivateBucket(**configuration.access(values, public=False)._asdict()),
    )

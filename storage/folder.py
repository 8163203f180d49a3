"""Files in a folder of this machine, for those who have no bucket: the same rules, locally."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

from django.conf import settings

from storage import keys, limits, links
from storage.backends import Content, Facts, Files, Listed, SignedForm, pieces_of
from storage.errors import BadKey, StorageUnavailable

#: What begins so is still being written, or was left by a process that was killed.
_UNFINISHED: Final = ".part-"


class Folder(Files):
    """Files below one folder. ``location``: an absolute path; "" for that of the settings."""

    is_public = False
    _file_mode = 0o600
    _folder_mode = 0o700

    def __init__(self, location: str | os.PathLike[str] = "") -> None:
        self._location = str(location)

    @property
    def location(self) -> Path:
        return Path(self._location)

    def path(self, name: str) -> str:
        """Give the path of a key, which lies below the folder also when links are followed."""
        path = self.location / keys.require_key(name)
        if not path.resolve().is_relative_to(self.location.resolve()):
            raise BadKey(name)
        return str(path)

    def pieces(
        self, key: str, *, first: int = 0, end: int | None = None, seconds: float | None = None
    ) -> Iterator[bytes]:
        deadline = time.monotonic() + (limits.DEADLINE if seconds is None else seconds)
        with open(self._existing(key), "rb", buffering=0) as file:
            at = first
            while end is None or at < end:
                wanted = limits.PIECE if end is None else min(limits.PIECE, end - at)
                piece = os.pread(file.fileno(), wanted, at)
                if not piece:
                    return
                at += len(piece)
                yield piece
                if time.monotonic() > deadline:
                    raise StorageUnavailable(f"reading {key}")

    def put(self, key: str, content: Content, type_: str = "") -> bool:
        path = Path(self.path(key))
        if self.is_fresh(key):
            return False
        part = self.begin(key)
        try:
            with open(part, "wb") as file:
                for piece in pieces_of(content):
                    file.write(piece)
            self.commit(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return True

    def begin(self, key: str) -> Path:
        """Make an empty file beside the key's place, to be written and then given to ``commit``."""
        # Each by itself: `parents=True` leaves those in between to the umask.
        folder = self.location
        folder.mkdir(mode=self._folder_mode, parents=True, exist_ok=True)
        for name in Path(keys.require_key(key)).parent.parts:
            folder /= name
            folder.mkdir(mode=self._folder_mode, exist_ok=True)
        part = folder / f"{_UNFINISHED}{secrets.token_hex(12)}"
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self._file_mode))
        os.chmod(part, self._file_mode)  # whatever the umask
        return part

    def commit(self, part: Path, path: str | os.PathLike[str]) -> None:
        """Put a written file into its place: as a whole, and so that a power cut does not undo it."""
        with open(part, "rb") as file:
            os.fsync(file.fileno())
        os.replace(part, path)

    def facts(self, key: str) -> Facts:
        found = self._existing(key).stat()
        modified = datetime.fromtimestamp(found.st_mtime, UTC)
        return Facts(found.st_size, keys.type_of(key), modified)

    def list_keys(self, prefix: str = "", *, after: str = "") -> Iterator[Listed]:
        # Only the folder that the prefix names is walked; each is sorted as it is entered.
        start = prefix.rpartition("/")[0]
        for key, entry in _walk(self.location / start, f"{start}/" if start else ""):
            if key.startswith(prefix) and key > after:
                try:
                    found = entry.stat()
                except FileNotFoundError:
                    continue  # deleted meanwhile
                yield Listed(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def delete(self, name: str) -> None:
        Path(self.path(name)).unlink(missing_ok=True)

    def url(self, name: str | None) -> str:
        return self.signed_url(name or "")

    def signed_url(self, key: str, *, expires: timedelta = limits.LINK_AGE, name: str = "") -> str:
        end = links.until(datetime.now(UTC), expires)
        return links.Download(keys.require_key(key), end, name[: links.LONGEST_NAME]).signed()

    def signed_form(self, key: str, *, size: int, type_: str, expires: timedelta) -> SignedForm:
        end = links.until(datetime.now(UTC), expires)
        arrival = links.Arrival(keys.require_key(key), end, size, type_)
        return SignedForm("PUT", arrival.signed(), headers={"Content-Type": type_})

    def unfinished(self, *, before: datetime) -> Iterator[Path]:
        """Give what killed processes left half written before that time."""
        for path in self.location.rglob(f"{_UNFINISHED}*"):
            if path.stat().st_mtime < before.timestamp():
                yield path

    def _existing(self, key: str) -> Path:
        path = Path(self.path(key))
        if not path.is_file():
            raise FileNotFoundError(key)
        return path


class PublicFolder(Folder):
    """What anybody may see, below ``settings.MEDIA_ROOT``, at ``settings.MEDIA_URL``."""

    is_public = True
    _file_mode = 0o644  # another program on the machine, such as nginx, may serve them
    _folder_mode = 0o755

    @property
    def location(self) -> Path:
        return Path(self._location or settings.MEDIA_ROOT)

    def url(self, name: str | None) -> str:
        return f"{settings.MEDIA_URL}{quote(keys.require_key(name or ''))}"


class PrivateFolder(Folder):
    """What is read through signed links, in a folder beside the public one."""

    @property
    def location(self) -> Path:
        return Path(self._location or f"{settings.MEDIA_ROOT}-private")


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Give the files below a folder with their keys, in the order of the keys' bytes."""
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    # "a/b" stands before "a.b"? By bytes "." comes before "/": a folder sorts as its name with "/".
    ordered = sorted(entries, key=lambda each: each.name + ("/" if each.is_dir() else ""))
    for entry in ordered:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder / entry.name, f"{prefix}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            yield f"{prefix}{entry.name}", entry

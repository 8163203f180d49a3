"""The variables that say where files lie: Fly's own names, those of a second bucket, a folder.

``storage.configuration`` makes places of them, and says what is missing.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from esensi.env_types import one_of, text, web_path
from esensi.variable import Variable
from storage.configuration import KINDS


def bucket_endpoint(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(f"must look like https://fly.storage.tigris.dev; it is {value!r}.")
    return value.rstrip("/")


def files_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or not value.endswith("/"):
        raise ValueError(f"must look like https://bucket.t3.tigrisfiles.io/; it is {value!r}.")
    return value


FILE_VARIABLES = (
    Variable(
        "FILES_BACKEND",
        one_of("auto", *KINDS),
        "auto",
        "Where files lie. By itself it is what the variables below describe, and without them a folder; "
        "outside local a folder must be asked for.",
    ),
    Variable(
        "FILES_READ_ALSO",
        one_of("folder", "bucket"),
        None,
        "While files move (`manage.py migrate_media`): the former place, from which is read what the "
        "one in use does not have yet.",
    ),
    Variable(
        "AWS_ENDPOINT_URL_S3",
        bucket_endpoint,
        None,
        "Where the bucket's service answers; as the next four, set by `fly storage create`.",
    ),
    Variable(
        "BUCKET_NAME",
        text,
        None,
        "The private bucket: manuscripts, editions, uploads on their way.",
    ),
    Variable("AWS_ACCESS_KEY_ID", text, None, "The key that may read and write it.", secret=True),
    Variable("AWS_SECRET_ACCESS_KEY", text, None, "What belongs to that key.", secret=True),
    Variable("AWS_REGION", text, "auto", "The bucket's region, for services that have some."),
    Variable(
        "PUBLIC_BUCKET_NAME",
        text,
        None,
        "The second bucket, whose files everybody may read: covers and pictures.",
    ),
    Variable(
        "PUBLIC_AWS_ACCESS_KEY_ID",
        text,
        None,
        "The public bucket's key, where it has one of its own; with the next.",
        secret=True,
    ),
    Variable(
        "PUBLIC_AWS_SECRET_ACCESS_KEY",
        text,
        None,
        "What belongs to that key.",
        secret=True,
    ),
    Variable(
        "PUBLIC_FILES_URL",
        files_address,
        None,
        "Where browsers find the public bucket's files. Default: Tigris' own address of the bucket.",
    ),
    Variable(
        "ESENSI_MEDIA_ROOT",
        text,
        "",
        "The folder for covers and pictures, where there is no bucket; the private one lies beside it, "
        "with -private behind its name. Default: .local/media in the project.",
    ),
    Variable(
        "ESENSI_MEDIA_URL",
        web_path,
        "/media/",
        "Where browsers find that folder; /media/ is served by the program itself.",
    ),
)

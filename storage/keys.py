"""Keys of stored files, made in this one place.

A key is a purpose, a slash, and the SHA-256 of the content with the ending of its type: equal
content is stored once, nothing is ever overwritten by something else, and no name that a person
typed is part of one. What is still on its way into the house has a random key below ``incoming/``.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from typing import Final

from storage.errors import BadKey

#: The types of files that are stored, with the ending of their keys; nothing else is.
ENDINGS: Final = {
    "image/webp": "webp",
    "image/avif": "avif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/svg+xml": "svg",
    "application/epub+zip": "epub",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/zip": "zip",
    "text/markdown": "md",
    "text/plain": "txt",
    "application/json": "json",
    "application/octet-stream": "bin",
}
_TYPES: Final = {ending: type_ for type_, ending in ENDINGS.items()} | {"jpeg": "image/jpeg"}
#: Where uploads arrive, in the private place.
INCOMING: Final = "incoming"
LONGEST: Final = 200  # characters: of the columns that hold keys
_SEGMENT: Final = r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(?:\.[A-Za-z0-9_-]{1,20}){0,3}"
_KEY: Final = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT}){{0,5}}")
_PREFIX: Final = re.compile(r"[a-z][a-z0-9]{0,30}(?:/[a-z0-9]{1,30}){0,2}")


def digest(pieces: bytes | Iterable[bytes]) -> str:
    """Give the SHA-256 of some content as 64 hexadecimal digits."""
    found = hashlib.sha256()
    for piece in [pieces] if isinstance(pieces, bytes) else pieces:
        found.update(piece)
    return found.hexdigest()


def content_key(prefix: str, content: str | bytes, type_: str, *, variant: str = "") -> str:
    """Give the key of a file: ``covers/9f86….webp``.

    ``content`` is the content itself or its ``digest``. ``variant`` tells apart what is made of one
    content, such as its widths: ``covers/9f86…-640.webp``. Raises ``BadKey``.
    """
    sha256 = digest(content) if isinstance(content, bytes) else content
    ending = ENDINGS.get(type_)
    tail = f"-{variant}" if variant else ""
    if ending is None or not _PREFIX.fullmatch(prefix) or not re.fullmatch("[0-9a-f]{64}", sha256):
        raise BadKey(f"{prefix}/{sha256}{tail} of type {type_}")
    return require_key(f"{prefix}/{sha256}{tail}.{ending}")


def incoming_key(purpose: str, type_: str) -> str:
    """Give a key that nobody can guess, for bytes that nobody has looked at yet."""
    if type_ not in ENDINGS or not _PREFIX.fullmatch(purpose):
        raise BadKey(f"{INCOMING}/{purpose} of type {type_}")
    return f"{INCOMING}/{purpose}/{secrets.token_hex(24)}.{ENDINGS[type_]}"


def require_key(key: str) -> str:
    """Give ``key`` back. Raises ``BadKey`` for what is none, such as ``../../etc/passwd``."""
    if len(key) > LONGEST or not _KEY.fullmatch(key):
        raise BadKey(key)
    return key


def type_of(key: str) -> str:
    """Give the type of a stored file by its key's ending."""
    ending = key.rpartition("/")[2].rpartition(".")[2].lower()
    return _TYPES.get(ending, "application/octet-stream")

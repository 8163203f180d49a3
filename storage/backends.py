"""A place for files: Django's storage interface, and what this house needs beyond it.

Two places are registered in ``STORAGES``: "public" (covers, pictures in chapters; anybody may
read, browsers keep them for a year) and "private" (manuscripts, editions, originals, uploads on
their way; read through signed links that expire). Each is a folder (``storage.folder``) or a
bucket (``storage.s3``).
"""

from __future__ import annotations

import abc
import os
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import IO, Any, Literal, NamedTuple, cast

from django.core.files import File
from django.core.files.storage import Storage, storages

from storage import keys, limits
from storage.errors import StoredFileTooLarge

Content = bytes | IO[bytes]


class Listed(NamedTuple):
    """A stored file as a listing names it: its size in bytes and when it was written."""

    key: str
    size: int
    modified: datetime


class Facts(NamedTuple):
    """What the place knows of one file without its bytes."""

    size: int
    type: str
    modified: datetime


class SignedForm(NamedTuple):
    """How a browser sends one file to one key: everything but its bytes is fixed and signed.

    POST: a multipart form of ``fields`` and then ``file``. PUT: the bytes, with ``headers``.
    """

    method: Literal["POST", "PUT"]
    url: str
    fields: Mapping[str, str] = MappingProxyType({})
    headers: Mapping[str, str] = MappingProxyType({})


class Files(Storage, abc.ABC):
    """A place for files. Keys are those of ``storage.keys``; others raise ``BadKey``.

    Every operation but ``url`` may raise ``StorageUnavailable`` and ``StorageRefused``; those on a
    file that is not there raise ``FileNotFoundError``. None outlives ``limits.DEADLINE``, or the
    caller's ``seconds``.
    """

    #: Whether anybody may read what lies here.
    is_public: bool

    # --- What each kind of place does in its own way ---

    @abc.abstractmethod
    def pieces(
        self, key: str, *, first: int = 0, end: int | None = None, seconds: float | None = None
    ) -> Iterator[bytes]:
        """Give the bytes from ``first`` up to and without ``end``, a piece at a time, within so many
        ``seconds`` (``limits.DEADLINE``)."""

    @abc.abstractmethod
    def put(self, key: str, content: Content, type_: str = "") -> bool:
        """Store ``content`` under ``key``; whether it was written. It is there as a whole or not at
        all. What is there already is the same by its key, and is left (yet see ``REFRESH_AGE``).
        ``type_`` is that of the key where it is not given."""

    @abc.abstractmethod
    def facts(self, key: str) -> Facts:
        """Give size, type and time of one file."""

    @abc.abstractmethod
    def list_keys(self, prefix: str = "", *, after: str = "") -> Iterator[Listed]:
        """Give the files whose keys begin with ``prefix``, in the order of their keys' bytes; those
        that come behind ``after`` alone. Memory does not grow with their number."""

    @abc.abstractmethod
    def signed_url(self, key: str, *, expires: timedelta = limits.LINK_AGE, name: str = "") -> str:
        """Give a link to a file for whoever has it, until it expires. ``name`` is what the file is
        saved as, in any script; without it browsers may show the file. Who may have the link is
        the caller's to decide. No request is made."""

    @abc.abstractmethod
    def signed_form(self, key: str, *, size: int, type_: str, expires: timedelta) -> SignedForm:
        """Give the form by which a browser stores exactly ``size`` bytes of ``type_`` under ``key``.
        No request is made."""

    @abc.abstractmethod
    def delete(self, name: str) -> None:
        """Delete a file; one that is not there is no error."""

    # --- What follows from it ---

    def read(self, key: str, *, limit: int = limits.LARGEST_READ) -> bytes:
        """Give a whole file. Raises ``StoredFileTooLarge`` beyond ``limit`` bytes."""
        found = bytearray()
        for piece in self.pieces(key, end=limit + 1):
            found += piece
        if len(found) > limit:
            raise StoredFileTooLarge(key, len(found), limit)
        return bytes(found)

    def checksum(self, key: str) -> str:
        """Give the SHA-256 of the stored bytes, which are read for it."""
        return keys.digest(self.pieces(key, seconds=limits.LONG_DEADLINE))

    def exists(self, name: str) -> bool:
        try:
            self.facts(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return self.facts(name).size

    def get_modified_time(self, name: str) -> datetime:
        return self.facts(name).modified

    def is_fresh(self, key: str) -> bool:
        """Whether ``key`` is stored, and no sweep could take it soon."""
        try:
            modified = self.facts(key).modified
        except FileNotFoundError:
            return False
        return modified > datetime.now(UTC) - limits.REFRESH_AGE

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Give the folders and files directly below ``path``; for Django's own use, and for few."""
        prefix = f"{path.strip('/')}/" if path.strip("/") else ""
        folders: set[str] = set()
        files: list[str] = []
        for listed in self.list_keys(prefix):
            name, slash, _rest = listed.key.removeprefix(prefix).partition("/")
            if slash:
                folders.add(name)
            else:
                files.append(name)
        return sorted(folders), files

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return keys.require_key(name)

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        raise NotImplementedError("Keys are made from content: there is no other name.")

    def generate_filename(self, filename: str | os.PathLike[str]) -> str:
        return keys.require_key(os.fspath(filename))

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError("Stored files are read; `put` writes them.")
        spooled = tempfile.SpooledTemporaryFile(limits.IN_MEMORY)  # noqa: SIM115 - the File closes it
        try:
            for piece in self.pieces(name, seconds=limits.LONG_DEADLINE):
                spooled.write(piece)
            spooled.seek(0)
        except BaseException:
            spooled.close()
            raise
        return File(cast("IO[bytes]", spooled), name)

    def _save(self, name: str, content: File[Any]) -> str:
        self.put(name, cast("IO[bytes]", content), keys.type_of(name))
        return name


def public() -> Files:
    """Give the place for what anybody may see."""
    return cast(Files, storages["public"])


def private() -> Files:
    """Give the place for what nobody sees without a signed link."""
    return cast(Files, storages["private"])


def pieces_of(content: Content) -> Iterator[bytes]:
    """Give some content a piece at a time, a file from its beginning."""
    if isinstance(content, bytes | bytearray):
        yield bytes(content)
        return
    content.seek(0)
    while piece := content.read(limits.PIECE):
        # Django's ContentFile may hold text; nothing of it belongs into the storage.
        yield piece

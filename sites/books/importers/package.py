"""The archive of an EPUB: parts found by name and read within limits, and nothing else.

Nothing is ever unpacked to disk, so a name can do no harm; names that try are refused all the same,
for a file that contains one was not made by a publisher.
"""

from __future__ import annotations

import os
import posixpath
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Final
from urllib.parse import unquote, urlsplit

from sites.books.importers import limits
from sites.books.importers.errors import (
    DamagedFile,
    EncryptedBook,
    FileTooLarge,
    NotAFile,
    NotAnEpub,
    TooManyParts,
    UnpacksTooLarge,
    UnsafeName,
)

MIMETYPE: Final = b"application/epub+zip"
_UTF8_FLAG: Final = 0x800
_ENCRYPTED_FLAG: Final = 0x1
#: What a garbled archive makes zipfile raise (Python 3.11 to 3.13; found by fuzzing).
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    UnicodeError,
    ValueError,
    struct.error,
)

Source = str | os.PathLike[str] | IO[bytes]


@contextmanager
def open_package(source: Source, *, any_kind: bool = False) -> Iterator[Package]:
    """Open an EPUB by its path or as a binary file that can seek; check it against the limits.

    With ``any_kind`` the archive need not be an EPUB; the other limits hold."""
    if isinstance(source, str | os.PathLike):
        if not os.path.isfile(source):
            raise NotAFile(os.fspath(source))
        try:
            file: IO[bytes] = open(source, "rb")  # noqa: SIM115 - closed below
        except OSError as error:
            raise NotAFile(os.fspath(source)) from error
        with file, _open_archive(file) as archive:
            yield Package(archive, any_kind=any_kind)
    else:
        with _open_archive(source) as archive:
            yield Package(archive, any_kind=any_kind)


def _open_archive(file: IO[bytes]) -> zipfile.ZipFile:
    size, looks_like_zip = 0, False
    try:
        size = file.seek(0, os.SEEK_END)
        if size > limits.FILE_SIZE:
            raise FileTooLarge("", limits.FILE_SIZE)
        file.seek(0)
        looks_like_zip = file.read(2) == b"PK"
        file.seek(0)
        return zipfile.ZipFile(file)
    except _DAMAGE as error:
        raise (DamagedFile() if size and looks_like_zip else NotAnEpub()) from error


class Package:
    """The parts of an EPUB. Use ``open_package``."""

    def __init__(self, archive: zipfile.ZipFile, *, any_kind: bool = False) -> None:
        self._archive = archive
        self._entries: dict[str, zipfile.ZipInfo] = {}
        #: Other spellings of the names: composed accents, other encodings, other case.
        self._spellings: dict[str, str] = {}
        self._check(archive.infolist())
        if not any_kind:
            self._check_mimetype()

    @property
    def names(self) -> list[str]:
        return list(self._entries)

    def find(self, name: str) -> str | None:
        """Give the part's own spelling of ``name``, or None when there is no such part."""
        if name in self._entries:
            return name
        composed = unicodedata.normalize("NFC", name)
        return self._spellings.get(composed) or self._spellings.get(composed.casefold())

    def read(self, name: str, limit: int) -> bytes:
        """Read a part that ``find`` gave. Raises FileTooLarge beyond ``limit`` bytes."""
        entry = self._entries[name]
        if entry.file_size > limit:
            raise FileTooLarge(name, limit)
        try:
            with self._archive.open(entry) as part:
                content = part.read(limit + 1)
        except _DAMAGE as error:
            raise DamagedFile(name) from error
        if len(content) > limit:
            raise FileTooLarge(name, limit)
        return content

    def resolve(self, base: str, reference: str) -> tuple[str, str] | None:
        """Give the part and the fragment that ``reference`` in the part ``base`` leads to.

        None when it leads out of the package, or to a part that does not exist.
        """
        try:
            parts = urlsplit(reference.strip())
        except ValueError:
            return None
        if parts.scheme or parts.netloc:
            return None
        fragment = unquote(parts.fragment)
        if not parts.path:
            return base, fragment
        path = posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(parts.path)))
        found = self.find(path) or self.find(path.lstrip("/"))
        return (found, fragment) if found else None

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        if len(entries) > limits.ENTRIES:
            raise TooManyParts(len(entries), limits.ENTRIES)
        total = 0
        for entry in entries:
            if not entry.is_dir():
                _check_entry(entry, self._entries)
                total += entry.file_size
                self._entries[entry.filename] = entry
        if total > limits.UNPACKED_SIZE:
            raise UnpacksTooLarge
        for name, entry in self._entries.items():
            for spelling in _spellings(name, entry):
                self._spellings.setdefault(spelling, name)

    def _check_mimetype(self) -> None:
        """Refuse what says that it is something else; forgive what says nothing."""
        if "mimetype" in self._entries:
            if self.read("mimetype", 1_000).strip(b"\xef\xbb\xbf \r\n\t\0") != MIMETYPE:
                raise NotAnEpub
        elif self.find("META-INF/container.xml") is None:
            raise NotAnEpub


def _check_entry(entry: zipfile.ZipInfo, seen: dict[str, zipfile.ZipInfo]) -> None:
    name, written = entry.filename, entry.orig_filename
    steps = written.replace("\\", "/").split("/")
    leads_out = ".." in steps or written.startswith(("/", "\\")) or written[1:2] == ":"
    if leads_out or "\0" in written or "\\" in written or not name or name in seen:
        raise UnsafeName(written)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise UnsafeName(written)
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise EncryptedBook
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DamagedFile(name)  # EPUB's container knows no other compression
    if entry.file_size > limits.RATIO_FROM and entry.file_size > limits.RATIO * max(
        1, entry.compress_size
    ):
        raise UnpacksTooLarge


def _spellings(name: str, entry: zipfile.ZipInfo) -> Iterator[str]:
    names = [name]
    if not entry.flag_bits & _UTF8_FLAG:
        # zipfile read the name as code page 437; many tools write UTF-8 without saying so.
        with suppress(UnicodeError):
            names.append(name.encode("cp437").decode())
    for each in names:
        composed = unicodedata.normalize("NFC", each)
        yield composed
        yield composed.casefold()

"""Files that are made to hurt, or only broken, each with the reason that it must be refused for."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest

from sites.books.importers import errors, limits
from sites.books.importers.errors import ImportRefused
from tests.sites.books.importers.epub_builder import (
    CONTAINER,
    WORDS,
    Epub,
    page,
    picture,
    small_book,
)

Build = Callable[[], bytes]


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes | str], compress: bool = True) -> bytes:
    buffer = io.BytesIO()
    kind = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w", kind) as written:
        for name, content in entries:
            written.writestr(name, content)
    return buffer.getvalue()


def with_entry(name: str | zipfile.ZipInfo, content: bytes | str = "x") -> bytes:
    """A sound book with one more entry in its archive."""
    buffer = small_book().open()
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as written:
        written.writestr(name, content)
    return buffer.getvalue()


def with_page(text: str) -> bytes:
    epub = small_book()
    epub.files["OPS/c2.xhtml"] = text
    return epub.build()


def symlink() -> bytes:
    info = zipfile.ZipInfo("OPS/link.xhtml")
    info.external_attr = 0o120777 << 16
    return with_entry(info, "/etc/passwd")


def duplicate() -> bytes:
    buffer = small_book().open()
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(buffer, "a") as written:
        written.writestr("OPS/c1.xhtml", "other")
    return buffer.getvalue()


def backslash() -> bytes:
    return with_entry("OPS/a/c9.xhtml").replace(b"OPS/a/c9.xhtml", b"OPS\\a\\c9.xhtml")


def password() -> bytes:
    content = bytearray(small_book().build())
    at = content.rfind(b"PK\x01\x02")
    struct.pack_into("<H", content, at + 8, struct.unpack_from("<H", content, at + 8)[0] | 1)
    return bytes(content)


def protected() -> bytes:
    epub = small_book()
    epub.instead["META-INF/encryption.xml"] = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
        'xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
        '<enc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/>'
        "</enc:EncryptedData></encryption>"
    )
    return epub.build()


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return with_page(f'<!DOCTYPE html [<!ENTITY l0 "ha">{entities}]><html><p>&l11;</p></html>')


def external_entity() -> bytes:
    return with_page('<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>&x;</p>')


def entity_in_package() -> bytes:
    epub = small_book()
    opf = epub._opf("").replace("?>", '?><!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]>', 1)
    epub.instead["OPS/book.opf"] = opf
    return epub.build()


def many_spine_items() -> bytes:
    epub = small_book()
    epub.spine = [f'<itemref idref="x{n}"/>' for n in range(10_000)]
    return epub.build()


def many_manifest_items() -> bytes:
    epub = small_book()
    epub.manifest += [f'<item id="x{n}" href="c1.xhtml" media-type="a/b"/>' for n in range(20_001)]
    return epub.build()


def many_toc_lines() -> bytes:
    epub = small_book()
    epub.toc += [("x", "c1.xhtml#x", 0)] * 20_001
    return epub.build()


def without_pages() -> bytes:
    return small_book(chapters=0).build()


def empty_pages() -> bytes:
    return Epub().page("a.xhtml", "<p> </p>", toc_title="A").build()


def fallback_circle() -> bytes:
    epub = Epub(contents="")
    epub.manifest = [
        '<item id="a" href="a.pdf" media-type="application/pdf" fallback="b"/>',
        '<item id="b" href="b.pdf" media-type="application/pdf" fallback="a"/>',
    ]
    epub.files = {"OPS/a.pdf": "x", "OPS/b.pdf": "x"}
    epub.spine = ['<itemref idref="a"/>', '<itemref idref="missing"/>']
    return epub.build()


def huge_picture() -> bytes:
    header = picture(8, 8)
    at = header.index(b"IHDR")
    chunk = bytearray(header[at : at + 17])
    struct.pack_into(">II", chunk, 4, 60_000, 50_000)
    huge = header[:at] + chunk + struct.pack(">I", zlib.crc32(chunk)) + header[at + 21 :]
    epub = small_book().file("p.png", huge, "image/png")
    return epub.page("p.xhtml", '<p>a <img src="p.png"/></p>').build()


def without(name: str, content: str | None = None) -> Build:
    def build() -> bytes:
        epub = small_book()
        epub.instead[name] = content
        return epub.build()

    return build


HOSTILE: dict[str, tuple[Build, type[ImportRefused]]] = {
    "an empty file": (lambda: b"", errors.NotAnEpub),
    "text": (lambda: b"Once upon a time " * 100, errors.NotAnEpub),
    "a picture": (picture, errors.NotAnEpub),
    "zeros": (lambda: bytes(5_000), errors.NotAnEpub),
    "another archive": (lambda: archive(("word/document.xml", "<x/>")), errors.NotAnEpub),
    "an empty archive": (archive, errors.NotAnEpub),
    "another media type": (without("mimetype", "application/zip"), errors.NotAnEpub),
    "no package document": (without("OPS/book.opf"), errors.NoPackageDocument),
    "an empty package document": (without("OPS/book.opf", ""), errors.NoPackageDocument),
    "a garbled package document": (without("OPS/book.opf", "\0\1<<<"), errors.NoPackageDocument),
    "a package document elsewhere": (
        lambda: archive(
            ("mimetype", "application/epub+zip"),
            ("META-INF/container.xml", CONTAINER.replace("OPS/book.opf", "../../etc/passwd")),
        ),
        errors.NoPackageDocument,
    ),
    "no pages": (without_pages, errors.NothingToRead),
    "empty pages": (empty_pages, errors.NothingToRead),
    "a circle of fallbacks": (fallback_circle, errors.NothingToRead),
    "a name that leads out": (lambda: with_entry("../evil.txt"), errors.UnsafeName),
    "a name that leads out inside": (lambda: with_entry("OPS/../../evil"), errors.UnsafeName),
    "an absolute name": (lambda: with_entry("/etc/evil"), errors.UnsafeName),
    "a drive's name": (lambda: with_entry("C:/evil"), errors.UnsafeName),
    "a name with backslashes": (backslash, errors.UnsafeName),
    "the same name twice": (duplicate, errors.UnsafeName),
    "a link": (symlink, errors.UnsafeName),
    "a password": (password, errors.EncryptedBook),
    "copy protection": (protected, errors.EncryptedBook),
    "unreadable encryption": (without("META-INF/encryption.xml", "<"), errors.EncryptedBook),
    "a bomb by ratio": (
        lambda: with_entry("OPS/zeros.css", bytes(limits.RATIO_FROM + 1)),
        errors.UnpacksTooLarge,
    ),
    "billion laughs": (laughs, errors.UnsafeMarkup),
    "an external entity": (external_entity, errors.UnsafeMarkup),
    "an entity in the package document": (entity_in_package, errors.UnsafeMarkup),
    "10,000 spine items": (many_spine_items, errors.TooManyParts),
    "20,001 manifest items": (many_manifest_items, errors.TooManyParts),
    "20,001 lines of contents": (many_toc_lines, errors.TooManyParts),
    "a huge page": (
        lambda: with_page(page(f"<p>{random.Random(1).randbytes(5_000_000).hex()}</p>")),
        errors.FileTooLarge,
    ),
    "100,000 levels": (
        lambda: with_page(page("<div>" * 100_000 + "x" + "</div>" * 100_000)),
        errors.NestedTooDeeply,
    ),
    "100,000 open levels": (lambda: with_page("<div>" * 100_000), errors.NestedTooDeeply),
    "200 levels": (
        lambda: with_page(page("<b>" * 200 + "x" + "</b>" * 200)),
        errors.NestedTooDeeply,
    ),
    "a chapter without end": (
        lambda: with_page(page(f"<p>{WORDS}</p>" * 25_000)),
        errors.ChapterTooLong,
    ),
    "a huge picture": (huge_picture, errors.PictureTooLarge),
}

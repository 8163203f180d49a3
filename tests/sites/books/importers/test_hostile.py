"""Files that are made to hurt, or only broken: each gives one clear sentence."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest

from sites.books.importers import errors, limits
from sites.books.importers.epub import read_epub
from sites.books.importers.errors import ImportRefused
from tests.sites.books.importers.epub_builder import WORDS, Epub, page, picture, small_book
from tests.sites.books.importers.hostile_files import HOSTILE, Build, archive, with_page


@pytest.mark.parametrize(("build", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_gives_one_clear_sentence(build: Build, reason: type[ImportRefused]) -> None:
    content = build()
    started = time.monotonic()
    with pytest.raises(reason) as refused:
        read_epub(io.BytesIO(content))
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 200
    assert time.monotonic() - started < 15


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.8, 0.99])
def test_a_file_cut_off_is_damaged(share: float) -> None:
    content = small_book().file("p.png", picture(900, 900), "image/png").build()
    with pytest.raises(errors.DamagedFile):
        read_epub(io.BytesIO(content[: int(len(content) * share)]))


def test_an_archive_of_too_many_or_too_large_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    content = small_book().build()
    for name, value, reason in (
        ("ENTRIES", 4, errors.TooManyParts),
        ("UNPACKED_SIZE", 1_000, errors.UnpacksTooLarge),
        ("FILE_SIZE", 1_000, errors.FileTooLarge),
        ("TEXT_SIZE", 500, errors.FileTooLarge),
        ("BLOCKS", 5, errors.TooManyParts),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(limits, name, value)
            with pytest.raises(reason):
                read_epub(io.BytesIO(content))


def test_a_part_that_lies_about_its_size_is_damaged() -> None:
    content = bytearray(small_book().build())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.rfind(mark, 0, content.rfind(b"OPS/c3.xhtml") + 1)
        struct.pack_into("<I", content, at + offset, 10)
    with pytest.raises(errors.DamagedFile, match=r"c3\.xhtml"):
        read_epub(io.BytesIO(content))


def test_a_missing_file_and_a_folder_are_no_files(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.epub", str(tmp_path / "gone.epub")):
        with pytest.raises(errors.NotAFile):
            read_epub(path)


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    path.write_bytes(small_book().build())
    assert len(read_epub(path).chapters) == 3


def test_an_archive_within_the_archive_is_never_opened() -> None:
    inner = archive(("zeros", bytes(50_000_000)))
    epub = small_book().file("inner.zip", inner, "application/zip")
    epub.page("z.xhtml", '<p>a <a href="inner.zip">b</a></p>')
    tracemalloc.start()
    read_epub(epub.open())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_font_obfuscation_is_no_copy_protection() -> None:
    epub = small_book()
    epub.instead["META-INF/encryption.xml"] = (
        '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
        '<enc:EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/>'
        "</enc:EncryptedData></encryption>"
    )
    assert len(read_epub(epub.open()).chapters) == 3


def test_scripts_never_come_through() -> None:
    body = (
        '<p onclick="x()">a<script>x()</script><a href="java&#9;script:x()">b</a>'
        '<img src="javascript:x()"/><iframe src="https://x.example"/></p>'
        '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script>x()</script></svg>'
    )
    html = read_epub(Epub().page("a.xhtml", body).open()).chapters[0].html
    assert "x()" not in html
    assert "script" not in html


def test_names_in_odd_encodings_are_found() -> None:
    epub = Epub().page("a.xhtml", f"<p>{WORDS}</p>")
    content = epub.build().replace(b"a.xhtml", "é.xhtm".encode())
    with suppress(ImportRefused):  # it may be refused, in a sentence; it may not crash
        read_epub(io.BytesIO(content))


def test_a_broken_picture_alone_is_left_out_with_a_note() -> None:
    whole = picture(300, 300)
    for broken in (whole[:200], b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(60)):
        epub = small_book().file("p.png", broken, "image/png")
        epub.page("p.xhtml", '<p>a <img src="p.png"/></p>')
        book = read_epub(epub.open())
        assert "<p" in book.chapters[2].html
        assert "<img" not in book.chapters[2].html
        assert book.notes == ["The picture OPS/p.png cannot be read; it was left out."]


@pytest.mark.parametrize("limit", ["PICTURES", "PICTURES_PIXELS"])
def test_pictures_beyond_what_a_book_has_are_left_out(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(limits, limit, {"PICTURES": 2, "PICTURES_PIXELS": 2_500}[limit])
    epub = Epub()
    for number in range(4):
        epub.file(f"{number}.png", picture(40, 30, f"#00000{number}"), "image/png")
    shown = "".join(f'<img src="{number}.png"/>' for number in range(4))
    book = read_epub(epub.page("a.xhtml", f"<p>a {shown}</p>").open())
    assert len(book.pictures) == 2
    assert len(book.notes) == 2


def test_null_bytes_go() -> None:
    html = read_epub(io.BytesIO(with_page(page("<p>a\0b&#0;c</p>")))).chapters[1].html
    assert "\0" not in html

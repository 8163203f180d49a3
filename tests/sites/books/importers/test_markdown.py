from __future__ import annotations

import io
import zipfile

import pytest

from sites.books.importers import errors, limits
from sites.books.importers.book import ImportedBook
from sites.books.importers.formats import read_book
from tests.sites.books.importers.epub_builder import picture

TEXT = """# The Tide

## One

The tide *came* in.
It went **out**.

***

<script>alert(1)</script>

A <b onclick="x()">Bold</b> [out](javascript:alert(1)) [web](https://example.org).

## Two

- a
- b

| x | y |
|---|---|
| 1 | 2 |
"""


def read(content: bytes | str, name: str = "") -> ImportedBook:
    content = content.encode() if isinstance(content, str) else content
    return read_book(io.BytesIO(content), name=name)


def archive(files: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def titles(book: ImportedBook) -> list[str]:
    return [chapter.title for chapter in book.chapters]


def test_the_first_heading_is_the_title_and_the_next_level_are_chapters() -> None:
    book = read(TEXT)
    assert book.title == "The Tide"
    assert titles(book) == ["One", "Two"]
    first, second = (chapter.html for chapter in book.chapters)
    assert "<em>came</em> in." in first
    assert "<hr>" in first
    assert "alert" not in first.replace("(javascript:alert(1))", "")
    assert "onclick" not in first
    assert "<b>Bold</b> [out]" in first
    assert 'href="https://example.org"' in first
    assert "<td>2</td>" in second
    assert second.count("<li") == 2


def test_lines_before_the_text_say_what_the_book_is() -> None:
    book = read(
        "Judul: Laut\nPenulis: Sari Dewi; Toba\nBahasa: id\n\n# Satu\n\nAir.\n\n# Dua\n\nPasir."
    )
    assert (book.title, book.language, book.knows_language) == ("Laut", "id", True)
    assert [name.name for name in book.authors] == ["Sari Dewi", "Toba"]
    assert titles(book) == ["Satu", "Dua"]
    assert read('---\ntitle: "The Sea"\n---\n\nText.').title == "The Sea"
    assert read("% The Sea\n% Ann Author\n\nText.").authors[0].name == "Ann Author"


def test_a_text_without_headings_is_one_chapter() -> None:
    assert titles(read("title: Sea\n\nOnce upon a time.")) == ["Sea"]
    assert len(read("Once upon a time.").chapters) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_are_told_apart(encoding: str) -> None:
    assert read("# Été\n\n日本 😀".encode(encoding)).title == "Été"


@pytest.mark.parametrize("content", ["# Été\n".encode("latin-1"), "# Ete".encode("utf-16-le")[:-1]])
def test_another_encoding_is_one_clear_sentence(content: bytes) -> None:
    with pytest.raises((errors.UnknownEncoding, errors.NotABook), match=r"\.$"):
        read(content)


def test_a_zip_holds_chapters_in_order_and_pictures() -> None:
    book = read(
        archive(
            {
                "book/chapter10.md": "# Ten\n\nLast.",
                "book/chapter2.md": "# Two\n\n![A boat](img/boat.png) ![Gone](img/none.png)",
                "book/img/boat.png": picture(),
                "__MACOSX/._x.md": b"\0\1",
            }
        )
    )
    assert titles(book) == ["Two", "Ten"]
    assert len(book.pictures) == 1
    assert any("none.png" in note for note in book.notes)


def test_the_same_title_and_names_are_the_same_book() -> None:
    one, other = read("title: A\nauthor: B\n\nx"), read("title: A\nauthor: B\n\nOther text.")
    assert one.identifier == other.identifier
    assert read("title: A\nauthor: C\n\nx").identifier != one.identifier


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 x", b"{\\rtf1 x}", b"\xd0\xcf\x11\xe0" + bytes(99), bytes(999)]
)
def test_another_kind_of_file_is_one_clear_sentence(content: bytes) -> None:
    with pytest.raises(errors.NotABook, match=r"^This is no EPUB, DOCX or Markdown file: "):
        read(content)


def test_a_broken_epub_is_not_read_as_a_text() -> None:
    with pytest.raises(errors.NotAnEpub):
        read("no zip at all", name="book.epub")


def test_a_text_that_is_too_large_or_takes_too_long_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(errors.FileTooLarge):
        read(b"a" * (limits.MANUSCRIPT_SIZE + 1))
    monkeypatch.setattr(limits, "CONVERTING_SECONDS", 1.0)
    with pytest.raises((errors.TooIntricate, errors.NestedTooDeeply, errors.ChapterTooLong)):
        read("[" * 20 + "*a _b " * 400_000)

"""Names out of an archive reach people as text, and never a terminal as orders."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from sites.books.importers import errors
from sites.books.importers.epub import read_epub
from sites.books.importers.formats import read_book
from sites.books.importers.readable import NAME_LENGTH, readable, short_name
from tests.sites.books.importers.epub_builder import WORDS, Epub

#: Clear the screen; a title for the window; write backwards; a new line; a byte of eight bits.
ORDERS = "\x1b[2J\x1b]0;x\x07\u202egnp\u2066\r\n\x9b2J"

REFUSALS: dict[str, Callable[[str], errors.ImportRefused]] = {
    "NotAFile": errors.NotAFile,
    "DamagedFile": errors.DamagedFile,
    "FileTooLarge": lambda name: errors.FileTooLarge(name, 1),
    "UnsafeName": errors.UnsafeName,
    "UnsafeMarkup": errors.UnsafeMarkup,
    "NestedTooDeeply": errors.NestedTooDeeply,
    "ChapterTooLong": errors.ChapterTooLong,
    "PictureTooLarge": lambda name: errors.PictureTooLarge(name, 1, 1),
    "any other": errors.ImportRefused,
}


def obeyed(text: str) -> set[str]:
    return {letter for letter in text if letter in ORDERS and not letter.isprintable()}


@pytest.mark.parametrize("refuse", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_shows_a_name_and_obeys_none(
    refuse: Callable[[str], errors.ImportRefused],
) -> None:
    sentence = str(refuse(f"a{ORDERS}b"))
    assert "a?[2J?]0;x??gnp????2Jb" in sentence
    assert not obeyed(sentence)


@pytest.mark.parametrize("refuse", list(REFUSALS.values())[:-1], ids=list(REFUSALS)[:-1])
def test_a_name_without_end_is_cut(refuse: Callable[[str], errors.ImportRefused]) -> None:
    assert "n" * (NAME_LENGTH + 1) not in str(refuse("n" * 60_000))


def test_letters_of_all_scripts_stay() -> None:
    for text in ("Bab 1 – Laut", "می‌خواهم", "क्‍ष", "ש״ס", "海", "a\u00a0b", "👩‍🚀"):
        assert readable(text) == short_name(text) == text


def test_notes_on_pages_and_pictures_obey_nothing() -> None:
    name = "a\x1b[2J\u202e"
    epub = Epub().page("a.xhtml", f"<p>{WORDS}<img src='p.png'/><img src='no{name}.png'/></p>")
    epub.file("p.png", b"broken", "image/png").page("b.xhtml", "")
    buffer = io.BytesIO()
    with zipfile.ZipFile(epub.open()) as read, zipfile.ZipFile(buffer, "w") as written:
        for entry in read.namelist():
            content = read.read(entry)
            if entry.endswith((".opf", "a.xhtml")):
                # XML cannot hold an escape; an address can.
                content = content.replace(b"p.png", b"p%1B[2J%E2%80%AE.png")
                content = content.replace(b'"b.xhtml"', b'"b%1B[2J%E2%80%AE.xhtml"')
            entry = entry.replace("p.png", "p\x1b[2J\u202e.png")
            entry = entry.replace("b.xhtml", "b\x1b[2J\u202e.xhtml")
            written.writestr(entry, b"" if "b\x1b" in entry else content)
    notes = read_epub(buffer).notes
    assert "The page OPS/b?[2J?.xhtml cannot be read; it was left out." in notes
    assert "The picture OPS/p?[2J?.png cannot be read; it was left out." in notes
    assert not obeyed("".join(notes))


def test_what_a_file_calls_things_turns_nothing_beside_it() -> None:
    epub = Epub(
        title="Laut\u202egpj.exe",
        metadata="<dc:creator>\u2066Ratih\u2069</dc:creator><dc:subject>\u202blaut</dc:subject>"
        "<dc:description>Ombak\u202d besar.</dc:description>",
    )
    epub.page("a.xhtml", f"<h1>Satu\u202e</h1><p>{WORDS}</p>", toc_title="Satu\u202e")
    epub.page("b.xhtml", f"<h1>\u202e</h1><p>{WORDS}</p>", toc_title="\u202e")
    book = read_book(epub.open())
    assert (book.title, book.description) == ("Lautgpj.exe", "Ombak besar.")
    assert ([name.name for name in book.authors], book.subjects) == (["Ratih"], ["laut"])
    assert book.chapters[0].title == "Satu"
    assert all(chapter.title for chapter in book.chapters)
    assert "\u202e" not in "".join(chapter.title for chapter in book.chapters)

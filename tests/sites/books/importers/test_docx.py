from __future__ import annotations

import io

import pytest

from sites.books.importers import converting, errors, limits
from sites.books.importers.book import ImportedBook
from sites.books.importers.formats import read_book
from tests.sites.books.importers.docx_builder import Docx, novel
from tests.sites.books.importers.epub_builder import picture


def read(docx: Docx) -> ImportedBook:
    return read_book(io.BytesIO(docx.build()))


def test_headings_are_chapters_and_notes_stay_with_theirs() -> None:
    book = read(novel())
    assert (book.title, book.language) == ("The Tide", "en-GB")
    assert [name.name for name in book.authors] == ["Ann Author"]
    assert [chapter.title for chapter in book.chapters] == ["One", "Two", "Three"]
    first = book.chapters[0].html
    assert 'role="doc-noteref">1</a>' in first
    assert '<aside role="doc-footnote">' in first
    assert "Twice a day." in first
    assert "doc-backlink" in first
    assert "<hr>" in first
    assert "<strong>out.</strong>" in first
    assert "Twice" not in book.chapters[1].html
    assert book.chapters[1].html.endswith("Boats began to lift, one after another.</p>")


def test_pictures_are_kept_with_their_words() -> None:
    docx = novel().picture(picture(), alt="A boat").picture(picture(), alt="Again")
    book = read(docx)
    assert len(book.pictures) == 1
    (key,) = book.pictures
    html = book.chapters[-1].html
    assert html.count(f'src="media:{key}"') == 2
    assert 'alt="A boat"' in html


def test_a_title_style_or_a_single_first_heading_is_the_title() -> None:
    styled = Docx().styled("Title", "The Sea").styled("Subtitle", "Or less").heading("One")
    book = read(styled.paragraph("Text."))
    assert (book.title, book.subtitle) == ("The Sea", "Or less")
    assert [chapter.title for chapter in book.chapters] == ["One"]
    nested = Docx().heading("The Sea").heading("One", 2).paragraph("a").heading("Two", 2)
    book = read(nested.paragraph("b"))
    assert book.title == "The Sea"
    assert [chapter.title for chapter in book.chapters] == ["One", "Two"]


def test_a_document_without_headings_is_one_chapter() -> None:
    book = read(Docx(title="Short").paragraph("Only this."))
    assert [(chapter.title, chapter.words) for chapter in book.chapters] == [("Short", 2)]


ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
HOSTILE = {
    "an external entity": ({"word/document.xml": ENTITY}, errors.UnsafeMarkup),
    "entities in UTF-16": ({"word/styles.xml": ENTITY.encode("utf-16")}, errors.UnsafeMarkup),
    "a name that leads out": ({"../x.xml": "<x/>"}, errors.UnsafeName),
    "a bomb": ({"word/media/1.png": bytes(30_000_000)}, errors.UnpacksTooLarge),
    "too much text": (
        {"word/document.xml": "<x>" + "".join(map(str, range(4_500_000))) + "</x>"},
        errors.FileTooLarge,
    ),
    "no document": ({"word/document.xml": "no XML at all"}, errors.DamagedFile),
    "markup without end": (
        {"word/document.xml": "<a>" * 5_000 + "</a>" * 5_000},
        (errors.TooIntricate, errors.DamagedFile, errors.NestedTooDeeply),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_one_clear_sentence(name: str) -> None:
    instead, reason = HOSTILE[name]
    docx = novel()
    docx.instead = dict(instead)
    with pytest.raises(reason) as refusal:
        read(docx)
    assert str(refusal.value).endswith(".")


def test_an_enormous_picture_is_refused() -> None:
    with pytest.raises(errors.PictureTooLarge):
        read(novel().picture(picture(10_000, 5_000)))


def test_a_document_cut_in_half_is_damaged() -> None:
    content = novel().build()
    with pytest.raises(errors.DamagedFile):
        read_book(io.BytesIO(content[: len(content) // 2]))


def test_what_takes_too_long_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONVERTING_SECONDS", 0.01)
    with pytest.raises(errors.TooIntricate):
        converting.convert(novel().build(), "docx")


def test_a_document_without_a_word_is_refused() -> None:
    with pytest.raises(errors.NothingToRead):
        read(Docx())

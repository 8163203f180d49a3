"""Real files, where they lie beside the project; they are never copied into it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from sites.books.importers.book import ImportedBook, ImportedChapter
from sites.books.importers.epub import read_epub
from sites.books.text.clean import clean_html
from sites.books.text.links import chapter_references, media_references
from sites.books.text.paragraphs import assign_paragraph_ids
from sites.books.text.words import opening_line

BOOKS = Path(__file__).resolve().parents[4] / ".." / "shared" / "books"
NAMES = (
    "childrens-literature",
    "hefty-water",
    "moby-dick",
    "regime-anticancer-arabic",
    "wasteland",
)

pytestmark = [
    pytest.mark.books,
    pytest.mark.skipif(not BOOKS.is_dir(), reason="the real books do not lie in ../shared/books"),
]


@cache
def read(name: str) -> ImportedBook:
    path = BOOKS / f"{name}.epub"
    if not path.is_file():
        pytest.skip(f"{name}.epub does not lie in ../shared/books")
    return read_epub(path)


def story(book: ImportedBook) -> list[ImportedChapter]:
    return [chapter for chapter in book.chapters if chapter.is_story]


@pytest.mark.parametrize("name", NAMES)
def test_a_real_book_is_read_whole(name: str) -> None:
    book = read(name)
    assert book.notes == []
    uids = {chapter.uid for chapter in book.chapters}
    assert len({chapter.source for chapter in book.chapters}) == len(book.chapters)
    for chapter in book.chapters:
        assert chapter.title
        assert chapter.words or media_references(chapter.html)
        assert clean_html(chapter.html) == chapter.html
        assert chapter_references(chapter.html) <= uids
        assert media_references(chapter.html) <= set(book.pictures)
        targets = set(re.findall(r'href="#(p-\w+)"', chapter.html))
        assert targets <= set(re.findall(r' id="(p-\w+)"', chapter.html))


@pytest.mark.parametrize("name", NAMES)
def test_links_between_chapters_lead_to_paragraphs_that_exist(name: str) -> None:
    book = read(name)
    by_uid = {chapter.uid: chapter.html for chapter in book.chapters}
    for chapter in book.chapters:
        for uid, target in re.findall(r'href="chapter:(\w+)#(p-\w+)"', chapter.html):
            assert f' id="{target}"' in by_uid[uid]


@pytest.mark.parametrize("name", NAMES)
def test_a_second_reading_keeps_every_paragraph_id(name: str) -> None:
    for chapter in read(name).chapters:
        stored = assign_paragraph_ids(chapter.html)
        assert assign_paragraph_ids(chapter.html, stored) == stored


def test_moby_dick() -> None:
    book = read("moby-dick")
    assert (book.title, book.language, book.direction) == ("Moby-Dick", "en-US", "ltr")
    assert [name.name for name in book.authors] == ["Herman Melville"]
    numbered = [chapter for chapter in book.chapters if chapter.title.startswith("Chapter ")]
    assert [int(re.findall(r"\d+", chapter.title)[0]) for chapter in numbered] == [*range(1, 136)]
    assert opening_line(story(book)[0].html) == "Call me Ishmael."
    assert sum(chapter.words for chapter in book.chapters) == pytest.approx(214_000, rel=0.02)
    assert book.cover is not None
    assert len(book.cover.files[book.cover.name.replace("-640", "-320")]) <= 25_000


def test_moby_dicks_title_page_and_note() -> None:
    book = read("moby-dick")
    titles = [chapter.title for chapter in book.chapters]
    assert titles[:2] == ["Moby-Dick", "Original Transcriber’s Notes:"]
    assert "Contents" not in " ".join(titles)
    assert media_references(book.chapters[0].html)
    note = re.search(r'<a href="#(p-\w+)" role="doc-noteref">1</a>', book.chapters[1].html)
    assert note
    assert f'<aside role="doc-footnote"><p id="{note[1]}">These' in book.chapters[1].html


def test_moby_dicks_hymn_is_verse() -> None:
    sermon = next(c for c in read("moby-dick").chapters if c.title.startswith("Chapter 9."))
    lines = re.findall(r"<p[^>]*>([^<]*)</p>", sermon.html.partition('class="verse"')[2])
    assert lines[0] == "“The ribs and terrors in the whale,"
    assert lines[1] == "Arched over me a dismal gloom,"


def test_the_arabic_book_runs_from_right_to_left() -> None:
    book = read("regime-anticancer-arabic")
    assert (book.language, book.direction) == ("ar", "rtl")
    assert [name.role for name in book.authors] == ["author", "author", "translator"]
    assert [chapter.title for chapter in book.chapters][1] == "الفصل الثاني: ما هو السرطان؟"
    assert re.search(r'href="#(p-\w+)" role="doc-noteref">\[1\]', book.chapters[1].html)


def test_one_file_of_stories_becomes_the_stories() -> None:
    book = read("childrens-literature")
    titles = [chapter.title for chapter in book.chapters]
    assert titles[:3] == ["BIBLIOGRAPHY", "INTRODUCTORY", "190 A FOUR-LEAVED CLOVER"]
    assert len(titles) == 17
    assert max(chapter.words for chapter in book.chapters) < 10_000
    assert book.subtitle.startswith("A Textbook of Sources")


def test_the_waste_land_has_its_five_parts_and_its_notes() -> None:
    book = read("wasteland")
    titles = [chapter.title for chapter in book.chapters]
    assert titles[0] == "The Waste Land"
    assert titles[1] == "I. THE BURIAL OF THE DEAD"
    assert titles[-1] == 'NOTES ON "THE WASTE LAND"'
    assert len(titles) == 7
    assert story(book)[0].title == titles[1]
    notes = book.chapters[-1]
    refs = "".join(chapter.html for chapter in book.chapters).count('role="doc-noteref"')
    assert refs > 40
    assert notes.html.count('role="doc-footnote"') > 40
    assert f'href="chapter:{notes.uid}#p-' in book.chapters[1].html


def test_hefty_water_shows_the_default_of_its_switch() -> None:
    (chapter,) = read("hefty-water").chapters
    assert "<span>2H" not in chapter.html
    assert "2H<sub>2</sub>" in chapter.html
    assert "<ruby>" in chapter.html

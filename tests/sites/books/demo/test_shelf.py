"""The demo texts themselves: whole, clean, of both languages, and nothing twice."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from sites.books.demo.markup import to_html
from sites.books.demo.shelf import DemoBook, DemoChapter, book_slugs, read_book, read_house
from sites.books.text.blocks import read_blocks
from sites.books.text.clean import clean_html
from sites.books.text.tokens import split_clean
from sites.books.text.words import opening_line, word_count

#: Home sets it at 64 px: longer than this it would run over four lines.
OPENING_LIMIT = 90
RECENT = 48.0  # hours: a weekly serial that is alive

every_book = pytest.mark.parametrize("slug", book_slugs())
read = cache(read_book)


def chapters() -> list[tuple[DemoBook, DemoChapter]]:
    return [(read(slug), chapter) for slug in book_slugs() for chapter in read(slug).chapters]


def test_twelve_books_in_two_languages() -> None:
    assert Counter(read(slug).language for slug in book_slugs()) == {"id": 7, "en": 5}


@every_book
def test_a_book_has_all_that_a_page_shows(slug: str) -> None:
    book = read(slug)
    house = read_house()
    assert book.title
    assert len(book.synopsis.split()) >= 40
    assert len(book.chapters) >= 3
    assert book.tags
    assert book.genres
    assert set(book.genres) <= {genre.slug for genre in house.genres}
    assert book.authors
    assert set(book.authors) <= {author.slug for author in house.authors}


@every_book
def test_a_book_opens_with_its_opening_line(slug: str) -> None:
    book = read(slug)
    assert book.opening_line == opening_line(to_html(book.chapters[0].source))
    assert len(book.opening_line) <= OPENING_LIMIT


@every_book
def test_chapters_are_clean_as_they_are(slug: str) -> None:
    for chapter in read(slug).chapters:
        text = to_html(chapter.source)
        assert text
        assert clean_html(text) == text, chapter.title


@every_book
def test_chapters_have_titles_and_a_chapters_length(slug: str) -> None:
    for chapter in read(slug).chapters:
        assert chapter.title
        # Poems are read more slowly.
        least = 250 if "poetry" in read(slug).genres else 350
        assert least <= word_count(to_html(chapter.source)) <= 900, chapter.title


def test_all_books_together_are_an_afternoons_reading() -> None:
    total = sum(word_count(to_html(chapter.source)) for _book, chapter in chapters())
    assert 25_000 <= total <= 32_000


def test_no_paragraph_stands_anywhere_twice() -> None:
    said = Counter(
        block.text
        for _book, chapter in chapters()
        for block in read_blocks(split_clean(to_html(chapter.source)))
        if len(block.text.split()) > 3
    )
    assert not [text for text, times in said.items() if times > 1]


def test_texts_speak_the_language_that_they_are_filed_under() -> None:
    usual = {"id": ("yang", "dan", "itu"), "en": ("the", "and", "was")}
    for book, chapter in chapters():
        words = Counter(re.findall(r"[a-z]+", chapter.source.lower()))
        own = sum(words[word] for word in usual[book.language])
        other = sum(words[word] for lang in usual.keys() - {book.language} for word in usual[lang])
        assert own > 5 * other, f"{book.title}: {chapter.title}"


def test_quotation_marks_are_typographic() -> None:
    for book, chapter in chapters():
        assert not re.search(r"[\"']", chapter.source), f"{book.title}: {chapter.title}"


def test_serials_run_in_both_languages_with_one_chapter_to_come() -> None:
    serials = [read(slug) for slug in book_slugs() if not read(slug).is_complete]
    assert Counter(book.language for book in serials) == {"id": 2, "en": 2}
    for book in serials:
        hours = [chapter.hours_ago for chapter in book.chapters]
        assert hours == sorted(hours, reverse=True)
        assert [ago < 0 for ago in hours].count(True) == 1
        assert 0 < hours[-2] < RECENT, book.title


def test_complete_books_are_out() -> None:
    complete = [read(slug) for slug in book_slugs() if read(slug).is_complete]
    assert all(chapter.hours_ago > 0 for book in complete for chapter in book.chapters)


def test_two_books_are_longer() -> None:
    assert [len(read(slug).chapters) for slug in book_slugs()].count(8) == 2


def test_every_author_has_a_life_and_a_book() -> None:
    on_covers = {slug for book in map(read, book_slugs()) for slug in book.authors}
    for author in read_house().authors:
        assert author.slug in on_covers
        assert len(re.findall(r"[.”](?=\s|$)", author.bio)) in (2, 3), author.name


def test_every_genre_but_the_classics_has_a_book() -> None:
    """Classics come as EPUB files: nobody writes one for a demo."""
    shelved = {slug for book in map(read, book_slugs()) for slug in book.genres}
    assert {genre.slug for genre in read_house().genres} - shelved == {"classics"}

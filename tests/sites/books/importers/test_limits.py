"""Files that stay below every limit on size, and would still take minutes."""

from __future__ import annotations

import time

import pytest

from sites.books.importers import limits
from sites.books.importers.epub import read_epub
from sites.books.importers.errors import ChapterTooLong, TooManyParts
from tests.sites.books.importers.epub_builder import Epub

#: Formatting that ends in the wrong order: 350 kB, that pack to 1 kB.
MISNESTED = "<p><b><i>x</b></i>" * 19_500


def test_a_chapter_of_too_many_tags_is_refused() -> None:
    epub = Epub().page("a.xhtml", MISNESTED, toc_title="Dense")
    with pytest.raises(ChapterTooLong, match="Dense"):
        read_epub(epub.open())


def test_pages_of_nothing_but_tags_are_refused_within_a_minute() -> None:
    epub = Epub()
    for number in range(20):
        epub.page(f"{number}.xhtml", MISNESTED, toc_title=f"Chapter {number}")
    started = time.process_time()
    with pytest.raises(TooManyParts, match=r"may have 1,000,000: divide the book into volumes\.$"):
        read_epub(epub.open())
    assert time.process_time() - started < 60  # 112 s once; 10 s where this was written


def test_as_many_tags_as_a_book_may_have_are_read_within_a_minute() -> None:
    chapter = "<p><b><i>x</b></i>" * 9_000
    epub = Epub()
    chapters = limits.TAGS // (chapter.count("<") + 20)
    for number in range(chapters):
        epub.page(f"{number}.xhtml", chapter, toc_title=f"Chapter {number}")
    started = time.process_time()
    assert len(read_epub(epub.open()).chapters) == chapters
    assert time.process_time() - started < 60

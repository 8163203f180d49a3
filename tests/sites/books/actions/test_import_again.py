"""Bringing a book in again: nothing doubles, nothing that readers hold on to is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from realtime.testing import published
from sites.books.actions import import_store as module
from sites.books.actions.same_book import IdentifierTaken
from sites.books.models import Book, Chapter, ReadingProgress, Revision
from tests.sites.books.actions.imports import (
    LATER,
    NOW,
    bring,
    counts,
    files_in,
    illustrated,
    other_book,
    snapshot,
    titles,
)
from tests.sites.books.actions.people import person
from tests.sites.books.importers.epub_builder import WORDS, Epub, small_book

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_the_same_file_again_changes_nothing(media: Path) -> None:
    bring(illustrated())
    before, files = snapshot(), files_in(media)
    again = bring(illustrated(), now=LATER)
    assert not again.created
    assert counts(again) == (0, 0, 4, 0)
    assert snapshot() == before
    assert files_in(media) == files


def test_a_changed_chapter_keeps_its_uid_and_its_paragraph_ids_and_its_past() -> None:
    bring(small_book())
    old = Chapter.objects.get(number=2)
    epub = small_book()
    epub.files["OPS/c2.xhtml"] = str(epub.files["OPS/c2.xhtml"]).replace("day 2.", "day two.")
    result = bring(epub, now=LATER)
    new = Chapter.objects.get(number=2)
    assert counts(result) == (0, 1, 2, 0)
    assert new.uid == old.uid
    assert "day two." in new.text
    ids = re.compile(r'id="(p-\w+)"')
    assert ids.findall(new.text) == ids.findall(old.text)
    assert new.updated_at == LATER
    revision = Revision.objects.get()
    assert (revision.chapter, revision.number, revision.text) == (new, 1, old.text)
    epub.files["OPS/c2.xhtml"] = str(epub.files["OPS/c2.xhtml"]).replace("day two.", "day 2!")
    bring(epub)
    assert [each.number for each in Revision.objects.order_by("number")] == [1, 2]


def test_what_people_edited_on_the_shelf_stays() -> None:
    bring(small_book())
    Book.objects.update(title="A Better Title", synopsis="Ours.", opening_line="Ours, too.")
    epub = small_book()
    epub.metadata = "<dc:creator>Other</dc:creator><dc:description>Theirs.</dc:description>"
    book = bring(epub).book
    assert (book.title, book.synopsis, book.opening_line) == (
        "A Better Title",
        "Ours.",
        "Ours, too.",
    )
    assert book.author_names == "Ann Author"


def test_what_is_empty_on_the_shelf_is_filled() -> None:
    bring(small_book())
    epub = small_book()
    epub.metadata = "<dc:description>About the tide.</dc:description>"
    assert bring(epub).book.synopsis == "About the tide."


def test_chapters_follow_the_order_of_the_file() -> None:
    book = bring(small_book()).book
    uids = {chapter.title: chapter.uid for chapter in book.chapters.all()}
    epub = Epub()
    for name in ("c3", "new", "c1", "c2"):
        title = "New" if name == "new" else f"Chapter {name[1]}"
        body = f"<h1>{title}</h1><p>{WORDS}</p><p>It was day {name[1]}.</p>"
        epub.page(f"{name}.xhtml", body, toc_title=title)
    result = bring(epub)
    assert counts(result) == (1, 0, 3, 0)
    assert titles(book) == ["Chapter 3", "New", "Chapter 1", "Chapter 2"]
    kept = book.chapters.exclude(title="New")
    assert {chapter.title: chapter.uid for chapter in kept} == uids


def test_renumbered_files_keep_their_chapters_by_title() -> None:
    book = bring(small_book()).book
    before = {chapter.title: (chapter.uid, chapter.text) for chapter in book.chapters.all()}
    epub = Epub()
    for number, title in enumerate(("Preface", "Chapter 1", "Chapter 2", "Chapter 3"), start=1):
        body = f"<h1>{title}</h1><p>{WORDS}</p><p>It was day {number - 1}.</p>"
        epub.page(f"c{number}.xhtml", body, toc_title=title)
    assert counts(bring(epub)) == (1, 0, 3, 0)
    after = {chapter.title: (chapter.uid, chapter.text) for chapter in book.chapters.all()}
    assert {title: after[title] for title in before} == before


def test_a_chapter_that_the_file_no_longer_has_becomes_a_draft_with_its_readers() -> None:
    book = bring(small_book()).book
    gone = book.chapters.get(number=1)
    place = ReadingProgress.objects.create(user=person("reader"), book=book, chapter=gone)
    epub = small_book()
    del epub.spine[0], epub.toc[0]
    with published() as told:
        result = bring(epub)
    assert [one.data["rooms"] for one in told if one.kind == "revoked"] == [[f"chapter.{gone.pk}"]]
    assert counts(result) == (0, 0, 2, 1)
    assert result.notes == ["1 chapter is no longer in the file; it was kept as a draft."]
    assert titles(book) == ["Chapter 2", "Chapter 3", "Chapter 1"]
    gone.refresh_from_db()
    assert (gone.status, gone.number) == ("draft", 3)
    place.refresh_from_db()
    assert place.chapter == gone
    assert bring(epub).notes == []
    assert counts(bring(small_book())) == (0, 0, 3, 0)
    gone.refresh_from_db()
    assert (gone.status, gone.number) == ("published", 1)


def test_chapters_written_here_stay_behind_the_one_that_they_stood_behind() -> None:
    book = bring(small_book()).book
    Chapter.objects.filter(number=3).update(number=5)
    Chapter.objects.create(book=book, number=3, title="Ours", text="<p>Ours.</p>")
    Chapter.objects.create(book=book, number=4, title="Ours 2", text="<p>Ours.</p>")
    Chapter.objects.filter(book=book).update(number=F("number") + 1)
    Chapter.objects.create(book=book, number=1, title="Before", text="<p>Ours.</p>")
    expected = ["Before", "Chapter 1", "Chapter 2", "Ours", "Ours 2", "Chapter 3"]
    assert titles(book) == expected
    assert counts(bring(small_book())) == (0, 0, 3, 0)
    assert titles(book) == expected
    assert {chapter.status for chapter in book.chapters.filter(source="")} == {"draft"}


def test_readers_of_a_merged_paragraph_are_led_to_the_merged_one() -> None:
    epub = Epub().page("a.xhtml", f"<p>{WORDS}</p><p>And then it was night.</p>", toc_title="A")
    book = bring(epub).book
    chapter = book.chapters.get()
    first, second = re.findall(r'id="(p-\w+)"', chapter.text)
    place = ReadingProgress.objects.create(
        user=person("reader"), book=book, chapter=chapter, paragraph=second, fraction=0.5
    )
    merged = Epub().page("a.xhtml", f"<p>{WORDS}And then it was night.</p>", toc_title="A")
    bring(merged)
    place.refresh_from_db()
    assert (place.paragraph, place.fraction) == (first, 0.5)


def test_what_people_took_down_stays_down() -> None:
    book = bring(small_book()).book
    Chapter.objects.filter(number=2).update(status="draft")
    Book.objects.update(status="draft")
    result = bring(small_book(chapters=4), now=LATER)
    assert result.book.status == "draft"
    statuses = [chapter.status for chapter in book.chapters.in_order()]
    assert statuses == ["published", "draft", "published", "published"]
    assert result.notes == [
        "The book was a draft and stays one; publish it at the desk.",
        "1 chapter was a draft and stays one; publish it at the desk.",
    ]


def test_a_draft_that_left_the_file_comes_back_as_a_draft() -> None:
    book = bring(small_book()).book
    Chapter.objects.filter(number=1).update(status="draft")
    epub = small_book()
    del epub.spine[0], epub.toc[0]
    assert bring(epub).chapters_withdrawn == 0
    bring(small_book())
    assert book.chapters.get(number=1).status == "draft"


def test_what_an_import_withdrew_comes_back_with_its_time() -> None:
    book = bring(small_book()).book
    epub = small_book()
    del epub.spine[0], epub.toc[0]
    bring(epub)
    bring(epub)
    assert bring(small_book(), now=LATER).notes == []
    back = book.chapters.get(number=1)
    assert (back.status, back.publish_at) == ("published", NOW)
    assert back.source == "OPS/c1.xhtml"
    assert counts(bring(small_book())) == (0, 0, 3, 0)


def test_without_publishing_nothing_comes_back_by_itself() -> None:
    book = bring(small_book()).book
    epub = small_book()
    del epub.spine[0], epub.toc[0]
    bring(epub)
    bring(small_book(), publish=False)
    assert book.chapters.get(number=1).status == "draft"


def test_two_books_without_an_identifier_of_their_own_are_two_books() -> None:
    one = bring(small_book(identifier="none")).book
    two = bring(other_book(identifier="none"))
    assert two.created
    assert {chapter.status for chapter in one.chapters.all()} == {"published"}


def test_the_identifier_of_another_book_is_a_refusal() -> None:
    bring(small_book())
    before = snapshot()
    with pytest.raises(IdentifierTaken) as refused:
        bring(other_book(identifier="urn:test:small-book"))
    assert str(refused.value) == (
        "The identifier urn:test:small-book is that of The Small Book, another book: "
        "give this file its own, or that title if they are one book."
    )
    assert snapshot() == before
    assert not bring(other_book(identifier="urn:test:small-book", title="THE SMALL BOOK")).created


def test_a_renumbered_chapter_is_written_only_in_its_number() -> None:
    book = bring(small_book()).book
    epub = Epub().page("c0.xhtml", "<h1>Preface</h1><p>Before it all.</p>", toc_title="Preface")
    for number in range(1, 4):
        body = f"<h1>Chapter {number}</h1><p>{WORDS}</p><p>It was day {number}.</p>"
        epub.page(f"c{number}.xhtml", body, toc_title=f"Chapter {number}")
    with CaptureQueriesContext(connection) as queries:
        assert counts(bring(epub, now=LATER)) == (1, 0, 3, 0)
    (written,) = (
        query["sql"] for query in queries if query["sql"].startswith('UPDATE "books_chapter"')
    )
    assert '"number" = ' in written
    for column in ("title", "text", "status", "updated_at"):
        assert f'"{column}" = ' not in written
    assert [chapter.number for chapter in book.chapters.in_order()] == [1, 2, 3, 4]


def test_a_failed_update_keeps_the_files_that_were_there(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(illustrated())
    files = files_in(media)

    def fail(**_values: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(module, "ImportResult", fail)
    with pytest.raises(RuntimeError):
        bring(illustrated(colour="#AA0000"))
    assert files_in(media) >= files


def test_queries_do_not_grow_with_the_book(django_assert_max_num_queries: object) -> None:
    for chapters in (3, 40):
        with django_assert_max_num_queries(22):  # type: ignore[operator]
            bring(small_book(chapters=chapters, identifier=f"urn:{chapters}"))
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            bring(small_book(chapters=chapters, identifier=f"urn:{chapters}"))

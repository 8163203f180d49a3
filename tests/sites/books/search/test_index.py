"""Whoever writes, and however: the index knows."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from sites.books.models import (
    Author,
    Authorship,
    Book,
    Chapter,
    SearchableBook,
    SearchableChapter,
    Status,
)
from sites.books.search.index import index_books, index_chapters
from tests.sites.books.search.texts import chapter, found, told
from tests.sites.main.factory import make_book

pytestmark = pytest.mark.django_db
HUGE = 2_000_000  # characters, as many as a chapter may have


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_chapter_is_found_by_what_it_says_now() -> None:
    book = told("salt", "The <em>lanterns</em> went out.")
    assert found("lantern") == ["salt"]
    row = book.chapters.get()
    row.text = '<p id="p-aaaaaaa1">The candles burned.</p>'
    row.save()
    assert (found("lantern"), found("candle")) == ([], ["salt"])


def test_bulk_writes_and_updates_of_querysets_and_of_bare_sql_are_writes_too() -> None:
    book = told("salt")
    rows = Chapter.objects.bulk_create(
        Chapter(book=book, number=n, title="x", text=f"<p>walrus {n}</p>", status=Status.PUBLISHED)
        for n in (1, 2)
    )
    assert found("walrus") == ["salt"]
    rows[0].text, rows[1].text = "<p>heron</p>", "<p>egret</p>"
    Chapter.objects.bulk_update(rows, ["text"])
    assert (found("walrus"), found("heron")) == ([], ["salt"])
    Chapter.objects.filter(pk=rows[0].pk).update(text="<p>osprey</p>", title="Kingfisher")
    assert (found("heron"), found("osprey"), found("kingfisher")) == ([], ["salt"], ["salt"])
    sql("UPDATE books_chapter SET text = replace(text, 'osprey', 'bittern')")
    assert (found("osprey"), found("bittern")) == ([], ["salt"])


def test_tags_and_ids_are_no_words() -> None:
    told("salt", '<img src="media:pictures/walrus.png" alt="heron"> A plain text.')
    for word in ("walrus", "media", "img", "alt", "aaaaaaa1", "p"):
        assert found(word) == [], word


def test_a_book_is_found_by_title_subtitle_blurb_and_opening_line() -> None:
    book = make_book(
        "salt", title="Lantern", subtitle="Candle", synopsis="Walrus.", opening_line="Heron."
    )
    for word in ("lantern", "candle", "walrus", "heron"):
        assert found(word) == ["salt"], word
    Book.objects.filter(pk=book.pk).update(title="Osprey", synopsis="Egret.")
    for word, slugs in (("lantern", []), ("walrus", []), ("osprey", ["salt"]), ("egret", ["salt"])):
        assert found(word) == slugs, word


def test_names_follow_credits_renamings_and_merges() -> None:
    book = make_book("salt", author="Ratih Sekarwangi")
    assert found("sekarwangi") == ["salt"]
    ratih = Author.objects.get()
    Author.objects.filter(pk=ratih.pk).update(name="Ratih Kencana")
    assert (found("sekarwangi"), found("kencana")) == ([], ["salt"])
    other = Author.objects.create(name="Sari Utami", slug="sari")
    Authorship.objects.filter(author=ratih).update(author=other)
    assert (found("kencana"), found("utami")) == ([], ["salt"])
    elsewhere = make_book("road")
    Authorship.objects.update(book=elsewhere)
    assert found("utami") == ["road"]
    Authorship.objects.bulk_create([Authorship(book=book, author=ratih)])
    assert found("kencana") == ["salt"]
    Authorship.objects.all().delete()
    assert (found("kencana"), found("utami")) == ([], [])


def test_another_language_stems_all_chapters_anew() -> None:
    book = told("salt", "mereka berlari", "berlarian", language="en")
    assert found("lari") == []
    Book.objects.update(language="id")
    assert found("lari") == ["salt"]
    configs = SearchableChapter.objects.filter(book=book).values_list("config", flat=True)
    assert set(configs) == {"esensi_indonesian"}


def test_what_is_deleted_is_gone_from_the_index() -> None:
    book = told("salt", "walrus", "heron")
    book.chapters.get(number=1).delete()
    assert SearchableChapter.objects.count() == 1
    sql("DELETE FROM books_chapter")
    assert SearchableChapter.objects.count() == 0
    chapter(book, 1, "egret")
    book.delete()
    assert (SearchableBook.objects.count(), SearchableChapter.objects.count()) == (0, 0)


def test_a_draft_has_no_row_and_a_publication_makes_one() -> None:
    book = told("salt")
    draft = chapter(book, 1, "walrus", status=Status.DRAFT)
    assert SearchableChapter.objects.count() == 0
    Chapter.objects.update(status=Status.PUBLISHED)
    assert found("walrus") == ["salt"]
    Chapter.objects.filter(pk=draft.pk).update(publish_at=timezone.now() + timedelta(days=1))
    assert found("walrus") == []
    Chapter.objects.filter(pk=draft.pk).update(publish_at=None)
    assert found("walrus") == ["salt"]
    Chapter.objects.update(status=Status.DRAFT)
    assert SearchableChapter.objects.count() == 0


def test_the_index_holds_the_rule_of_visibility() -> None:
    """What ``is_out`` says of a chapter by itself, for every moment."""
    now = datetime(2026, 5, 1, tzinfo=UTC)
    book = told("salt")
    for number, moment in enumerate([None, now - timedelta(1), now, now + timedelta(1)], start=1):
        chapter(book, number, "walrus", publish_at=moment)
        chapter(book, number + 10, "walrus", publish_at=moment, status=Status.DRAFT)
    out = SearchableChapter.objects.filter(out_from__lte=now).values_list("chapter", flat=True)
    assert set(out) == {each.pk for each in Chapter.objects.all() if each.is_out(now)}
    assert len(out) == 3


LONGEST = {
    "no-word-twice": lambda: " ".join(f"a{n:x}" for n in range(300_000))[:HUGE],
    "one-word": lambda: "x" * HUGE,
    "one-word-often": lambda: "walrus " * (HUGE // 7),
    "tags": lambda: "<p>" * (HUGE // 3),
    "pairs": lambda: "\u6771\u4eac" * 20_000,
}


@pytest.mark.parametrize("kind", LONGEST)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_longest_chapters_are_stored(kind: str, language: str) -> None:
    text = LONGEST[kind]()
    if language == "ja":
        text = text[: HUGE // 10]  # pairs are slower, and so were two million letters to type
    chapter(told("salt", language=language), 1, f"beginning {text}")
    assert SearchableChapter.objects.count() == 1
    assert found("beginning", language) == ["salt"]


def test_what_was_written_before_the_triggers_is_filled_in_and_a_second_run_does_nothing() -> None:
    for number in range(3):
        told(f"b{number}", "walrus", "heron", title=f"Egret {number}")
    chapter(Book.objects.get(slug="b0"), 3, "osprey", status=Status.DRAFT)
    SearchableBook.objects.all().delete()
    SearchableChapter.objects.all().delete()
    assert found("walrus") == found("egret") == []
    seen: list[tuple[int, int]] = []
    assert index_books() == 3
    assert index_chapters(progress=lambda done, last: seen.append((done, last))) == 6
    assert sorted(found("walrus")) == sorted(found("egret")) == ["b0", "b1", "b2"]
    assert found("osprey") == []
    assert seen[0][0] == 0
    assert seen[-1][0] == seen[-1][1]
    assert (index_books(), index_chapters()) == (0, 0)
    assert (index_books(again=True), index_chapters(again=True)) == (3, 6)


def test_filling_in_goes_on_behind_a_full_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    from sites.books.search import index

    monkeypatch.setattr(index, "CHAPTERS_AT_ONCE", 2)
    told("salt", *["walrus"] * 5)
    SearchableChapter.objects.all().delete()
    assert index_chapters() == 5
    assert SearchableChapter.objects.count() == 5


def test_very_many_names_on_one_cover_take_no_longer_than_others() -> None:
    book = make_book("salt")
    authors = Author.objects.bulk_create(
        Author(name=f"Heron {n}", slug=f"heron-{n}") for n in range(2_000)
    )
    begun = time.monotonic()
    Authorship.objects.bulk_create(
        Authorship(book=book, author=author, position=n) for n, author in enumerate(authors)
    )
    Authorship.objects.update(role="translator")
    assert found("heron") == ["salt"]
    Authorship.objects.all().delete()
    assert found("heron") == []
    assert time.monotonic() - begun < 10  # a second; row by row it was a minute and more

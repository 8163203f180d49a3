"""An earlier text comes back as the newest one, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied

from sites.accounts.models import User
from sites.accounts.models.audit import AuditEntry
from sites.books.actions.roll_back import AlreadySo, NoSuchRevision, roll_back
from sites.books.actions.versions import ChangedMeanwhile, GoneMeanwhile
from sites.books.actions.write_chapter import write_chapter
from sites.books.models import Book, Chapter, Status
from sites.books.text.blocks import read_blocks
from sites.books.text.tokens import split_clean
from tests.sites.books.actions.people import author_with_book, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def ratih() -> User:
    return author_with_book()[0]


@pytest.fixture
def chapter(ratih: User) -> Chapter:
    """Written three times: its revisions 1 and 2 are the first two texts."""
    row = Chapter(book=Book.objects.get())
    for title, text in (
        ("Pasang", "<p>Air naik pelan-pelan.</p><p>Ibu menunggu di dermaga.</p>"),
        ("Pasang", "<p>Air naik pelan-pelan.</p><p>Bapak menunggu di dermaga tua.</p>"),
        ("Surut", "<p>Air turun.</p>"),
    ):
        row = write_chapter(row, title=title, text=text, by=ratih, now=NOW)
    return Chapter.objects.get()


def words_of(text: str) -> list[str]:
    return [block.text for block in read_blocks(split_clean(text))]


def test_the_old_text_and_title_come_back_as_a_new_version(ratih: User, chapter: Chapter) -> None:
    first = chapter.revisions.get(number=1)
    roll_back(chapter, number=1, by=ratih, now=NOW, seen=chapter.updated_at)
    after = Chapter.objects.get()
    assert (after.title, words_of(after.text), after.words) == ("Pasang", words_of(first.text), 7)
    kept = list(after.revisions.order_by("number").values_list("number", "title", "created_by"))
    assert kept == [(1, "Pasang", ratih.pk), (2, "Pasang", ratih.pk), (3, "Surut", ratih.pk)]
    # ... and back again: nothing was lost.
    roll_back(after, number=3, by=ratih, now=NOW, seen=after.updated_at)
    assert words_of(Chapter.objects.get().text) == ["Air turun."]


def test_a_paragraph_that_is_still_there_keeps_its_id(ratih: User, chapter: Chapter) -> None:
    text = "<p>Air turun.</p><p>Air naik pelan-pelan.</p>"
    now_there = write_chapter(chapter, title="Surut", text=text, by=ratih, now=NOW)
    kept = now_there.text.split('"')[3]
    roll_back(now_there, number=1, by=ratih, now=NOW, seen=now_there.updated_at)
    assert f'<p id="{kept}">Air naik pelan-pelan.</p>' in Chapter.objects.get().text


def test_what_readers_see_stays_published(ratih: User, chapter: Chapter) -> None:
    Chapter.objects.update(status=Status.PUBLISHED, publish_at=NOW)
    roll_back(chapter, number=1, by=ratih, now=NOW, seen=chapter.updated_at)
    after = Chapter.objects.get()
    assert (after.status, after.publish_at) == (Status.PUBLISHED, NOW)


def test_it_is_in_the_audit_log(ratih: User, chapter: Chapter) -> None:
    roll_back(chapter, number=2, by=ratih, now=NOW, seen=chapter.updated_at)
    entry = AuditEntry.objects.get(action="chapter.roll_back")
    assert (entry.actor, entry.subject_id, entry.facts) == (
        ratih.pk,
        str(chapter.pk),
        {"revision": 2},
    )


def test_a_chapter_saved_meanwhile_is_not_overwritten(ratih: User, chapter: Chapter) -> None:
    seen = chapter.updated_at
    write_chapter(chapter, title="Surut", text="<p>Air turun lagi.</p>", by=ratih, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        roll_back(chapter, number=1, by=ratih, now=NOW, seen=seen)
    assert not AuditEntry.objects.filter(action="chapter.roll_back").exists()


def test_what_it_says_already_is_not_brought_back(ratih: User, chapter: Chapter) -> None:
    roll_back(chapter, number=1, by=ratih, now=NOW, seen=chapter.updated_at)
    again = Chapter.objects.get()
    with pytest.raises(AlreadySo):
        roll_back(again, number=1, by=ratih, now=NOW, seen=again.updated_at)
    assert again.revisions.count() == 3


def test_refusals_by_name(ratih: User, chapter: Chapter) -> None:
    with pytest.raises(NoSuchRevision):
        roll_back(chapter, number=9, by=ratih, now=NOW, seen=chapter.updated_at)
    with pytest.raises(PermissionDenied):
        roll_back(chapter, number=1, by=person("author"), now=NOW, seen=chapter.updated_at)
    with pytest.raises(PermissionDenied):
        roll_back(chapter, number=1, by=person("reader"), now=NOW, seen=chapter.updated_at)
    found = Chapter.objects.get()
    chapter.delete()
    with pytest.raises(GoneMeanwhile):
        roll_back(found, number=1, by=ratih, now=NOW, seen=found.updated_at)

"""Keeping what is typed: apart from readers' text, nothing lost, nothing overwritten unseen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import F

from sites.accounts.models import User
from sites.accounts.personal_data import export
from sites.books.actions.clear_draft import Arrived, clear_stored_draft, throw_draft_away
from sites.books.actions.give_lease_back import give_lease_back
from sites.books.actions.save_draft import (
    LONGEST_DRAFT,
    DraftConflict,
    Seen,
    Words,
    save_draft,
)
from sites.books.actions.take_lease import take_lease
from sites.books.actions.versions import GoneMeanwhile
from sites.books.actions.write_chapter import write_chapter
from sites.books.leases import Hold, LeaseLost
from sites.books.models import Book, Chapter, ChapterDraft, ChapterLease, Revision
from sites.books.text.errors import TextTooLong
from tests.sites.books.actions.people import author_with_book, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TEXT = '<p id="p-aaaaaaaa">Kabut turun.</p>'


@pytest.fixture
def ratih() -> User:
    return author_with_book(title="Lembah")[0]


@pytest.fixture
def chapter(ratih: User) -> Chapter:
    book = Book.objects.get(title="Lembah")
    return Chapter.objects.create(book=book, number=1, title="Kabut", text=TEXT)


class Page:
    """An open page, as ``publish/writing.js`` is one."""

    def __init__(self, chapter: Chapter, user: User, name: str) -> None:
        self.chapter, self.user, self.name = Chapter.objects.get(pk=chapter.pk), user, name
        self.base, self.sent = self.chapter.updated_at, 0
        found = ChapterDraft.objects.filter(chapter=chapter, author=user).first()
        self.serial = found.serial if found else 0
        self.hold = Hold(0, name)

    def take(self) -> Page:
        self.hold = Hold(take_lease(self.chapter, by=self.user, page=self.name).number, self.name)
        return self

    def words(self, text: str, sent: int = 0) -> Words:
        return Words("Kabut", text, self.name, sent or self.sent + 1)

    def type(self, text: str) -> int:
        words = self.words(text)
        self.sent = words.sent
        self.serial = self.send(words)
        return self.serial

    def send(self, words: Words) -> int:
        seen = Seen(self.base, self.serial)
        return save_draft(self.chapter, words, seen=seen, by=self.user, hold=self.hold)


def waiting(user: User) -> str:
    return ChapterDraft.objects.get(author=user).text


def test_what_is_typed_is_kept_and_readers_see_nothing_of_it(ratih: User, chapter: Chapter) -> None:
    page = Page(chapter, ratih, "a").take()
    assert page.type("<p>Kabut turun. Lalu naik.</p>") == 1
    assert page.type("<p>Kabut turun. Lalu naik lagi.</p>") == 2
    assert waiting(ratih) == "<p>Kabut turun. Lalu naik lagi.</p>"
    stored = Chapter.objects.get()
    assert (stored.text, stored.updated_at) == (TEXT, chapter.updated_at)
    assert not Revision.objects.exists()


def test_an_answer_that_was_lost_costs_nothing(ratih: User, chapter: Chapter) -> None:
    """The instance is killed after its commit: the page sends the same, or what was typed since,
    with the serial that it knows."""
    page = Page(chapter, ratih, "a").take()
    page.send(page.words("<p>Satu.</p>", 1))
    assert page.send(page.words("<p>Satu.</p>", 1)) == 1
    assert page.send(page.words("<p>Satu dua.</p>", 2)) == 2
    assert waiting(ratih) == "<p>Satu dua.</p>"


def test_a_request_that_was_overtaken_changes_nothing(ratih: User, chapter: Chapter) -> None:
    page = Page(chapter, ratih, "a").take()
    page.send(page.words("<p>Satu dua.</p>", 2))
    page.send(page.words("<p>Satu.</p>", 1))
    assert waiting(ratih) == "<p>Satu dua.</p>"


def test_a_text_that_was_stored_meanwhile_stops_it(ratih: User, chapter: Chapter) -> None:
    page = Page(chapter, ratih, "a").take()
    ChapterLease.objects.update(expires_at=F("expires_at") - timedelta(hours=1))
    bayu = person("editor", name="bayu")
    write_chapter(Chapter.objects.get(), title="Kabut", text="<p>Dari Bayu.</p>", by=bayu, now=NOW)
    with pytest.raises(DraftConflict) as refusal:
        page.type("<p>Dari Ratih.</p>")
    assert "Dari Bayu." in refusal.value.chapter.text
    assert not ChapterDraft.objects.filter(base__isnull=False).exists()


def test_two_pages_of_one_person_overwrite_one_another_only_seen(
    ratih: User, chapter: Chapter
) -> None:
    one, other = Page(chapter, ratih, "a").take(), Page(chapter, ratih, "b")
    one.type("<p>Dari yang satu.</p>")
    with pytest.raises(LeaseLost):
        other.type("<p>Dari yang lain.</p>")
    other.take()
    with pytest.raises(DraftConflict) as refusal:
        other.type("<p>Dari yang lain.</p>")
    assert refusal.value.draft
    assert refusal.value.draft.text == "<p>Dari yang satu.</p>"
    other.serial = refusal.value.draft.serial  # it has been shown
    other.type("<p>Dari yang lain.</p>")
    one.take()
    with pytest.raises(DraftConflict):
        one.type("<p>Lagi.</p>")


def test_people_have_drafts_of_their_own(ratih: User, chapter: Chapter) -> None:
    bayu = person("editor", name="bayu")
    first = Page(chapter, ratih, "a").take()
    first.type("<p>Dari Ratih.</p>")
    give_lease_back(chapter, by=ratih, hold=first.hold)
    Page(chapter, bayu, "b").take().type("<p>Dari Bayu.</p>")
    assert waiting(ratih) == "<p>Dari Ratih.</p>"
    assert waiting(bayu) == "<p>Dari Bayu.</p>"
    with pytest.raises(LeaseLost):
        first.type("<p>Dari Ratih lagi.</p>")


def test_words_of_a_page_that_crashed_come_in_by_another(ratih: User, chapter: Chapter) -> None:
    """The new page holds the lease; the words carry the name and the count of the one that is gone."""
    gone = Page(chapter, ratih, "a").take()
    gone.type("<p>Satu.</p>")
    lost = gone.words("<p>Satu dua.</p>")
    back = Page(chapter, ratih, "b").take()
    assert back.send(lost) == 2
    assert waiting(ratih) == "<p>Satu dua.</p>"
    assert back.send(lost) == 2, "twice is once"


def test_what_a_form_has_brought_in_waits_no_longer(ratih: User, chapter: Chapter) -> None:
    page = Page(chapter, ratih, "a").take()
    page.type("<p>Satu.</p>")
    clear_stored_draft(chapter, Arrived(page.serial, "a", 2), by=ratih)
    found = ChapterDraft.objects.get()
    assert not found.is_waiting
    assert (found.page, found.sent, found.text) == ("a", 2, "")
    assert page.send(page.words("<p>Satu.</p>", 2)) == found.serial, "it has arrived"
    assert not ChapterDraft.objects.get().is_waiting


def test_what_a_form_did_not_hold_stays(ratih: User, chapter: Chapter) -> None:
    """Another page of the same person has kept more since the form was opened."""
    old = Page(chapter, ratih, "a").take()
    old.type("<p>Satu.</p>")
    new = Page(chapter, ratih, "b").take()
    new.type("<p>Satu dua.</p>")
    for arrived in (Arrived(old.serial, "a", 3), Arrived(old.serial), Arrived(new.serial, "b", 0)):
        clear_stored_draft(chapter, arrived, by=ratih)
        assert waiting(ratih) == "<p>Satu dua.</p>"
    clear_stored_draft(chapter, Arrived(new.serial), by=ratih)
    assert not ChapterDraft.objects.get().is_waiting


def test_only_what_was_seen_is_thrown_away(ratih: User, chapter: Chapter) -> None:
    page = Page(chapter, ratih, "a").take()
    page.type("<p>Satu.</p>")
    page.type("<p>Satu dua.</p>")
    with pytest.raises(DraftConflict):
        throw_draft_away(chapter, by=ratih, serial=1)
    assert waiting(ratih) == "<p>Satu dua.</p>"
    throw_draft_away(chapter, by=ratih, serial=2)
    assert not ChapterDraft.objects.get().is_waiting


def test_whoever_may_not_edit_keeps_nothing(ratih: User, chapter: Chapter) -> None:
    page = Page(chapter, ratih, "a").take()
    page.user = author_with_book(name="sita", title="Rawa")[0]
    with pytest.raises(PermissionDenied):
        page.type("<p>Lumpur.</p>")
    with pytest.raises(PermissionDenied):
        throw_draft_away(chapter, by=page.user, serial=0)


def test_a_chapter_that_is_gone_keeps_nothing(ratih: User, chapter: Chapter) -> None:
    page = Page(chapter, ratih, "a").take()
    Chapter.objects.all().delete()
    with pytest.raises(GoneMeanwhile):
        page.type("<p>Lumpur.</p>")


def test_no_draft_is_longer_than_a_chapter(ratih: User, chapter: Chapter) -> None:
    page = Page(chapter, ratih, "a").take()
    with pytest.raises(TextTooLong):
        page.type("a" * (LONGEST_DRAFT + 1))


def test_drafts_are_personal_data(ratih: User, chapter: Chapter) -> None:
    Page(chapter, ratih, "a").take().type("<p>Hanya untuk saya.</p>")
    assert "Hanya untuk saya." in str(export(ratih))

"""Keeping what is typed for a chapter that is not stored yet: nothing lost, nothing overwritten unseen,
and gone with the save."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied

from sites.accounts.actions.erase_person import erase_person_forever
from sites.accounts.models import User
from sites.accounts.personal_data import Wishes, export
from sites.books.actions.clear_draft import Arrived
from sites.books.actions.save_draft import LONGEST_DRAFT, Words
from sites.books.actions.save_new_draft import (
    NewDraftConflict,
    clear_new_drafts,
    save_new_draft,
    throw_new_draft_away,
)
from sites.books.actions.versions import GoneMeanwhile
from sites.books.models import Authorship, Book, Chapter, NewChapterDraft
from sites.books.text.errors import TextTooLong
from tests.sites.books.actions.people import author_with_book, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture
def ratih() -> User:
    return author_with_book(title="Lembah")[0]


@pytest.fixture
def book(ratih: User) -> Book:
    return Book.objects.get(title="Lembah")


class Page:
    """An open form of a new chapter, as ``publish/writing.js`` has one."""

    def __init__(self, book: Book | None, user: User, name: str) -> None:
        self.book, self.user, self.name, self.sent = book, user, name, 0
        shown = NewChapterDraft.objects.filter(author=user, book=book, is_waiting=True).first()
        self.serial = shown.serial if shown else 0

    def send(self, text: str, sent: int) -> int:
        words = Words("Kabut", text, self.name, sent)
        return save_new_draft(self.book, words, serial=self.serial, by=self.user)

    def type(self, text: str) -> None:
        self.sent += 1
        self.serial = self.send(text, self.sent)

    def arrived(self) -> Arrived:
        return Arrived(0, self.name, self.sent)


def waiting(user: User, book: Book | None) -> str:
    found = NewChapterDraft.objects.filter(author=user, book=book, is_waiting=True).first()
    return found.text if found else ""


def stored(book: Book, page: Page, *, shown: int | None = None) -> None:
    number = book.chapters.count() + 1
    chapter = Chapter.objects.create(book=book, number=number, title="Kabut")
    clear_new_drafts(chapter, page.arrived(), shown=shown, by=page.user)


def test_what_is_typed_is_kept_before_there_is_a_chapter(ratih: User, book: Book) -> None:
    page = Page(book, ratih, "a")
    page.type("<p>Satu.</p>")
    page.type("<p>Satu dua.</p>")
    assert waiting(ratih, book) == "<p>Satu dua.</p>"
    assert not book.chapters.exists()
    assert NewChapterDraft.objects.count() == 1


def test_what_came_twice_or_late_changes_nothing(ratih: User, book: Book) -> None:
    page = Page(book, ratih, "a")
    page.send("<p>Satu dua.</p>", 2)
    assert page.send("<p>Satu dua.</p>", 2) == page.send("<p>Satu.</p>", 1)
    assert waiting(ratih, book) == "<p>Satu dua.</p>"


def test_books_and_people_have_drafts_of_their_own(ratih: User, book: Book) -> None:
    other = Book.objects.create(title="Rawa", slug="rawa")
    Authorship.objects.create(book=other, author=book.authors.get())
    bayu = person("editor", name="bayu")
    Page(book, ratih, "a").type("<p>Lembah.</p>")
    Page(other, ratih, "b").type("<p>Rawa.</p>")
    Page(None, ratih, "c").type("<p>Entah.</p>")
    Page(book, bayu, "d").type("<p>Dari Bayu.</p>")
    found = [waiting(ratih, book), waiting(ratih, other), waiting(ratih, None), waiting(bayu, book)]
    assert found == ["<p>Lembah.</p>", "<p>Rawa.</p>", "<p>Entah.</p>", "<p>Dari Bayu.</p>"]


def test_another_page_overwrites_only_what_it_has_shown(ratih: User, book: Book) -> None:
    other = Page(book, ratih, "b")
    Page(book, ratih, "a").type("<p>Dari yang satu.</p>")
    with pytest.raises(NewDraftConflict) as refusal:
        other.type("<p>Dari yang lain.</p>")
    assert refusal.value.draft
    assert refusal.value.draft.text == "<p>Dari yang satu.</p>"
    assert waiting(ratih, book) == "<p>Dari yang satu.</p>"
    Page(book, ratih, "c").type("<p>Dari yang satu, lanjut.</p>")
    assert waiting(ratih, book) == "<p>Dari yang satu, lanjut.</p>"


def test_the_words_follow_the_book_that_is_chosen(ratih: User, book: Book) -> None:
    page = Page(None, ratih, "a")
    page.type("<p>Satu.</p>")
    page.book, page.serial = book, 0
    page.type("<p>Satu dua.</p>")
    assert (waiting(ratih, None), waiting(ratih, book)) == ("", "<p>Satu dua.</p>")


def test_a_save_leaves_nothing_waiting(ratih: User, book: Book) -> None:
    page = Page(book, ratih, "a")
    page.type("<p>Satu.</p>")
    stored(book, page)
    assert waiting(ratih, book) == ""


def test_words_that_became_a_chapter_do_not_come_back(ratih: User, book: Book) -> None:
    """The browser kept the last of them, and hears only now that they had arrived."""
    page = Page(book, ratih, "a")
    page.type("<p>Satu.</p>")
    page.sent = 5  # typed on, and saved before the next were sent
    stored(book, page)
    page.send("<p>Satu dua.</p>", 5)
    assert waiting(ratih, book) == ""
    Page(book, ratih, "b").type("<p>Bab berikut.</p>")
    page.send("<p>Satu dua.</p>", 5)
    assert waiting(ratih, book) == "<p>Bab berikut.</p>"


def test_a_page_that_lay_open_meanwhile_takes_no_new_words_for_those_it_has_shown(
    ratih: User, book: Book
) -> None:
    Page(book, ratih, "a").type("<p>Satu.</p>")
    old = Page(book, ratih, "b")
    throw_new_draft_away(book, by=ratih, serial=old.serial)
    Page(book, ratih, "c").type("<p>Bab lain.</p>")
    with pytest.raises(NewDraftConflict):
        old.type("<p>Satu dua.</p>")


def test_what_the_form_has_shown_goes_with_its_save_and_nothing_else(
    ratih: User, book: Book
) -> None:
    Page(None, ratih, "a").type("<p>Satu.</p>")
    page = Page(None, ratih, "b")
    arrived = Arrived(page.serial, "b", 1)
    chapter = Chapter.objects.create(book=book, number=1, title="Kabut")
    clear_new_drafts(chapter, Arrived(page.serial + 1, "b", 1), shown=None, by=ratih)
    assert waiting(ratih, None) == "<p>Satu.</p>"
    clear_new_drafts(chapter, arrived, shown=None, by=ratih)
    assert waiting(ratih, None) == ""


def test_only_what_was_seen_is_thrown_away(ratih: User, book: Book) -> None:
    page = Page(book, ratih, "a")
    page.type("<p>Satu.</p>")
    with pytest.raises(NewDraftConflict):
        throw_new_draft_away(book, by=ratih, serial=page.serial + 1)
    throw_new_draft_away(book, by=ratih, serial=page.serial)
    assert waiting(ratih, book) == ""


def test_whoever_may_not_write_keeps_nothing(ratih: User, book: Book) -> None:
    sita, reader = author_with_book(name="sita", title="Rawa")[0], person("reader")
    for user, chosen in ((sita, book), (reader, None)):
        with pytest.raises(PermissionDenied):
            Page(chosen, user, "a").type("<p>Lumpur.</p>")
    Book.objects.filter(pk=book.pk).delete()
    with pytest.raises(GoneMeanwhile):
        Page(book, ratih, "a").type("<p>Lumpur.</p>")
    assert not NewChapterDraft.objects.exists()


def test_no_draft_is_longer_than_a_chapter(ratih: User, book: Book) -> None:
    with pytest.raises(TextTooLong):
        Page(book, ratih, "a").type("a" * (LONGEST_DRAFT + 1))


def test_they_are_personal_data_and_go_with_the_account(ratih: User, book: Book) -> None:
    Page(book, ratih, "a").type("<p>Hanya untuk saya.</p>")
    assert "Hanya untuk saya." in str(export(ratih))
    erase_person_forever(ratih, wishes=Wishes(), by=ratih, now=NOW)
    assert not NewChapterDraft.objects.exists()

"""Links that show a draft: signed, for a time, and ended at once where that is wanted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from sites.accounts.models import User
from sites.accounts.models.audit import AuditEntry
from sites.books.actions.preview_link import (
    MOST_DAYS,
    MOST_LINKS,
    HouseHasWithdrawn,
    TooLongAPreview,
    TooManyPreviews,
    create_preview_link,
    open_preview,
    preview_token,
    revoke_preview_links,
)
from sites.books.actions.versions import GoneMeanwhile
from sites.books.models import Book, PreviewLink
from tests.sites.books.actions.people import author_with_book, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def ratih() -> User:
    return author_with_book()[0]


@pytest.fixture
def book(ratih: User) -> Book:
    found: Book = Book.objects.get()
    return found


def test_a_link_opens_its_book_until_it_expires(ratih: User, book: Book) -> None:
    link = create_preview_link(book, by=ratih, now=NOW, days=2)
    token = preview_token(link)
    last = NOW + timedelta(days=2) - timedelta(seconds=1)
    found = open_preview(token, now=last)
    assert found is not None
    assert (found.book, found.expires_at) == (book, NOW + timedelta(days=2))
    assert open_preview(token, now=NOW + timedelta(days=2)) is None


def test_no_other_token_opens_anything(ratih: User, book: Book) -> None:
    token = preview_token(create_preview_link(book, by=ratih, now=NOW, days=2))
    key, _dot, signature = token.partition(".")
    for wrong in (
        "",
        key,
        signature,
        f"{int(key) + 1}.{signature}",
        f"{key}.{signature[:-2]}",
        f"{key}.{signature}x",
        f".{signature}",
        "\x00",
        "9" * 200,
    ):
        assert open_preview(wrong, now=NOW) is None, wrong


def test_a_signature_of_something_else_opens_nothing(ratih: User, book: Book) -> None:
    from django.core.signing import Signer

    link = create_preview_link(book, by=ratih, now=NOW, days=2)
    assert open_preview(Signer(sep=".").sign(str(link.pk)), now=NOW) is None
    ours = Signer(sep=".", salt="sites.books.preview_link")
    for odd in ("x", "-1", "٣", "9" * 19, "1.5"):
        assert open_preview(ours.sign(odd), now=NOW) is None, odd


def test_all_links_of_a_book_end_at_once(ratih: User, book: Book) -> None:
    tokens = [preview_token(create_preview_link(book, by=ratih, now=NOW, days=2)) for _ in "ab"]
    _user, other = author_with_book("toba", "Danau")
    foreign = preview_token(create_preview_link(other, by=person("editor"), now=NOW, days=2))
    assert revoke_preview_links(book, by=ratih, now=NOW) == 2
    assert [open_preview(token, now=NOW) for token in tokens] == [None, None]
    assert open_preview(foreign, now=NOW) is not None
    assert revoke_preview_links(book, by=ratih, now=NOW) == 0
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["preview_link.create"] * 3 + ["preview_link.revoke"]


def test_there_are_only_so_many_and_those_that_are_over_make_room(ratih: User, book: Book) -> None:
    for _number in range(MOST_LINKS):
        create_preview_link(book, by=ratih, now=NOW, days=1)
    with pytest.raises(TooManyPreviews):
        create_preview_link(book, by=ratih, now=NOW, days=1)
    create_preview_link(book, by=ratih, now=NOW + timedelta(days=1), days=1)
    assert PreviewLink.objects.count() == 1


@pytest.mark.parametrize("days", [0, -1, MOST_DAYS + 1, 10**9])
def test_days_have_limits(ratih: User, book: Book, days: int) -> None:
    with pytest.raises(TooLongAPreview):
        create_preview_link(book, by=ratih, now=NOW, days=days)


def test_only_who_may_edit_the_book_shows_it(book: Book) -> None:
    for stranger in (person("author"), person("reader")):
        with pytest.raises(PermissionDenied):
            create_preview_link(book, by=stranger, now=NOW, days=1)
        with pytest.raises(PermissionDenied):
            revoke_preview_links(book, by=stranger, now=NOW)
    assert not AuditEntry.objects.exists()


def test_what_the_house_has_withdrawn_is_shown_to_nobody(ratih: User, book: Book) -> None:
    token = preview_token(create_preview_link(book, by=ratih, now=NOW, days=2))
    Book.objects.update(withdrawn_by_house=True)
    assert open_preview(token, now=NOW) is None
    with pytest.raises(HouseHasWithdrawn):
        create_preview_link(book, by=ratih, now=NOW, days=2)


def test_a_deleted_book_is_gone(book: Book) -> None:
    editor, found = person("editor"), Book.objects.get(pk=book.pk)
    book.delete()
    with pytest.raises(GoneMeanwhile):
        create_preview_link(found, by=editor, now=NOW, days=1)


def test_who_has_left_the_cover_shows_it_to_nobody_any_more(ratih: User, book: Book) -> None:
    token = preview_token(create_preview_link(book, by=ratih, now=NOW, days=2))
    book.authorships.all().delete()
    assert open_preview(token, now=NOW) is None


def test_nor_does_a_closed_account(ratih: User, book: Book) -> None:
    token = preview_token(create_preview_link(book, by=ratih, now=NOW, days=2))
    User.objects.filter(pk=ratih.pk).update(is_active=False)
    assert open_preview(token, now=NOW) is None

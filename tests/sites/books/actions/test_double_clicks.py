"""The same thing asked for twice at the same moment is done once, and nothing stumbles."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from sites.accounts.models import AuditEntry
from sites.books.actions.answer_invitation import accept_invitation
from sites.books.actions.become_author import become_author
from sites.books.actions.invite_author import invite_author
from sites.books.actions.leave_book import leave_book
from sites.books.exceptions import BookError
from sites.books.models import Author, AuthorInvitation, Authorship
from tests.sites.books.actions.people import author_with_book, person

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def both(*actions: Callable[[], object]) -> list[str]:
    """Do these at the same moment; the names of the refusals, sorted."""
    start = threading.Barrier(len(actions))

    def one(action: Callable[[], object]) -> str:
        try:
            start.wait(10)
            action()
        except BookError as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(actions)) as pool:
        return sorted(pool.map(one, actions))


def test_two_clicks_make_one_author() -> None:
    reader = person("reader")
    click = lambda: become_author(reader, name="Sri", now=NOW)  # noqa: E731
    assert both(click, click) == ["", ""]
    assert Author.objects.filter(user=reader).count() == 1
    assert AuditEntry.objects.filter(action="author.join").count() == 1


def test_two_people_of_one_name_get_two_addresses() -> None:
    people = [person("reader", name=name) for name in ("satu", "dua")]
    joins = [lambda user=user: become_author(user, name="Sri", now=NOW) for user in people]
    assert both(*joins) == ["", ""]
    assert set(Author.objects.values_list("slug", flat=True)) == {"sri", "sri-2"}


def test_two_clicks_invite_and_accept_once() -> None:
    ratih, book = author_with_book()
    bayu = person("author", name="bayu")
    Author.objects.create(name="Bayu", slug="bayu", user=bayu)
    ask = lambda: invite_author(book, to=bayu.email, role="author", by=ratih, now=NOW)  # noqa: E731
    assert both(ask, ask) == ["", ""]
    asked = AuthorInvitation.objects.get()
    accept = lambda: accept_invitation(asked, by=bayu, now=NOW)  # noqa: E731
    assert both(accept, accept) == ["", "InvitationGone"]
    assert book.authorships.count() == 2


def test_the_last_two_authors_cannot_leave_at_the_same_moment() -> None:
    ratih, book = author_with_book()
    bayu = person("author", name="bayu")
    profile = Author.objects.create(name="Bayu", slug="bayu", user=bayu)
    second = Authorship.objects.create(book=book, author=profile, position=2)
    first = book.authorships.get(author__user=ratih)
    leaves = (
        lambda: leave_book(first, by=ratih, now=NOW),
        lambda: leave_book(second, by=bayu, now=NOW),
    )
    assert both(*leaves) == ["", "LastName"]
    assert book.authorships.count() == 1

"""Authors learn by mail what the editors decided, in their own language and after the commit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from sites.accounts.models import User
from sites.books.actions.decide_on_book import reject_book, request_changes
from sites.books.actions.withdraw_book import withdraw_book
from sites.books.models import Author, Authorship, Book, BookStatus, Submission
from sites.community.letters import NEXT
from sites.community.models import Kind
from tests.sites.books.actions.people import author_with_book, person

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def submitted() -> tuple[User, Book]:
    user, book = author_with_book()
    Book.objects.update(status=BookStatus.SUBMITTED)
    Submission.objects.create(book=book, number=1, submitted_at=NOW)
    return user, book


@pytest.mark.django_db(transaction=True)
def test_each_author_gets_one_in_their_language() -> None:
    user, book = submitted()
    User.objects.filter(pk=user.pk).update(language="id")
    other = person("author", name="toba")
    profile = Author.objects.create(name="Toba", slug="toba", user=other)
    Authorship.objects.create(book=book, author=profile, position=2)
    request_changes(book, comment="Lagi.", by=person("editor"), now=NOW)
    said = {message.to[0]: message.subject for message in mail.outbox}
    assert set(said) == {user.email, other.email}
    assert said[other.email] == "The editors ask for changes in “Laut”."
    assert said[user.email] != said[other.email]
    assert f"/books/book/{book.pk}/submission/" in mail.outbox[0].body


@pytest.mark.django_db(transaction=True)
def test_what_is_undone_is_not_sent() -> None:
    _user, book = submitted()
    with transaction.atomic():
        reject_book(book, comment="Bukan untuk kami.", by=person("editor"), now=NOW)
        transaction.set_rollback(True)
    assert not mail.outbox


@pytest.mark.django_db(transaction=True)
def test_nobody_is_written_to_about_what_they_did_themselves() -> None:
    user, book = author_with_book()
    Book.objects.update(status=BookStatus.PUBLISHED)
    withdraw_book(book, by=user, now=NOW)
    assert not mail.outbox
    Book.objects.update(status=BookStatus.PUBLISHED)
    withdraw_book(book, by=person("editor"), now=NOW)
    assert [message.to for message in mail.outbox] == [[user.email]]


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_fails_undoes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", fail)
    _user, book = submitted()
    reject_book(book, comment="Bukan untuk kami.", by=person("editor"), now=NOW)
    assert Book.objects.get().status == BookStatus.REJECTED


def test_only_known_kinds_are_sent() -> None:
    assert set(NEXT) <= set(Kind.values)

"""People choose how they are told of what: on the page, also by mail once a day, or not at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext

from realtime.testing import published
from sites.accounts.models import User
from sites.accounts.personal_data import export
from sites.background.registry import run_now
from sites.books.models import Book
from sites.community.actions.choose_ways import choose_ways, end_mails
from sites.community.actions.send_digests import MOST_TOLD, send_digest, send_digests
from sites.community.letters import send_letters
from sites.community.models import Kind, Notification, NotificationChoice
from sites.community.models.notification_choice import TOPICS, Topic, Way
from sites.community.notify import store
from sites.community.unsubscribing import unsubscribe_address
from sites.community.ways_to_tell import ways_of
from tests.house import visitor
from tests.sites.books.actions.people import person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CHOICES = "/notifications/choices/"


@pytest.fixture
def reader() -> User:
    return person("reader")


@pytest.fixture
def author() -> User:
    return person("author")


def told(*people: User, kind: Kind = Kind.NEW_CHAPTERS, number: int = 1) -> None:
    book, _new = Book.objects.get_or_create(title="The Kelp Ledger", slug="the-kelp-ledger")
    store(
        Notification(recipient=one, kind=kind, book=book, created_at=NOW + timedelta(seconds=n))
        for n in range(number)
        for one in people
    )


def choose(user: User, topic: Topic, way: Way) -> None:
    choose_ways(user, {topic: way}, now=NOW)


def test_every_kind_belongs_to_a_topic() -> None:
    assert set(TOPICS) == set(Kind.values)
    assert set(TOPICS.values()) == set(Topic)


def test_each_way_does_what_it_says(reader: User, author: User) -> None:
    silent = person("manager")
    choose(author, Topic.CHAPTERS, Way.DIGEST)
    choose(silent, Topic.CHAPTERS, Way.NONE)
    with published() as events, CaptureQueriesContext(connection) as queries:
        told(reader, author, silent)
    assert sum("notificationchoice" in query["sql"] for query in queries) == 1
    assert {event.room for event in events} == {f"user.{reader.pk}", f"user.{author.pk}"}
    assert [row.to_mail for row in Notification.objects.to(reader)] == [False]
    assert [row.to_mail for row in Notification.objects.to(author)] == [True]
    assert not Notification.objects.to(silent).exists()
    told(silent, kind=Kind.INVITED)
    assert Notification.objects.to(silent).count() == 1


def test_a_digest_has_what_is_unread_and_is_sent_once(
    author: User, django_capture_on_commit_callbacks: object
) -> None:
    choose(author, Topic.CHAPTERS, Way.DIGEST)
    told(author, number=MOST_TOLD + 3)
    Notification.objects.filter(pk=Notification.objects.to(author).newest_first()[0].pk).update(
        read_at=NOW
    )
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's fixture
        assert send_digest(author.pk, now=NOW) == MOST_TOLD + 2
        assert send_digest(author.pk, now=NOW) == 0
    (letter,) = mail.outbox
    assert letter.to == [author.email]
    assert "22 new notifications" in letter.subject
    assert letter.body.count("The Kelp Ledger") == MOST_TOLD
    assert "And 2 more." in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert address in letter.body
    assert isinstance(letter, EmailMultiAlternatives)
    html = str(letter.alternatives[0][0])
    assert address in html
    assert "<p" in html


def test_digests_wait_for_those_who_want_them(reader: User, author: User) -> None:
    choose(author, Topic.CHAPTERS, Way.DIGEST)
    told(reader, author)
    assert send_digests() == 1
    assert send_digests() == 1  # the same job, which waits once
    run_now("community.send_digest", person=author.pk)
    assert send_digests() == 0
    told(author)
    choose(author, Topic.CHAPTERS, Way.PAGE)
    assert send_digests() == 0
    run_now("community.send_digest", person=10**9)


def test_a_letter_at_once_is_for_those_who_chose_nothing(
    author: User, reader: User, django_capture_on_commit_callbacks: object
) -> None:
    book = Book.objects.create(title="Kelp", slug="kelp-letters")
    choose(author, Topic.STEPS, Way.DIGEST)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's fixture
        send_letters([author.pk, reader.pk], Kind.APPROVED, book.pk)
    assert [letter.to for letter in mail.outbox] == [[reader.email]]


def test_who_ends_the_mails_gets_no_letters_in_their_place(
    author: User, django_capture_on_commit_callbacks: object
) -> None:
    book = Book.objects.create(title="Kelp", slug="kelp-quiet")
    choose(author, Topic.STEPS, Way.DIGEST)
    assert end_mails(author, now=NOW) == 1
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's fixture
        send_letters([author.pk], Kind.APPROVED, book.pk)
    assert mail.outbox == []


def test_the_page_offers_what_concerns_a_person_and_keeps_it(reader: User, author: User) -> None:
    assert Topic.STEPS not in ways_of(reader)
    assert Topic.SUBMISSIONS not in ways_of(author)
    assert Topic.SUBMISSIONS in ways_of(person("editor"))
    client = visitor("main")
    assert client.get(CHOICES).status_code == 302
    client.force_login(reader)
    page = client.get(CHOICES).content.decode()
    assert page.count("<fieldset>") == len(ways_of(reader))
    assert 'name="chapters" value="page" checked' in page
    sent = {"chapters": "digest", "answers": "none", "house": "\x00", "steps": "none"}
    assert client.post(CHOICES, sent).status_code == 302
    page = client.get(CHOICES).content.decode()
    assert 'name="chapters" value="digest" checked' in page
    assert "Your choices are kept." in page
    assert ways_of(reader)[Topic.ANSWERS] == Way.NONE
    assert not NotificationChoice.objects.filter(topic__in=["house", "steps"]).exists()
    assert export(reader)["notification_choices"] == [
        {"topic": "answers", "way": "none", "chosen_at": NotificationChoice.objects.get(topic="answers").chosen_at},
        {"topic": "chapters", "way": "digest", "chosen_at": NotificationChoice.objects.get(topic="chapters").chosen_at},
    ]  # fmt: skip


def unsubscribe_path(letter: str) -> str:
    found = re.search(r"https?://[^/]+(/notifications/unsubscribe/\S+/)", letter)
    assert found
    return found[1]


def test_one_click_ends_the_mails_without_a_sign_in(
    author: User, django_capture_on_commit_callbacks: object
) -> None:
    choose(author, Topic.CHAPTERS, Way.DIGEST)
    choose(author, Topic.ANSWERS, Way.NONE)
    told(author)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's fixture
        send_digest(author.pk, now=NOW)
    path = unsubscribe_path(str(mail.outbox[0].body))
    told(author)
    stranger = visitor("main", enforce_csrf_checks=True)
    # What looks for harmful links opens them, and that alone changes nothing.
    assert "Send no more mails?" in stranger.get(path).content.decode()
    assert ways_of(author)[Topic.CHAPTERS] == Way.DIGEST
    for _twice in range(2):
        answer = stranger.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200  # a mail program follows no redirect
        assert "No more mails" in answer.content.decode()
    ways = ways_of(author)
    assert (ways[Topic.CHAPTERS], ways[Topic.ANSWERS]) == (Way.PAGE, Way.NONE)
    assert send_digests() == 0
    assert end_mails(author, now=NOW) == 0


@pytest.mark.parametrize("token", ["1", "1:forged", "%00", "x" * 300])
def test_a_forged_address_is_nobodys(token: str) -> None:
    assert visitor("main").post(f"/notifications/unsubscribe/{token}/").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_choices_are_opened_and_sent_and_nothing_else(reader: User, method: str) -> None:
    client = visitor("main")
    client.force_login(reader)
    for address in (CHOICES, urlsplit(unsubscribe_address(reader)).path):
        answer = client.generic(method, address)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")

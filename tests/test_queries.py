"""A page of any host takes at most 12 queries signed in and 6 anonymous, however full the house is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sites import site_map
from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.books.models import (
    Author,
    AuthorInvitation,
    Authorship,
    Book,
    Chapter,
    Genre,
    ReadingProgress,
    Revision,
    Status,
    Submission,
    SubmissionComment,
    Tag,
)
from sites.community.models import Comment, Report, ReportState
from tests.house import visitor
from tests.sites.community.margins import write_in_margins

pytestmark = pytest.mark.django_db
ANONYMOUS_LIMIT, SIGNED_IN_LIMIT = 6, 12
CHAPTERS = 5

PUBLIC = (
    ("main", "/"),
    ("main", "/books/"),
    ("main", "/books/?q=book"),
    ("main", "/books/?q=began"),
    ("main", "/books/?q=boko+1"),
    ("main", "/books/?genre=novel&language=en"),
    ("main", "/books/book-1/"),
    ("main", "/books/book-1/reviews/"),
    ("main", "/authors/"),
    ("main", "/authors/author-1/"),
    ("main", "/genres/novel/"),
    ("main", "/about/"),
    ("main", "/nowhere/"),
    ("main", "/robots.txt"),
    ("chapter", "/"),
    ("chapter", "/book-1/"),
    ("chapter", "/book-1/2/"),
    ("chapter", "/book-1/1/comments/"),
    *(("auth", path) for path in ("/sign-up/", "/verify/", "/reset/", "/reset/sent/", "/mail/")),
    ("auth", "/sign-in/?next=http://chapter.esensi.localhost:8000/book-1/2/"),
)
SIGNED_IN = (
    *(page for page in PUBLIC if page[0] != "auth"),
    *(("auth", path) for path in ("/email/", "/two-factor/", "/passkeys/", "/sessions/")),
    ("main", "/notifications/"),
    ("main", "/notifications/choices/"),
    ("chapter", "/shelves/"),
    ("chapter", "/shelves/reading/"),
    ("chapter", "/muted/"),
    ("chapter", "/highlights/"),
    ("chapter", "/highlights/book-1/"),
    ("chapter", "/book-1/1/highlights/"),
    ("auth", "/"),
    ("auth", "/data/"),
    ("auth", "/two-factor/required/"),
)
PUBLISH = (
    "/",
    "/books/book/",
    "/books/chapter/",
    "/books/book/{book}/change/",
    "/books/chapter/{chapter}/change/",
    "/books/chapter/add/",
    "/books/chapter/add/?book={book}",
    "/books/book/add/",
    "/books/book/{book}/names/",
    "/books/book/{book}/numbers/",
    "/books/book/{book}/numbers/now/",
    "/books/book/{book}/cover/",
    "/books/book/{book}/chapters/",
    "/books/book/{book}/preview/",
    "/books/chapter/{chapter}/versions/",
    "/books/chapter/{chapter}/versions/difference/?from=1",
    "/scheduled/",
    "/import/",
    "/import/?book={book}",
    "/books/book/{book}/submission/",
    "/books/book/{book}/submission/?round=1",
    "/invitations/",
    "/profile/",
)
INTERNAL = (
    "/",
    "/approvals/",
    "/approvals/{submission}/",
    "/audit/",
    "/books/author/merge/",
    "/accounts/user/",
    "/accounts/user/{user}/change/",
    "/books/book/",
    "/books/author/",
    "/books/genre/",
    "/books/tag/",
    "/books/chapter/",
    "/sites/site/",
    "/moderation/",
    "/moderation/?state=decided",
    "/operations/",
    "/operations/connections/",
)


def fill(books: int, reader: User, author: Author) -> None:
    """So many books with their chapters, all being read."""
    now = timezone.now()
    genre, _ = Genre.objects.get_or_create(slug="novel", name_en="Novel", name_id="Novel")
    tag, _ = Tag.objects.get_or_create(slug="sea", name="sea")
    for number in range(1, books + 1):
        book = make_book(number, now)
        other = Author.objects.create(name=f"Author {number}", slug=f"author-{number}")
        Authorship.objects.bulk_create([Authorship(book=book, author=a) for a in (author, other)])
        book.genres.add(genre)
        book.tags.add(tag)
        chapter = book.chapters.first()
        assert chapter is not None
        ReadingProgress.objects.create(
            user=reader, book=book, chapter=chapter, paragraph="p-aaaaaaaa"
        )
        Revision.objects.create(chapter=chapter, number=1, title="Old", text="<p>Old.</p>")
        person = create_user(f"person{number}@esensi.example", password=None, roles=["author"])
        for state in ReportState.values:
            said = Comment.objects.create(chapter=chapter, author=person, text="Well said.")
            Report.objects.create(comment=said, by=person, reason="spam", state=state)
        write_in_margins(reader, person, chapter)
        write_in_margins(person, reader, chapter)
        round_ = Submission.objects.create(book=book, number=1, outcome="approved")
        SubmissionComment.objects.create(submission=round_, chapter=chapter, text="Yes.")
        AuthorInvitation.objects.create(
            book=book, email="author@esensi.example", role="translator", invited_by=reader
        )


def make_book(number: int, now: datetime) -> Book:
    book = Book.objects.create(
        title=f"Book {number}",
        slug=f"book-{number}",
        language="en",
        status=Status.PUBLISHED,
        publish_at=now - timedelta(days=number),
        opening_line="It began.",
        synopsis="A book.",
        is_complete=bool(number % 2),
    )
    other = f'<a href="chapter:{"a" * 10}{number:02}">there</a>'
    Chapter.objects.bulk_create(
        Chapter(
            book=book,
            number=n,
            title=f"Chapter {n}",
            text=f'<p id="p-aaaaaaaa">It began {other}.</p>',
            words=3,
            status=Status.PUBLISHED,
            publish_at=now - timedelta(days=n),
        )
        for n in range(1, CHAPTERS + 1)
    )
    return book


def count(client: Client, key: str, path: str) -> int:
    """Queries of one page, with the process warm."""
    host = visitor(key).defaults["HTTP_HOST"]
    site_map.current()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.get(path, HTTP_HOST=host)
    expected = 404 if path == "/nowhere/" else 200
    assert answer.status_code == expected, f"{host}{path}: {answer.status_code}"
    return len(captured)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class Scene:
    """Somebody for each kind of page, and the pages of the small and of the full house."""

    def __init__(self) -> None:
        self.reader = create_user("reader@esensi.example", password=None)
        self.writer = create_user("author@esensi.example", password=None, roles=["author"])
        self.manager = create_user("manager@esensi.example", password=None, roles=["manager"])
        self.author = Author.objects.create(name="Ratih", slug="ratih", user=self.writer)

    def measure(self) -> dict[str, int]:
        book = Book.objects.get(slug="book-1")
        chapter = book.chapters.get(number=1)
        names = {"book": book.pk, "chapter": chapter.pk, "user": self.reader.pk}
        names["submission"] = Submission.objects.filter(book=book)[0].pk
        pages: list[tuple[str, Client, str, str]] = []
        pages += [("anonymous", Client(), key, path) for key, path in PUBLIC]
        pages += [("reader", signed_in(self.reader), key, path) for key, path in SIGNED_IN]
        pages += [("author", signed_in(self.writer), "publish", p.format(**names)) for p in PUBLISH]
        pages += [
            ("manager", signed_in(self.manager), "internal", p.format(**names)) for p in INTERNAL
        ]
        return {f"{who} {key}{path}": count(client, key, path) for who, client, key, path in pages}


def test_every_page_keeps_to_its_number_and_a_full_house_costs_no_more(settings: Any) -> None:
    scene = Scene()
    fill(2, scene.reader, scene.author)
    small = scene.measure()
    for model in (Revision, ReadingProgress, Authorship, Chapter, Book):
        model._default_manager.all().delete()
    Author.objects.exclude(pk=scene.author.pk).delete()
    User.objects.filter(email__startswith="person").delete()
    fill(40, scene.reader, scene.author)
    full = scene.measure()
    limits = {
        page: ANONYMOUS_LIMIT if page.startswith("anonymous") else SIGNED_IN_LIMIT for page in full
    }
    over = {page: n for page, n in full.items() if n > limits[page]}
    assert not over, over
    assert len(small) == len(full)
    grown = {
        page: (n, m) for (page, n), m in zip(small.items(), full.values(), strict=True) if m > n
    }
    assert not grown, grown

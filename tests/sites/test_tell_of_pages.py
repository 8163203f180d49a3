"""What strangers see and somebody changes is told at the commit, whoever writes; nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from esensi.page_cache.hearing import CHANNEL
from sites.accounts.models import User
from sites.books.models import Author, Authorship, Book, Chapter, Genre, ReadingProgress, Status
from sites.community.models import Announcement, Highlight, HousePage, Review
from tests.sites.chapter.library import make_book, make_chapters, make_reader

pytestmark = pytest.mark.django_db(transaction=True)

#: Seconds for what was committed to be heard.
LIMIT = 20.0
ALL, NOTHING = {""}, set[str]()
#: Books that one person has reviewed: more than are named one by one.
MANY = {f"pages-many-{number}" for number in range(101)}


class Ear:
    """Hears what is told, up to a mark of its own that comes after it."""

    def __init__(self, link: psycopg.Connection[Any]) -> None:
        self._link = link

    def told(self) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, 'the end of it')", [CHANNEL])
        heard: list[str] = []
        for notice in self._link.notifies(timeout=LIMIT):
            if notice.payload == "the end of it":
                return set(heard)
            heard.append(notice.payload)
        raise AssertionError("The mark was not heard.")


@pytest.fixture
def ear() -> Iterator[Ear]:
    params = connection.get_connection_params()
    known = ("dbname", "user", "password", "host", "port")
    words = {key: params[key] for key in known if params.get(key)}
    with psycopg.connect(**words, autocommit=True) as link:
        link.execute(f"LISTEN {CHANNEL}".encode())
        yield Ear(link)


class Shelf:
    """A book that is out with three chapters, one that is not, and somebody who reads."""

    def __init__(self) -> None:
        self.book = make_book("pages-told", author="pages-told-author")
        self.first, *_others = make_chapters(self.book)
        self.draft = make_book("pages-untold", status=Status.DRAFT)
        make_chapters(self.draft, 1)
        self.unwritten = Chapter.objects.create(
            book=self.book, number=9, title="Not yet", status=Status.DRAFT
        )
        self.reader = make_reader("pages-told@example.org")
        self.genre = Genre.objects.create(slug="told", name_en="Told", name_id="Diceritakan")
        self.review = Review.objects.create(book=self.book, author=self.reader, stars=4)
        self.name = Author.objects.get(slug="pages-told-author")
        now = timezone.now()
        self.announcement = Announcement.objects.create(
            text_en="Soon", text_id="Segera", starts_at=now, ends_at=now + timedelta(days=1)
        )

    def mark(self) -> None:
        place = {"paragraph": "p-aaaaaaab", "start": 0, "last_paragraph": "p-aaaaaaab", "end": 9}
        Highlight.objects.create(
            author=self.reader,
            chapter=self.first,
            quote="Paragraph",
            colour="pink",
            place=0,
            is_shared=True,
            **place,
        )

    def review_many(self) -> None:
        drafts = [Book(title=slug, slug=slug, status=Status.DRAFT) for slug in sorted(MANY)]
        books = Book.objects.bulk_create(drafts)
        Review.objects.bulk_create(Review(book=one, author=self.reader, stars=3) for one in books)


def change(model: Any, pk: Any, **fields: Any) -> int:
    return int(model.objects.filter(pk=pk).update(**fields))


#: What is done to a shelf, and what is told of it.
CHANGES: list[tuple[str, Callable[[Shelf], Any], set[str]]] = [
    ("a title", lambda s: change(Book, s.book.pk, title="Another"), ALL),
    ("a cover", lambda s: change(Book, s.book.pk, cover_ground="#111111"), ALL),
    ("withdrawn", lambda s: change(Book, s.book.pk, status=Status.DRAFT), ALL),
    ("out again", lambda s: change(Book, s.book.pk, status=Status.PUBLISHED), ALL),
    ("saved as it was", lambda s: Book.objects.get(pk=s.book.pk).save(), NOTHING),
    ("written at", lambda s: change(Book, s.book.pk, written_at=timezone.now()), NOTHING),
    ("a draft's title", lambda s: change(Book, s.draft.pk, title="Nobody sees"), NOTHING),
    ("a text", lambda s: change(Chapter, s.first.pk, text="<p>New.</p>"), {"pages-told"}),
    ("a chapter's title", lambda s: change(Chapter, s.first.pk, title="New"), ALL),
    ("a draft is typed", lambda s: change(Chapter, s.unwritten.pk, text="<p>T</p>"), NOTHING),
    ("a chapter is out", lambda s: change(Chapter, s.unwritten.pk, status=Status.PUBLISHED), ALL),
    ("a chapter goes", lambda s: s.unwritten.delete(), ALL),
    ("chapters come", lambda s: make_chapters(make_book("pages-more"), 2), ALL),
    ("a name", lambda s: change(Author, s.name.pk, name="Another Name"), ALL),
    ("a name's account", lambda s: change(Author, s.name.pk, user=s.reader), NOTHING),
    ("a name leaves", lambda s: Authorship.objects.filter(book=s.book).delete(), ALL),
    ("a genre", lambda s: s.book.genres.add(s.genre), ALL),
    ("a genre's name", lambda s: change(Genre, s.genre.pk, name_en="Said"), ALL),
    ("stars", lambda s: change(Review, s.review.pk, stars=5), {"pages-told"}),
    ("a vote", lambda s: s.review.votes.create(user=s.reader, is_helpful=True), {"pages-told"}),
    ("a reviewer's name", lambda s: change(User, s.reader.pk, name="Another"), {"pages-told"}),
    ("their suspension", lambda s: change(User, s.reader.pk, is_active=False), {"pages-told"}),
    ("a review goes", lambda s: s.review.delete(), {"pages-told"}),
    ("an announcement", lambda s: change(Announcement, s.announcement.pk, text_en="Now"), ALL),
    ("a house page", lambda s: HousePage.objects.filter(slug="terms").update(title_en="T"), ALL),
    ("the name of somebody else", lambda s: change(User, s.reader.pk, name="New Name"), NOTHING),
    ("their return", lambda s: change(User, s.reader.pk, is_active=True), NOTHING),
    ("a highlight", lambda s: s.mark(), {"pages-told"}),
    ("its reader's name", lambda s: change(User, s.reader.pk, name="A third"), {"pages-told"}),
    ("much is said", lambda s: s.review_many(), MANY),
    ("a name that stands everywhere", lambda s: change(User, s.reader.pk, name="A fourth"), ALL),
    ("a visit", lambda s: change(User, s.reader.pk, last_login=timezone.now()), NOTHING),
    (
        "a place in a book",
        lambda s: ReadingProgress.objects.create(
            user=s.reader, book=s.book, chapter=s.first, fraction=0.5, updated_at=timezone.now()
        ),
        NOTHING,
    ),
]


def test_what_strangers_see_is_told_and_nothing_else(ear: Ear) -> None:
    HousePage.objects.get_or_create(
        slug="terms",
        defaults={"title_en": "Terms", "title_id": "K", "text_en": "", "text_id": ""},
    )
    shelf = Shelf()
    ear.told()
    told = {}
    for what, do, _expected in CHANGES:
        with transaction.atomic():
            do(shelf)
        told[what] = ear.told()
    assert told == {what: expected for what, _do, expected in CHANGES}


def test_what_is_rolled_back_is_not_told(ear: Ear) -> None:
    shelf = Shelf()
    ear.told()
    with transaction.atomic():
        change(Book, shelf.book.pk, title="Never")
        transaction.set_rollback(True)
    assert ear.told() == NOTHING

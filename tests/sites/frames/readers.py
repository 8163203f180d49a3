"""Readers of every kind, and the pages that are drawn for all of them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone

from sites.accounts.models import User
from sites.books.models import (
    Author,
    Authorship,
    Book,
    Follow,
    Genre,
    ReadingProgress,
    Shelf,
    ShelvedBook,
    Status,
)
from sites.community.models import Kind, Mute, Notification, Review
from tests.esensi.page_cache.strangers import Answer, cookies, session_of
from tests.sites.chapter.library import make_author, make_chapters, make_reader

PAGES = [
    ("main", "/"),
    ("main", "/books/"),
    ("main", "/books/laut/"),
    ("main", "/books/gunung/"),
    ("main", "/authors/dara/"),
    ("main", "/genres/tides/"),
    ("chapter", "/"),
    ("chapter", "/laut/"),
    ("chapter", "/laut/3/"),
    ("chapter", "/gunung/2/"),
]
LONG_AGO = timezone.now() - timedelta(days=400)
_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")\w{64}"')


def make_library() -> Book:
    """Two books that are out, of five chapters and of three, the first with a draft and a review."""
    moments: dict[str, Any] = {"publish_at": LONG_AGO, "created_at": LONG_AGO}
    out: dict[str, Any] = {"language": "en", "opening_line": "The sea slept.", **moments}
    laut = Book.objects.create(slug="laut", title="Laut & lepas", status=Status.PUBLISHED, **out)
    gunung = Book.objects.create(
        slug="gunung", title="Gunung", status=Status.PUBLISHED, is_complete=False, **out
    )
    make_chapters(laut, 5, **moments)
    make_chapters(gunung, 3, words=90_000, **moments)
    laut.chapters.create(number=6, title="Not out", text="<p>x</p>", status=Status.DRAFT)
    dara = Author.objects.create(slug="dara", name="Dara")
    tides = Genre.objects.create(slug="tides", name_en="Tides", name_id="Pasang")
    for book in (laut, gunung):
        Authorship.objects.create(book=book, author=dara)
        book.genres.add(tides)
    judge = make_reader("judge@example.org")
    Review.objects.create(book=laut, author=judge, stars=4, text="Wet.")
    return laut


def make_people() -> dict[str, User]:
    """One of each kind; whose pages come out of frames is said in ``ORDINARY``."""
    names = ["nameless", "middle", "finished", "odd"]
    others = ["reviewer", "muter", "writer", "editor"]
    people = {name: make_reader(f"{name}@example.org") for name in [*names, *others[:2]]}
    people["writer"] = make_author(Book.objects.get(slug="laut"), "writer@example.org")
    people["editor"] = make_reader("editor@example.org", "editor")
    for name, user in people.items():
        user.name = "" if name == "nameless" else f"{name.capitalize()} <Only> & 'co'"
        if name == "odd":
            user.theme, user.size, user.face = "dark", 23, "jelas"
        user.save()
    _reading(people)
    laut = Book.objects.get(slug="laut")
    Follow.objects.create(user=people["finished"], book=laut)
    Follow.objects.create(user=people["finished"], author=Author.objects.get(slug="dara"))
    ShelvedBook.objects.create(user=people["odd"], book=laut, shelf=Shelf.values[-1])
    for _ in range(3):
        Notification.objects.create(recipient=people["middle"], kind=Kind.NEW_CHAPTER, book=laut)
    Review.objects.create(book=laut, author=people["reviewer"], stars=2, text="Dry.")
    Mute.objects.create(by=people["muter"], of=User.objects.get(email="judge@example.org"))
    return people


def _reading(people: dict[str, User]) -> None:
    where = {
        "middle": [("laut", 3, 0.4567891, "p-aaaaaaab"), ("gunung", 1, 0.9999, "p-aaaaaaac")],
        "finished": [("laut", 5, 1.0, "p-aaaaaaac"), ("gunung", 3, 1.0, "")],
        "odd": [("laut", 1, 0.0, ""), ("gunung", 2, 0.25, "p-aaaaaaac")],
        "reviewer": [("laut", 2, 0.1, "p-aaaaaaab")],
    }
    for name, places in where.items():
        for slug, number, fraction, paragraph in places:
            book = Book.objects.get(slug=slug)
            ReadingProgress.objects.create(
                user=people[name],
                book=book,
                chapter=book.chapters.get(number=number),
                fraction=fraction,
                paragraph=paragraph,
                updated_at=timezone.now(),
            )


#: Whoever is drawn a page of their own, and on which paths; everybody else's come out of frames.
ORDINARY = {
    "writer": "",
    "editor": "",
    "reviewer": "/books/laut/",
    "muter": "/books/",
}


def comes_framed(name: str, path: str) -> bool:
    left_out = ORDINARY.get(name)
    if left_out is None:
        return True
    is_book = path.startswith("/books/") and path not in ("/books/", "/books/?genre=tides")
    return bool(left_out) and not (is_book and path.startswith(left_out))


def own(user: User) -> dict[str, str]:
    """The headers by which a reader's browser is known."""
    return {"cookie": cookies(session=session_of(user), csrf="a" * 32)}


def seen(answer: Answer) -> Any:
    """All of an answer but how it was compressed, and the token, which is another each time."""
    status, headers, body = answer.page
    kept = {name: value for name, value in headers.items() if name != "content-encoding"}
    kept["vary"] = ", ".join(sorted(kept.get("vary", "").split(", ")))
    given = {name: {**one, "expires": ""} for name, one in answer.cookies.items()}
    return status, kept, given, _TOKEN.sub(rb'\1token"', body)

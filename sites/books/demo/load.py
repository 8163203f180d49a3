"""Bring the demo books and accounts into the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from sites.accounts.models import User
from sites.accounts.roles import AUTHOR, READER
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.demo.accounts import open_accounts
from sites.books.demo.people import AUTHOR_SLUG, email_of
from sites.books.demo.places import keep_demo_places
from sites.books.demo.shelf import DemoBook, book_slugs, identifier, read_book
from sites.books.demo.write_books import write_books
from sites.books.exceptions import BookError
from sites.books.models import Author, Book, Chapter

#: The key of the lock that lets one loader work at a time: a number that nothing else here takes.
LOCK: Final = 0xE5_DE_30


class DemoOutsideLocal(BookError):
    """Demo accounts have a password that everybody knows: no deployed house may have them."""

    def __init__(self, environment: str) -> None:
        super().__init__(
            f"Demo books and accounts belong to the local environment, and this is {environment}: "
            "bring books in with `manage.py import_book` instead."
        )


@dataclass(frozen=True)
class DemoResult:
    """How much was new in this run."""

    books: int = 0
    chapters: int = 0
    accounts: int = 0
    covers: int = 0

    @property
    def changed(self) -> bool:
        return self != DemoResult()


def load_demo(*, now: datetime, tell: Callable[[str], None] = lambda _said: None) -> DemoResult:
    """Load the demo books and accounts that are missing, published in the weeks before ``now``.

    A book that is there (by its ``identifier``) is left as people have made it, and so are its
    chapters, its authors and the accounts; a book that was deleted comes back. All rows come in one
    transaction, and the covers after it. ``tell`` hears a line for each book. Raises
    ``DemoOutsideLocal`` in the deployed environments.
    """
    if settings.ESENSI_ENV != "local":
        raise DemoOutsideLocal(settings.ESENSI_ENV)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two starts at once: the second waits, and then finds everything there.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        roles = open_accounts()
        wanted = _missing()
        books = write_books(wanted, now=now, tell=tell) if wanted else []
        chapters = Chapter.objects.filter(book__in=books).count() if books else 0
        if AUTHOR in roles:
            _link_author()
        keep_demo_places(new_books=books, is_new_reader=READER in roles, now=now)
    return DemoResult(len(books), chapters, len(roles), draw_demo_covers())


def draw_demo_covers() -> int:
    """Draw the covers that demo books lack: all of them, after a run that was interrupted.

    Covers come after the transaction of the books, so somebody may have ended the program between
    the two. Gives how many were drawn.
    """
    bare = Book.objects.filter(identifier__startswith=identifier(""), cover="")
    return sum(draw_missing_cover(pk) for pk in bare.values_list("pk", flat=True))


def _missing() -> list[DemoBook]:
    slugs = {identifier(slug): slug for slug in book_slugs()}
    known = set(Book.objects.filter(identifier__in=slugs).values_list("identifier", flat=True))
    return [read_book(slug) for key, slug in slugs.items() if key not in known]


def _link_author() -> None:
    """Put the author's account, which is new, behind its name."""
    account = User.objects.get(email=email_of(AUTHOR))
    Author.objects.filter(slug=AUTHOR_SLUG, user=None).update(user=account)

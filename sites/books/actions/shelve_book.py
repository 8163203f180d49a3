from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from sites.accounts.models import Person, User
from sites.books.exceptions import BookError
from sites.books.models import Book, Shelf, ShelvedBook

#: Books on one reader's shelves: a book a day for eight years.
MOST_SHELVED = 3000

#: Not ``update_or_create``: two tabs of one person must not meet between its two statements.
_UPSERT = """
INSERT INTO books_shelvedbook (user_id, book_id, shelf, placed_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (user_id, book_id) DO UPDATE SET shelf = EXCLUDED.shelf, placed_at = EXCLUDED.placed_at
"""


class NotShelved(BookError):
    """A book cannot stand on this shelf; the text says why."""


@transaction.atomic
def shelve_book(user: Person, book: Book, *, shelf: str, now: datetime) -> None:
    """Put a book on one of a reader's shelves, from wherever it stood; an empty ``shelf`` takes it
    off them.

    Raises ``PermissionDenied`` without an account, and ``NotShelved``.
    """
    if not isinstance(user, User) or not user.is_active:
        raise PermissionDenied(_("Sign in to keep books on your shelves."))
    if not shelf:
        ShelvedBook.objects.filter(user=user, book=book).delete()
        return
    if shelf not in Shelf.values:
        raise NotShelved(_("There is no such shelf. Reload the page and choose again."))
    if not Book.objects.visible_to(user, now).filter(pk=book.pk).exists():
        raise NotShelved(_("This book cannot be read now. Choose another one."))
    if ShelvedBook.objects.filter(user=user).exclude(book=book).count() >= MOST_SHELVED:
        raise NotShelved(_("Your shelves are full. Take a book off first."))
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, (user.pk, book.pk, shelf, now))

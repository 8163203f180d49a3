from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from realtime.streams import publish
from sites.accounts.models import User
from sites.books.exceptions import BookError
from sites.books.models import Chapter
from sites.books.numbers_room import tell_numbers
from sites.books.places import PlaceKept, room_of_person
from sites.books.text.allowed import PARAGRAPH_ID

#: A later place stands: requests of a page that was left can arrive after those of the next one.
#: The chapter is read again, and held until the commit, because it may be deleted at any moment.
#: It tells in which chapter the person was before: the statement still sees that.
_UPSERT = """
WITH before AS (
    SELECT place.chapter_id FROM books_readingprogress AS place
    JOIN books_chapter AS chapter ON chapter.book_id = place.book_id
    WHERE place.user_id = %s AND chapter.id = %s
)
INSERT INTO books_readingprogress (user_id, book_id, chapter_id, paragraph, fraction, updated_at)
SELECT %s, book_id, id, %s, %s, %s FROM books_chapter WHERE id = %s FOR KEY SHARE
ON CONFLICT (user_id, book_id) DO UPDATE SET
    chapter_id = EXCLUDED.chapter_id,
    paragraph = EXCLUDED.paragraph,
    fraction = EXCLUDED.fraction,
    updated_at = EXCLUDED.updated_at
WHERE books_readingprogress.updated_at <= EXCLUDED.updated_at
RETURNING (SELECT chapter_id FROM before)
"""


class ChapterNotReadable(BookError):
    """A place was to be kept in a chapter that this person may not read, or that has gone."""

    def __init__(self) -> None:
        super().__init__(_("This chapter cannot be read now. Choose another one from its book."))


class NotAPlace(BookError):
    """What was sent is no place in a chapter."""

    def __init__(self) -> None:
        super().__init__(
            _("A place is a paragraph's id and a fraction from 0 to 1. Reload the page.")
        )


@dataclass(frozen=True)
class Spot:
    """Where in a chapter: ``paragraph`` is the id of the first paragraph in view, or nothing for a place
    without one; ``fraction`` says how far into the chapter that is, from 0 to 1. ``device`` is where
    the person reads (``sites.books.places.device_of``), and empty where nobody knows."""

    paragraph: str
    fraction: float
    device: str = ""

    def check(self) -> None:
        """Raises ``NotAPlace``."""
        if self.paragraph and not PARAGRAPH_ID.fullmatch(self.paragraph):
            raise NotAPlace
        if not (math.isfinite(self.fraction) and 0.0 <= self.fraction <= 1.0):
            raise NotAPlace


def keep_place(user: User | AnonymousUser, chapter: Chapter, *, spot: Spot, now: datetime) -> bool:
    """Keep where a person is in a book, and tell their other devices; there is one place in each book,
    and the latest wins.

    Whether the chapter has such a paragraph is not asked: it may be edited away at any moment, and
    the fraction stands in then. Gives ``False`` where nothing was kept: a place later than ``now``
    stands.

    Raises ``PermissionDenied`` without an account, ``NotAPlace`` and ``ChapterNotReadable``.
    """
    if not isinstance(user, User) or not user.is_active:
        raise PermissionDenied(_("Sign in to find your place again on every device."))
    spot.check()
    if not Chapter.objects.readable_by(user, now).filter(pk=chapter.pk).exists():
        raise ChapterNotReadable
    with transaction.atomic(), connection.cursor() as cursor:
        place = (user.pk, spot.paragraph, spot.fraction, now, chapter.pk)
        cursor.execute(_UPSERT, (user.pk, chapter.pk, *place))
        row = cursor.fetchone()
        if row is None:
            return False
        if row[0] != chapter.pk:
            tell_numbers(chapter.book_id, "readers")
        publish(room_of_person(user.pk), _told(chapter, spot))
        return True


def _told(chapter: Chapter, spot: Spot) -> PlaceKept:
    return PlaceKept(
        book=chapter.book_id,
        number=chapter.number,
        title=chapter.title,
        paragraph=spot.paragraph,
        fraction=spot.fraction,
        device=spot.device,
    )

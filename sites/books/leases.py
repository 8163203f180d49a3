"""Who writes in a chapter, as the database's clock has it: no clock of an instance or of a browser is
asked, and both are told how many seconds are left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from sites.accounts.models import User
from sites.books.actions.versions import GoneMeanwhile
from sites.books.exceptions import BookError
from sites.books.models import Chapter, ChapterLease
from sites.books.permissions import require_edit

#: Three renewals of an open page (``publish/writing.js`` sends one every 20 s): a page that has
#: crashed keeps nobody waiting for longer.
LEASE_FOR: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Hold:
    """What a page shows of a lease that it was given: the fencing number and its own name."""

    number: int
    page: str


@dataclass(frozen=True, slots=True)
class Lease:
    """A chapter's lease as it stands: ``holder`` is None where it is free, and ``left`` is seconds."""

    chapter: int
    number: int
    holder: User | None
    page: str
    left: float
    asked_by: User | None = None
    asked_page: str = ""

    @property
    def is_alive(self) -> bool:
        """Is somebody writing?"""
        return self.holder is not None and self.left > 0

    def keeps_out(self, user: User) -> bool:
        """Is somebody else writing?"""
        return self.is_alive and self.holder != user

    def is_held_by(self, user: User, hold: Hold) -> bool:
        """Has nobody else taken it since? One that ran out and that nobody took is still the page's."""
        return self.holder == user and (self.number, self.page) == (hold.number, hold.page)


class HeldByAnother(BookError):
    """Somebody else is writing in the chapter."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        super().__init__(
            _(
                "%(name)s is writing in this chapter, so nothing of yours is stored yet. Ask for it on "
                "its page at the writing desk, or try again in a minute."
            )
            % {"name": lease.holder}
        )


class LeaseLost(BookError):
    """The page no longer holds the lease that it had."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        super().__init__(
            _(
                "Somebody has begun to write in this chapter on another page. Your words stay in this "
                "browser until you write on."
            )
        )


def lease_of(chapter: Chapter) -> Lease:
    """Give the lease as it stands now; one query."""
    return _read(chapter, ChapterLease.objects.all())


def hold_lease(chapter: Chapter) -> Lease:
    """Lock the lease until the transaction ends. The chapter must be locked: leases come after
    chapters and before drafts."""
    rows = ChapterLease.objects.select_for_update(of=("self",))
    if not rows.filter(pk=chapter.pk).exists():
        ChapterLease.objects.bulk_create([ChapterLease(chapter=chapter)], ignore_conflicts=True)
    return _read(chapter, rows)


def hold_chapter(chapter: Chapter, by: User) -> Chapter:
    """Lock a chapter for who may write in it. Raises ``PermissionDenied`` and ``GoneMeanwhile``."""
    kept = (
        Chapter.objects.select_for_update(of=("self",), no_key=True)
        .select_related("book")
        .filter(pk=chapter.pk)
        .first()
    )
    if kept is None:
        raise GoneMeanwhile(chapter.title)
    require_edit(by, kept.book)
    return kept


def require_free(chapter: Chapter, *, by: User) -> None:
    """Raises ``HeldByAnother`` where somebody else is writing in it."""
    lease = lease_of(chapter)
    if lease.keeps_out(by):
        raise HeldByAnother(lease)


def held_by_others(chapters: Collection[int], *, by: User | None) -> list[ChapterLease]:
    """Give the leases of those of these chapters in which somebody else is writing (anybody, for the
    command line), in the chapters' order and with their titles; one query."""
    alive = ChapterLease.objects.filter(
        chapter__in=chapters, holder__isnull=False, expires_at__gt=Now()
    )
    others = alive.exclude(holder=by) if by is not None else alive
    found = others.select_related("holder", "chapter__book").defer("chapter__text")
    return list(found.order_by("chapter__number"))


def change_lease(chapter: int, **values: Any) -> None:
    """Write these values; the lease must be locked."""
    ChapterLease.objects.filter(pk=chapter).update(**values)


def from_now() -> Any:
    """Give the moment at which a lease ends that is given now."""
    return Now() + LEASE_FOR


def _read(chapter: Chapter, rows: Any) -> Lease:
    left = ExpressionWrapper(F("expires_at") - Now(), output_field=DurationField())
    row = (
        rows.select_related("holder", "asked_by").annotate(left=left).filter(pk=chapter.pk).first()
    )
    if row is None:
        return Lease(chapter.pk, 0, None, "", 0.0)
    seconds = max(row.left.total_seconds(), 0.0) if row.left else 0.0
    return Lease(
        chapter.pk,
        row.number,
        row.holder,
        row.page,
        seconds,
        row.asked_by,
        row.asked_page,
    )

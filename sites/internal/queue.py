"""The office's first screen: what waits, the oldest first, and who came last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from sites.accounts.models import User
from sites.books.models import Submission
from sites.books.models.book import cover_names
from sites.community.models import Report
from sites.community.permissions import is_moderator
from sites.internal.ages import age_in_words
from sites.internal.permissions import reads_submissions

SHOWN = 20  # a screen; the whole list is one link away
MOST_COUNTED = 999  # reports: nobody needs to know how much more a flood is


@dataclass(frozen=True)
class Waiting:
    """A submission, and how long it waits, in words."""

    submission: Submission
    age: str


@dataclass(frozen=True)
class Queue:
    """What waits, for one person; each part is ``None`` where they may not see it."""

    submissions: list[Waiting] | None
    newcomers: list[User] | None
    #: How many reports wait; beyond ``MOST_COUNTED`` it is that.
    reports: int | None

    @property
    def listens(self) -> str:
        """The rooms that tell when something of this is new."""
        rooms = {"approvals": self.submissions, "moderation": self.reports}
        return " ".join(room for room, part in rooms.items() if part is not None)


def waiting(user: User, now: datetime) -> Queue:
    """Give the submissions that wait longest, and the accounts that joined last; four queries."""
    sees_people = user.has_perm("accounts.view_user")
    return Queue(
        submissions=_submissions(now) if reads_submissions(user) else None,
        newcomers=list(_newcomers()[:SHOWN]) if sees_people else None,
        reports=Report.objects.open()[:MOST_COUNTED].count() if is_moderator(user) else None,
    )


def _submissions(now: datetime) -> list[Waiting]:
    rows = Submission.objects.waiting().oldest_first().select_related("book", "owner")
    rows = rows.defer("book__synopsis").prefetch_related(cover_names("book__"))
    return [Waiting(row, age_in_words(row, now)) for row in rows[:SHOWN]]


def _newcomers() -> QuerySet[User]:
    return User.objects.order_by("-pk")

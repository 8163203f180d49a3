"""Reports as moderators read them: everything that was said about one thing on one card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from sites.accounts.models import User
from sites.community.models import Comment, Highlight, Report, ReportState, Review
from sites.internal.ages import span_in_words
from sites.links import host_url

#: Reports of one page: an hour's work. A thing that many reported takes several of them.
OF_A_PAGE: Final = 40
#: Pages that can be leafed through.
LAST_PAGE: Final = 50


@dataclass
class Card:
    """One thing that was reported: ``key`` names it, ``reports`` are those of this page about it, the
    first of them first; ``waits`` is how long, in words. ``own`` are the moderator's own words."""

    key: str
    kind: str
    about: Comment | Review | Highlight
    address: str
    waits: str
    own: bool
    reports: list[Report] = field(default_factory=list)

    @property
    def report(self) -> Report:
        return self.reports[0]

    @property
    def title(self) -> str:
        return self.about.book.title if isinstance(self.about, Review) else self.chapter.book.title

    @property
    def chapter(self) -> Any:
        return getattr(self.about, "chapter", None)

    @property
    def words(self) -> str:
        """What it says now; of a highlight that is shown to nobody any more, what was reported: a note
        that somebody keeps to themselves is nobody's business."""
        is_private = isinstance(self.about, Highlight) and not self.about.is_shared
        return self.report.said if is_private else self.about.words

    @property
    def has_changed(self) -> bool:
        """Does it say something else now than when it was first reported?"""
        return self.report.said != self.words


def waiting(user: User, now: datetime, *, page: int) -> list[Card]:
    """Give one page of what waits, the oldest first; one query."""
    return _cards(_page(Report.objects.open().oldest_first(), page), user, now)


def decided(user: User, now: datetime, *, page: int) -> list[Card]:
    """Give one page of what was decided, the newest first; one query."""
    rows = Report.objects.exclude(state=ReportState.OPEN).order_by("-decided_at", "-pk")
    return _cards(_page(rows, page), user, now)


def about_the_same(report: Report, user: User, now: datetime) -> list[Card]:
    """Give the card of what one report is about, with the reports that stand as it does; one query."""
    rows = Report.objects.oldest_first().filter(
        state=report.state,
        comment=report.comment_id,
        review=report.review_id,
        highlight=report.highlight_id,
    )
    return _cards(_page(rows, 1), user, now)


def has_more(*, page: int, state: str) -> bool:
    """Is there a page after this one? One query."""
    chosen = Q(state=ReportState.OPEN)
    rows = Report.objects.filter(~chosen if state == "decided" else chosen).order_by("pk")
    return page < LAST_PAGE and rows[page * OF_A_PAGE : page * OF_A_PAGE + 1].exists()


def _page(rows: Any, page: int) -> Any:
    start = (page - 1) * OF_A_PAGE
    related = rows.select_related(
        "by",
        "decided_by",
        "comment__author",
        "comment__chapter__book",
        "review__author",
        "review__book",
        "highlight__author",
        "highlight__chapter__book",
    )
    return related.defer(
        "comment__chapter__text",
        "comment__chapter__book__synopsis",
        "review__book__synopsis",
        "highlight__chapter__text",
        "highlight__chapter__book__synopsis",
    )[start : start + OF_A_PAGE]


def _cards(reports: Iterable[Report], user: User, now: datetime) -> list[Card]:
    cards: dict[str, Card] = {}
    for report in reports:
        about = report.about
        if about is None:
            continue
        key = f"{about._meta.model_name}-{about.pk}"
        if key not in cards:
            waits = span_in_words(report.created_at, now)
            own = about.author_id == user.pk
            cards[key] = Card(key, _kind(about), about, _address(about), waits, own)
        cards[key].reports.append(report)
    return list(cards.values())


def _kind(about: Comment | Review | Highlight) -> str:
    if isinstance(about, Comment):
        return _("Comment")
    return _("Review") if isinstance(about, Review) else _("Shared highlight")


def _address(about: Comment | Review | Highlight) -> str:
    """Give where readers see it."""
    if isinstance(about, Review):
        return host_url("main", "book", about.book.slug)
    chapter = about.chapter
    place = f"#{about.paragraph}" if about.paragraph else ""
    return host_url("chapter", "read", chapter.book.slug, chapter.number) + place

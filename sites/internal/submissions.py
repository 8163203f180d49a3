"""What an editor reads of a submission, in six queries however long the book and the thread."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import JSONObject
from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language

from sites.accounts.models import User
from sites.accounts.roles import EDITOR, MANAGER
from sites.books.models import (
    Authorship,
    Book,
    Chapter,
    Genre,
    Revision,
    Status,
    Submission,
    SubmissionComment,
)
from sites.books.text.words import word_count
from sites.desk.read_text import Differences, differences

#: A page of the list of chapters; a longer book goes on at its next page.
CHAPTERS_LISTED = 200
#: Chapters whose earlier texts are fetched to count what was written: a second's work.
CHAPTERS_COMPARED = 40
ROUNDS_LISTED = 20  # more have to be talked about, not listed
COLLEAGUES_LISTED = 100  # more editors than a house of this size will have


def find_submission(pk: int) -> Submission:
    """Give a submission with its book, people and rounds, in one query; raises ``Http404``.

    Beside its columns: ``names`` (on the cover), ``genre_names``, ``rounds`` of the book, the
    newest first, ``since`` (when the former round was submitted, or None), ``colleagues`` who may
    decide on it, and ``comment_count``.
    """
    of_book = OuterRef("book")
    rounds = Submission.objects.filter(book=of_book).order_by("-number")
    names = Authorship.objects.filter(book=of_book).order_by("position", "pk")
    comments = SubmissionComment.objects.filter(submission=OuterRef("pk")).order_by()
    facts: dict[str, Any] = {
        "names": ArraySubquery(
            names.values(row=JSONObject(name="author__name", role="role", user="author__user"))
        ),
        "genre_names": ArraySubquery(
            Genre.objects.filter(books=of_book)
            .order_by("slug")
            .values(row=JSONObject(en="name_en", id="name_id"))
        ),
        "rounds": ArraySubquery(
            rounds.values(row=JSONObject(pk="pk", number="number", outcome="outcome"))[
                :ROUNDS_LISTED
            ]
        ),
        "since": Subquery(rounds.filter(number__lt=OuterRef("number")).values("submitted_at")[:1]),
        "colleagues": ArraySubquery(_may_decide()[:COLLEAGUES_LISTED]),
        "comment_count": Subquery(
            comments.values("submission").annotate(n=Count("pk")).values("n")
        ),
    }
    people = ("submitted_by", "owner", "decided_by")
    found = Submission.objects.select_related("book", *people).annotate(**facts).filter(pk=pk)
    submission = found.first()
    if submission is None:
        raise Http404
    return submission


def _may_decide() -> Any:
    """Give those whom a submission can be given to; ``own_submission`` has the say."""
    own = Authorship.objects.filter(book=OuterRef(OuterRef("book")), author__user=OuterRef("pk"))
    people = User.objects.filter(~Exists(own), is_active=True, groups__name__in=(EDITOR, MANAGER))
    named = JSONObject(pk="pk", name="name", email="email")
    return people.order_by("name", "email").distinct().values(row=named)


def genre_names(submission: Any) -> list[str]:
    language = "id" if (get_language() or "").startswith("id") else "en"
    return [row[language] for row in submission.genre_names]


def is_on_cover(submission: Any, user: User) -> bool:
    """Does the person's own name stand on the book?"""
    return any(row["user"] == user.pk for row in submission.names)


@dataclass(frozen=True)
class Extent:
    """How long the book is now, and what was written since the former round (None without one).

    ``words_more`` may be negative; it is None where too many chapters were changed to count.
    """

    chapters: int
    to_be_published: int
    words: int
    since: datetime | None
    new_chapters: int
    changed_chapters: int
    words_more: int | None


def extent_of(submission: Any) -> Extent:
    """Measure the book in two queries."""
    since = submission.since
    new = Q(created_at__gt=since) if since else Q(pk=None)
    changed = Q(updated_at__gt=since, created_at__lte=since) if since else Q(pk=None)
    counts = submission.book.chapters.aggregate(
        chapters=Count("pk"),
        to_be_published=Count("pk", filter=Q(status=Status.PUBLISHED)),
        new_chapters=Count("pk", filter=new),
        new_words=Sum("words", filter=new, default=0),
        changed_chapters=Count("pk", filter=changed),
        all_words=Sum("words", default=0),
    )
    words, new_words = counts.pop("all_words"), counts.pop("new_words")
    more = _words_more(submission.book, since) if since else None
    return Extent(
        **counts, words=words, since=since, words_more=None if more is None else more + new_words
    )


def _words_more(book: Book, since: datetime) -> int | None:
    """Count by how many words the chapters grew that were there at ``since``; their first revision
    after it holds what they said then."""
    earlier = Revision.objects.filter(
        chapter__book=book, chapter__created_at__lte=since, created_at__gt=since
    )
    first = earlier.order_by("chapter_id", "number").distinct("chapter_id")
    rows = list(first.values_list("chapter__words", "text")[: CHAPTERS_COMPARED + 1])
    if len(rows) > CHAPTERS_COMPARED:
        return None
    return sum(words - word_count(text) for words, text in rows)


@dataclass(frozen=True)
class Opened:
    """The chapter that is read on the page, and what it says since the former round."""

    chapter: Chapter
    differences: Differences
    #: Comments of this round on each paragraph.
    comments: Counter[str]
    is_new: bool


def open_chapter(submission: Any, uid: str) -> Opened | None:
    """Give the chapter that the address names, else the first, in one query; None without any."""
    since = submission.since
    said = SubmissionComment.objects.filter(chapter=OuterRef("pk"), submission=submission)
    rows: Any = submission.book.chapters.in_order()
    rows = rows.annotate(said=ArraySubquery(said.order_by().values("paragraph")))
    if since:
        later = Revision.objects.filter(chapter=OuterRef("pk"), created_at__gt=since)
        first = later.order_by("number").values("text")[:1]
        rows = rows.annotate(earlier=Subquery(first))
    wanted = rows.filter(uid=uid) if uid and "\x00" not in uid else rows
    chapter = wanted.first()
    if chapter is None:
        return None
    chapter.book = submission.book
    is_new = bool(since and chapter.created_at > since)
    before = None if is_new else getattr(chapter, "earlier", None)
    found = Differences() if before is None else differences(chapter.text, before)
    return Opened(chapter, found, Counter(filter(None, chapter.said)), is_new)


@dataclass(frozen=True)
class Listed:
    """A chapter of the list; ``mark`` is "new" or "changed" since the former round, or nothing."""

    chapter: Chapter
    link: str
    here: bool
    mark: str


@dataclass(frozen=True)
class Contents:
    """The part of the list of chapters around the one that is read, and its neighbours."""

    chapters: list[Listed]
    previous: Listed | None
    following: Listed | None
    before: Listed | None
    after: Listed | None


def contents(submission: Any, here: Chapter) -> Contents:
    """List the chapters around ``here``, in one query."""
    begin = (here.number - 1) // CHAPTERS_LISTED * CHAPTERS_LISTED
    end = begin + CHAPTERS_LISTED
    around = submission.book.chapters.filter(number__gte=begin, number__lte=end + 1)
    rows = [_listed(submission, row, here) for row in around.without_text().in_order()]
    place = next((n for n, row in enumerate(rows) if row.here), 0)
    listed = [row for row in rows if begin < row.chapter.number <= end]
    return Contents(
        listed,
        previous=rows[place - 1] if place else None,
        following=rows[place + 1] if place + 1 < len(rows) else None,
        before=rows[0] if rows and rows[0].chapter.number <= begin else None,
        after=rows[-1] if rows and rows[-1].chapter.number > end else None,
    )


def _listed(submission: Any, chapter: Chapter, here: Chapter) -> Listed:
    since, mark = submission.since, ""
    if since and chapter.created_at > since:
        mark = "new"
    elif since and chapter.updated_at > since:
        mark = "changed"
    return Listed(chapter, chapter_link(submission, chapter), chapter.pk == here.pk, mark)


def chapter_link(submission: Submission, chapter: Chapter) -> str:
    """Give the address at which the office shows a chapter of a submitted book."""
    return f"{reverse('internal:approval', args=(submission.pk,))}?chapter={chapter.uid}"

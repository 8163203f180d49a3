"""What readers say about a chapter, as one person sees it: in pages, the newest beginnings first, each
with its answers in order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from realtime.presence import person
from sites.accounts.models import Person, User
from sites.books.models import Chapter
from sites.community.models import Comment, CommentLike
from sites.community.models.comment import CommentQuerySet
from sites.community.models.shown import is_muted

#: Beginnings on one page: four screens of a phone.
OF_A_PAGE: Final = 20
#: Answers below each in a list; the others are on its own page.
ANSWERS_BELOW: Final = 5
#: Answers on a conversation's own page.
ANSWERS_OF_A_PAGE: Final = 50

_IDS: Final = re.compile(r' id="(p-[a-z2-7]{8})"')


@dataclass
class Shown:
    """One comment as a page shows it. ``state`` is empty, or why its words are not shown; ``likes``
    leaves out ``muted_likes``, the people among them whom the reader has muted."""

    comment: Comment
    person: str = ""
    name: str = ""
    state: str = ""
    is_own: bool = False
    place_is_gone: bool = False
    likes: int = 0
    is_liked: bool = False
    muted_likes: list[str] = field(default_factory=list)
    answers: list[Shown] = field(default_factory=list)
    more_answers: int = 0


@dataclass(frozen=True)
class Page:
    """One page; ``older`` is the key before which the next one begins, or nothing."""

    shown: list[Shown]
    older: int | None


def page_of(
    chapter: Chapter, user: Person, *, paragraph: str | None = None, before: int | None = None
) -> Page:
    """Give a page of what is said about a chapter, or a paragraph of it (empty: the chapter as a
    whole; None: all), in three queries."""
    beginnings = Comment.objects.about(chapter).beginning().with_something_shown(user)
    if paragraph is not None:
        beginnings = beginnings.filter(paragraph=paragraph)
    if before is not None:
        beginnings = beginnings.filter(pk__lt=before)
    found = list(beginnings.select_related("author").order_by("-pk")[: OF_A_PAGE + 1])
    shown = _with_answers(found[:OF_A_PAGE], user, chapter, most=ANSWERS_BELOW)
    return Page(shown, found[OF_A_PAGE - 1].pk if len(found) > OF_A_PAGE else None)


def conversation(
    chapter: Chapter, key: int, user: Person, *, after: int | None = None
) -> Page | None:
    """Give the conversation in which a comment stands, as a page of one beginning; None where this
    person sees no such comment. One's own hidden comment is shown to oneself. ``older`` is the key
    after which its next answers begin."""
    rows = Comment.objects.about(chapter)
    mine = Q(author=user) if isinstance(user, User) else Q(pk=None)
    shown_to_them = rows.with_something_shown(user).without_muted(user, "parent__author")
    known = shown_to_them | rows.filter(mine, deleted_at=None)
    one = known.filter(pk=key).select_related("author", "parent__author").first()
    if one is None:
        return None
    # What one has answered to somebody who is muted by now stands by itself.
    heard = one.parent and rows.without_muted(user).filter(pk=one.parent.pk).exists()
    beginning = one.parent if one.parent and heard else one
    shown = _with_answers([beginning], user, chapter, most=ANSWERS_OF_A_PAGE, after=after or 0)
    answers = shown[0].answers
    if beginning != one and one.pk not in {answer.comment.pk for answer in answers} and not after:
        answers += _shown([one], user, chapter)
    return Page(shown, answers[-1].comment.pk if shown[0].more_answers else None)


def own_comment(chapter: Chapter, key: int, user: Person) -> Comment | None:
    """Give a comment that this person sees, or their own."""
    rows = Comment.objects.about(chapter)
    mine = Q(author=user) if isinstance(user, User) else Q(pk=None)
    known: CommentQuerySet = rows.shown_to(user) | rows.filter(mine, deleted_at=None)
    return known.filter(pk=key).select_related("author").first()


def _with_answers(
    beginnings: Sequence[Comment], user: Person, chapter: Chapter, *, most: int, after: int = 0
) -> list[Shown]:
    below = _answers(beginnings, user, most=most, after=after)
    answers = [answer for some, _more in below.values() for answer in some]
    shown = _shown([*beginnings, *answers], user, chapter)
    by_key = {one.comment.pk: one for one in shown}
    for beginning in beginnings:
        some, more = below.get(beginning.pk, ([], 0))
        one = by_key[beginning.pk]
        one.answers, one.more_answers = [by_key[answer.pk] for answer in some], more
    return shown[: len(beginnings)]


def _answers(
    beginnings: Sequence[Comment], user: Person, *, most: int, after: int
) -> dict[int, tuple[list[Comment], int]]:
    """Give the first answers to each, and how many more there are; one query."""
    if not beginnings:
        return {}
    found = (
        Comment.objects.shown_to(user)
        .filter(parent__in=[one.pk for one in beginnings], pk__gt=after)
        .select_related("author")
        .annotate(
            place=Window(RowNumber(), partition_by=F("parent"), order_by="pk"),
            number=Window(Count("pk"), partition_by=F("parent")),
        )
        .filter(place__lte=most)
        .order_by("pk")
    )
    below: dict[int, tuple[list[Comment], int]] = defaultdict(lambda: ([], 0))
    for answer in found:
        some, _more = below[answer.parent_id or 0]
        some.append(answer)
        number: int = answer.number  # type: ignore[attr-defined]  # annotated above
        below[answer.parent_id or 0] = (some, max(0, number - most))
    return below


def _shown(comments: Iterable[Comment], user: Person, chapter: Chapter) -> list[Shown]:
    rows = list(comments)
    likes = _likes(rows, user)
    ids = set(_IDS.findall(chapter.text))
    return [
        Shown(
            comment=one,
            person=person(one.author_id) if one.author_id else "",
            name=one.author.name if one.author else "",
            state=_state(one),
            is_own=one.author_id is not None and one.author_id == user.pk,
            place_is_gone=bool(one.paragraph) and one.paragraph not in ids,
            **likes.get(one.pk, {}),
        )
        for one in rows
    ]


def _state(one: Comment) -> str:
    if one.deleted_at:
        return "deleted"
    if one.hidden_at:
        return "hidden"
    return "" if one.author and one.author.is_active else "gone"


def _likes(rows: Sequence[Comment], user: Person) -> dict[int, dict[str, Any]]:
    """Give how many like each, without those whom this person has muted, and whether this person does;
    one query."""
    if not rows:
        return {}
    muted = Q(is_muted(user, "user")) if isinstance(user, User) else Q(pk=None)
    found = (
        CommentLike.objects.filter(comment__in=[one.pk for one in rows], user__is_active=True)
        .order_by()
        .values_list("comment")
        .annotate(
            number=Count("pk", filter=~muted),
            own=Count("pk", filter=Q(user=user.pk)),
            muted=ArrayAgg("user", filter=muted, default=[]),
        )
    )
    return {
        comment: {
            "likes": number,
            "is_liked": bool(own),
            "muted_likes": [person(one) for one in sorted(likers)],
        }
        for comment, number, own, likers in found
    }

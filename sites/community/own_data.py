"""What the community holds about a person."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from realtime.pruning import erase_forever
from sites.accounts.models import User
from sites.accounts.personal_data import Part, Row, Wishes, register, rows
from sites.books.places import room_of_person
from sites.community import own_margins
from sites.community.models import (
    Comment,
    CommentLike,
    Mute,
    Notification,
    NotificationChoice,
    Report,
)


def _notifications(user: User) -> list[Row]:
    about = ("book_id", "submission_id", "chapter_id", "announcement_id", "comment_id")
    columns = ("kind", *about, "created_at", "read_at")
    return rows(Notification.objects.to(user).order_by("pk").values(*columns))


def _choices(user: User) -> list[Row]:
    chosen = NotificationChoice.objects.filter(user=user).order_by("topic")
    return rows(chosen.values("topic", "way", "chosen_at"))


def _forget_room(user: User, _wishes: Wishes, _now: datetime) -> None:
    """What was told to the person's own pages lies in a stream until it is too old for anybody."""
    erase_forever(room_of_person(user.pk))


def _said_of_chapters(user: User) -> list[Row]:
    columns = ("id", "chapter_id", "chapter__title", "paragraph", "quote", "parent_id", "text")
    moments = ("spoiler", "created_at", "edited_at", "deleted_at", "hidden_at")
    own = Comment.objects.filter(author=user).order_by("pk")
    return rows(own.values(*columns, *moments))


def _forget_said(user: User, _wishes: Wishes, now: datetime) -> None:
    """A comment goes with its author, and keeps its place without a word where others answered it."""
    from sites.books.rooms import room_of_chapter  # not with the process

    own = Comment.objects.filter(author=user)
    # What was told lies in the chapters' streams until it is too old for anybody.
    for chapter in set(own.order_by().values_list("chapter", flat=True)):
        erase_forever(room_of_chapter(chapter))
    Report.objects.filter(comment__in=own).delete()
    Report.objects.filter(by=user).update(text="")
    answers = Comment.objects.filter(parent=OuterRef("pk")).exclude(author=user)
    own.filter(Exists(answers)).update(author=None, text="", quote="", deleted_at=now)
    own.delete()


def _likes(user: User) -> list[Row]:
    likes = CommentLike.objects.filter(user=user).order_by("pk")
    return rows(likes.values("comment_id", "comment__chapter_id"))


def _mutes(user: User) -> list[Row]:
    return rows(Mute.objects.by(user).order_by("pk").values("of_id", "of__name", "since"))


def _reports(user: User) -> list[Row]:
    about = ("comment_id", "review_id", "highlight_id")
    columns = ("id", *about, "reason", "text", "created_at", "state", "decided_at")
    return [
        {"as": name, **row}
        for name in ("by", "decided_by")
        for row in rows(Report.objects.filter(**{name: user}).order_by("pk").values(*columns))
    ]


def _connect_talk() -> None:
    register(
        Part(
            "chapter_comments",
            _("Comments on chapters"),
            frozenset({"community.comment.author"}),
            _said_of_chapters,
            _forget_said,
        ),
        Part("likes", _("What you like"), frozenset({"community.commentlike.user"}), _likes),
        # Who is muted is never told by whom.
        Part(
            "mutes",
            _("Whom you have muted"),
            frozenset({"community.mute.by", "community.mute.of"}),
            _mutes,
        ),
        Part(
            "reports",
            _("Reports"),
            frozenset({"community.report.by", "community.report.decided_by"}),
            _reports,
        ),
    )


def connect() -> None:
    _connect_talk()
    register(
        Part(
            "notification_choices",
            _("What you are told of"),
            frozenset({"community.notificationchoice.user"}),
            _choices,
        )
    )
    own_margins.connect()
    register(
        Part(
            "notifications",
            _("Notifications"),
            frozenset({"community.notification.recipient"}),
            _notifications,
            _forget_room,
        )
    )

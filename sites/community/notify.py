"""Tell people of an event: one notification for each of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from sites.accounts.models import User
from sites.books import events
from sites.community.models import Comment, Highlight, Kind, Notification
from sites.community.models.shown import Said

#: Accounts told of one event: more editors than a house of this size will have.
MOST_RECIPIENTS: Final = 200


def authors_of(book: int) -> set[int]:
    """Give the keys of the accounts behind the names on a cover."""
    people = User.objects.filter(author__authorships__book=book, is_active=True)
    return set(people.values_list("pk", flat=True)[:MOST_RECIPIENTS])


def notify(people: Iterable[int], kind: Kind, event: events.BookEvent) -> None:
    """Store a notification for each of these accounts, except for who did it themselves."""
    submission = event.submission if isinstance(event, events.SubmissionEvent) else None
    store(
        Notification(
            recipient_id=pk,
            kind=kind,
            book_id=event.book,
            submission_id=submission,
            created_at=event.at,
        )
        for pk in sorted(people)
        if pk != event.by
    )


def tell_person(person: int, kind: Kind, about: Said, *, now: datetime) -> None:
    """Store a notification about something that was said, for the account with this key."""
    row = Notification(recipient_id=person, kind=kind, created_at=now)
    if isinstance(about, Comment | Highlight):
        row.comment = about if isinstance(about, Comment) else None
        row.chapter, row.book_id = about.chapter, about.chapter.book_id
    else:
        row.book_id = getattr(about, "book_id", None)
    store([row])


@transaction.atomic
def store(rows: Iterable[Notification]) -> None:
    """Store notifications that their recipients want, and have their bells ring."""
    # Not with the process: this module is imported at its start.
    from realtime.streams import publish
    from sites.books.places import room_of_person
    from sites.community.told import Notified
    from sites.community.ways_to_tell import chosen

    for row in Notification.objects.bulk_create(chosen(rows)):
        told = Notified(notification=row.pk, kind=row.kind)
        publish(room_of_person(row.recipient_id), told)

"""Who is told of the steps of a book: its authors of what editors do, editors of what authors do."""

from __future__ import annotations

from collections.abc import Iterable

from sites.accounts.models import User
from sites.accounts.roles import EDITOR
from sites.books import events
from sites.books.models import Submission
from sites.community.letters import send_letters
from sites.community.models import Kind, Notification

#: Accounts told of one event: more editors than a house of this size will have.
MOST_RECIPIENTS = 200

TO_AUTHORS = {
    events.BookApproved: Kind.APPROVED,
    events.ChangesRequested: Kind.CHANGES_REQUESTED,
    events.BookRejected: Kind.REJECTED,
    events.BookWithdrawn: Kind.WITHDRAWN,
    events.BookPublishedAgain: Kind.PUBLISHED_AGAIN,
}
TO_EDITORS = {
    events.BookSubmitted: Kind.SUBMITTED,
    events.SubmissionTakenBack: Kind.TAKEN_BACK,
}


def listen() -> None:
    """Register for every event that somebody is told of."""
    for kind in TO_AUTHORS:
        events.on(kind, tell_authors)
    for kind in TO_EDITORS:
        events.on(kind, tell_editors)
    events.on(events.SubmissionCommented, tell_the_others)


def tell_authors(event: events.BookEvent) -> None:
    people, kind = _authors(event.book), TO_AUTHORS[type(event)]
    _notify(people, kind, event)
    send_letters(people - {event.by}, kind, event.book)


def tell_editors(event: events.SubmissionEvent) -> None:
    _notify(_editors(event.submission), TO_EDITORS[type(event)], event)


def tell_the_others(event: events.SubmissionCommented) -> None:
    """A comment reaches the authors and the editors, whoever wrote it."""
    _notify(_authors(event.book) | _editors(event.submission), Kind.COMMENTED, event)


def _authors(book: int) -> set[int]:
    people = User.objects.filter(author__authorships__book=book, is_active=True)
    return set(people.values_list("pk", flat=True)[:MOST_RECIPIENTS])


def _editors(submission: int) -> set[int]:
    """Give the editor who looks after a submission, else all of them."""
    owner = Submission.objects.filter(pk=submission, owner__is_active=True).values_list(
        "owner", flat=True
    )
    if owned := set(owner):
        return {pk for pk in owned if pk is not None}
    people = User.objects.filter(groups__name=EDITOR, is_active=True).order_by("pk")
    return set(people.values_list("pk", flat=True)[:MOST_RECIPIENTS])


def _notify(people: Iterable[int], kind: Kind, event: events.BookEvent) -> None:
    """Store one notification for each, except for who did it themselves."""
    submission = event.submission if isinstance(event, events.SubmissionEvent) else None
    Notification.objects.bulk_create(
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

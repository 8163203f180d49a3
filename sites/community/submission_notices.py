"""Who is told of the steps of a book: its authors of what editors do, editors of what authors do."""

from __future__ import annotations

from sites.accounts.models import User
from sites.accounts.roles import EDITOR
from sites.books import events
from sites.books.models import Submission
from sites.community.letters import send_letters
from sites.community.models import Kind
from sites.community.notify import MOST_RECIPIENTS, authors_of, notify

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
    people, kind = authors_of(event.book), TO_AUTHORS[type(event)]
    notify(people, kind, event)
    send_letters(people - {event.by}, kind, event.book)


def tell_editors(event: events.SubmissionEvent) -> None:
    notify(_editors(event.submission), TO_EDITORS[type(event)], event)


def tell_the_others(event: events.SubmissionCommented) -> None:
    """A comment reaches the authors and the editors, whoever wrote it."""
    notify(authors_of(event.book) | _editors(event.submission), Kind.COMMENTED, event)


def _editors(submission: int) -> set[int]:
    """Give the editor who looks after a submission, else all of them."""
    owner = Submission.objects.filter(pk=submission, owner__is_active=True).values_list(
        "owner", flat=True
    )
    if owned := set(owner):
        return {pk for pk in owned if pk is not None}
    people = User.objects.filter(groups__name=EDITOR, is_active=True).order_by("pk")
    return set(people.values_list("pk", flat=True)[:MOST_RECIPIENTS])

"""The office's open pages are told when a book begins to wait for an answer, and when it has one."""

from __future__ import annotations

from sites.books import events

BEGIN = (events.BookSubmitted,)
END = (
    events.SubmissionTakenBack,
    events.BookApproved,
    events.ChangesRequested,
    events.BookRejected,
)


def listen() -> None:
    for kind in (*BEGIN, *END):
        events.on(kind, tell_the_office)


def tell_the_office(event: events.SubmissionEvent) -> None:
    # Not with the process: this module is imported at its start.
    from realtime.streams import publish
    from sites.internal.rooms import APPROVALS, SubmissionArrived, SubmissionSettled

    told = SubmissionArrived if isinstance(event, BEGIN) else SubmissionSettled
    publish(APPROVALS, told(submission=event.submission))

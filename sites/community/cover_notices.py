"""Who is told of names on covers: who is invited, who invited, and those who stand there."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from sites.accounts.models import User
from sites.books import events
from sites.books.models import AuthorInvitation
from sites.community.models import Kind, Notification
from sites.community.submission_notices import MOST_RECIPIENTS


def listen() -> None:
    """Register for every event that somebody is told of."""
    events.on(events.AuthorInvited, tell_invited)
    events.on(events.InvitationAccepted, tell_authors_of_a_name)
    events.on(events.InvitationDeclined, tell_who_invited)
    events.on(events.NameLeft, tell_authors_of_a_leaving)


def tell_invited(event: events.AuthorInvited) -> None:
    """Whoever can answer is told, if there is somebody."""
    invitation = AuthorInvitation.objects.select_related("author").get(pk=event.invitation)
    whom = Q(email=invitation.email) if invitation.email else Q(author=invitation.author)
    people = User.objects.filter(whom, is_active=True).values_list("pk", flat=True)
    _notify(people, Kind.INVITED, event)


def tell_authors_of_a_name(event: events.InvitationAccepted) -> None:
    _notify(_authors(event.book), Kind.INVITATION_ACCEPTED, event)


def tell_authors_of_a_leaving(event: events.NameLeft) -> None:
    _notify(_authors(event.book), Kind.NAME_LEFT, event)


def tell_who_invited(event: events.InvitationDeclined) -> None:
    people = User.objects.filter(pk=event.invited_by, is_active=True).values_list("pk", flat=True)
    _notify(people, Kind.INVITATION_DECLINED, event)


def _authors(book: int) -> Iterable[int]:
    people = User.objects.filter(author__authorships__book=book, is_active=True)
    return set(people.values_list("pk", flat=True)[:MOST_RECIPIENTS])


def _notify(people: Iterable[int], kind: Kind, event: events.BookEvent) -> None:
    Notification.objects.bulk_create(
        Notification(recipient_id=pk, kind=kind, book_id=event.book, created_at=event.at)
        for pk in sorted(people)
        if pk != event.by
    )

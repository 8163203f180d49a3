"""Who is told of names on covers: who is invited, who invited, and those who stand there."""

from __future__ import annotations

from django.db.models import Q

from sites.accounts.models import User
from sites.books import events
from sites.books.models import AuthorInvitation
from sites.community.models import Kind
from sites.community.notify import authors_of, notify


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
    notify(people, Kind.INVITED, event)


def tell_authors_of_a_name(event: events.InvitationAccepted) -> None:
    notify(authors_of(event.book), Kind.INVITATION_ACCEPTED, event)


def tell_authors_of_a_leaving(event: events.NameLeft) -> None:
    notify(authors_of(event.book), Kind.NAME_LEFT, event)


def tell_who_invited(event: events.InvitationDeclined) -> None:
    people = User.objects.filter(pk=event.invited_by, is_active=True).values_list("pk", flat=True)
    notify(people, Kind.INVITATION_DECLINED, event)

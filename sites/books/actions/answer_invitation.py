"""Say yes or no to an invitation onto a cover."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.accounts.roles import AUTHOR, EDITOR
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.actions.invite_author import InvitationGone, is_open
from sites.books.actions.steps import lock_book
from sites.books.events import InvitationAccepted, InvitationDeclined, tell
from sites.books.models import Author, AuthorInvitation, Authorship, Book


@transaction.atomic
def accept_invitation(invitation: AuthorInvitation, *, by: User, now: datetime) -> Authorship:
    """Put one's own name on the cover, below the others; with it one may edit the book.

    Raises ``PermissionDenied`` for who is no author yet, ``GoneMeanwhile`` and ``InvitationGone``.
    """
    book, kept = _hold(invitation, by=by, now=now)
    profile = Author.objects.filter(user=by).first()
    if profile is None or not by.is_one_of(AUTHOR, EDITOR):
        raise PermissionDenied(_("Become an author first: then your name can stand on a cover."))
    if not is_open(kept):
        raise InvitationGone
    last = book.authorships.aggregate(last=Max("position"))["last"] or 0
    authorship, is_new = Authorship.objects.get_or_create(
        book=book, author=profile, role=kept.role, defaults={"position": last + 1}
    )
    kept.delete()
    # Whoever looks at the book to approve it has not seen this name.
    Book.objects.filter(pk=book.pk).update(written_at=now)
    record_audit("author.accept", by=by, on=book, now=now, invitation=invitation.pk, role=kept.role)
    tell(InvitationAccepted(book=book.pk, by=by.pk, at=now, invitation=invitation.pk))
    if is_new:
        transaction.on_commit(partial(draw_missing_cover, book.pk, again=True), robust=True)
    return authorship


@transaction.atomic
def decline_invitation(invitation: AuthorInvitation, *, by: User, now: datetime) -> None:
    """Say no; nothing of the question is kept. Raises ``GoneMeanwhile`` and ``InvitationGone``."""
    book, kept = _hold(invitation, by=by, now=now)
    kept.delete()
    record_audit("author.decline", by=by, on=book, now=now, invitation=invitation.pk)
    tell(
        InvitationDeclined(
            book=book.pk,
            by=by.pk,
            at=now,
            invitation=invitation.pk,
            invited_by=kept.invited_by_id,
        )
    )


def _hold(
    invitation: AuthorInvitation, *, by: User, now: datetime
) -> tuple[Book, AuthorInvitation]:
    """Lock the book, and give it with the invitation if ``by`` can still answer it."""
    book = lock_book(invitation.book)
    kept = (
        book.invitations.open(now).to(by).select_related("invited_by").filter(pk=invitation.pk)
    ).first()
    if kept is None or not by.is_active:
        raise InvitationGone
    return book, kept

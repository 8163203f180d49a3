from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import AuditEntry, User
from sites.accounts.models.user import normalise_email
from sites.books.actions.steps import lock_book
from sites.books.events import AuthorInvited, tell
from sites.books.exceptions import BookError
from sites.books.models import Author, AuthorInvitation, Authorship, Book
from sites.books.permissions import may_invite, require_invite

#: Names on a cover, with those that are invited: more would not fit on it.
MOST_NAMES: Final = 20
#: Invitations that one account writes in a day: several books' covers, and no mailing list.
MOST_A_DAY: Final = 20
DAY: Final = timedelta(days=1)
LONGEST_ADDRESS: Final = 254  # RFC 5321, section 4.5.3.1.3, less its brackets; the column's

INVITED = "author.invite"


class InvitationRefused(BookError):
    """Somebody cannot be invited; the text says why, and never whether there is an account."""


class InvitationGone(BookError):
    """An invitation was answered, taken back, or too old."""

    def __init__(self) -> None:
        super().__init__(_("This invitation is no longer open. Ask for a new one if you need it."))


@transaction.atomic
def invite_author(
    book: Book, *, to: str | Author, role: str, by: User, now: datetime
) -> AuthorInvitation:
    """Ask somebody to put their name on a book's cover: by e-mail address, or an author by name.

    Whether there is an account behind either is not told, to nobody. Who is invited already stays
    so: it can be run twice. Lapsed invitations of the whole house go. Raises ``PermissionDenied``,
    ``GoneMeanwhile`` and ``InvitationRefused``.
    """
    AuthorInvitation.objects.lapsed(now).delete()
    kept = lock_book(book)
    require_invite(by, kept)
    if role not in Authorship.Role.values:
        raise InvitationRefused(_("Choose a role: author, translator or illustrator."))
    email = "" if isinstance(to, Author) else _checked_address(to)
    author = to if isinstance(to, Author) else None
    _refuse_known(kept, email=email, author=author, role=role, by=by)
    found = kept.invitations.filter(email=email, author=author, role=role).first()
    if found:
        return found
    _keep_to_limits(kept, by=by, now=now)
    invitation = AuthorInvitation.objects.create(
        book=kept, email=email, author=author, role=role, invited_by=by, created_at=now
    )
    record_audit(INVITED, by=by, on=kept, now=now, invitation=invitation.pk, role=role)
    tell(AuthorInvited(book=kept.pk, by=by.pk, at=now, invitation=invitation.pk))
    return invitation


@transaction.atomic
def take_back_invitation(invitation: AuthorInvitation, *, by: User, now: datetime) -> None:
    """Withdraw a question that is still open: its writer, or another author on the cover.

    Raises ``PermissionDenied``, ``GoneMeanwhile`` and ``InvitationGone``.
    """
    book = lock_book(invitation.book)
    require_invite(by, book)
    if not book.invitations.filter(pk=invitation.pk).delete()[0]:
        raise InvitationGone
    record_audit("author.uninvite", by=by, on=book, now=now, invitation=invitation.pk)


def find_author(named: str) -> Author:
    """Give the author of this name, or at this address of a page. Raises ``InvitationRefused``."""
    wanted = " ".join(named.split()).replace("\x00", "")
    if not wanted:
        raise InvitationRefused(_("Write an e-mail address, or an author's name."))
    by_slug = Author.objects.filter(slug=wanted.lower()).first()
    found = [by_slug] if by_slug else list(Author.objects.filter(name__iexact=wanted)[:2])
    if not found:
        raise InvitationRefused(
            _("No author of the house has this name. Write it as it stands on covers.")
        )
    if len(found) > 1:
        raise InvitationRefused(
            _("Several authors have this name. Write the last part of their page's address.")
        )
    return found[0]


def is_open(invitation: AuthorInvitation) -> bool:
    """May who invited still invite? An invitation ends with the name that it was given by."""
    return may_invite(invitation.invited_by, invitation.book)


def _checked_address(typed: str) -> str:
    address = normalise_email(typed)
    try:
        if len(address) > LONGEST_ADDRESS:
            raise ValidationError("too long")
        validate_email(address)
    except ValidationError:
        raise InvitationRefused(
            _("This is no e-mail address. Write one such as name@example.com.")
        ) from None
    return address


def _refuse_known(book: Book, *, email: str, author: Author | None, role: str, by: User) -> None:
    """Refuse what the inviter can see for themselves: their own name, and those on the cover."""
    if email == by.email or (author and author.user_id == by.pk):
        raise InvitationRefused(_("This is you. Your name stands on the cover already."))
    if author and book.authorships.filter(author=author, role=role).exists():
        raise InvitationRefused(_("%(name)s stands on the cover already.") % {"name": author.name})


def _keep_to_limits(book: Book, *, by: User, now: datetime) -> None:
    if book.authorships.count() + book.invitations.count() >= MOST_NAMES:
        raise InvitationRefused(
            _("A cover holds %(most)d names. Take an invitation back first.") % {"most": MOST_NAMES}
        )
    written = AuditEntry.objects.filter(actor=by.pk, action=INVITED, at__gt=now - DAY)
    if written.count() >= MOST_A_DAY:
        raise InvitationRefused(_("You have invited many people today. Go on tomorrow."))

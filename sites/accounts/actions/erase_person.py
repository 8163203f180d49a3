from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.actions.end_sessions import end_sessions
from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.accounts.personal_data import Wishes, parts
from sites.mail import send_mail


class LastSuperuser(Exception):
    """Without this account nobody could look after the house."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "You are the only superuser, and without one nobody could look after the house. Make "
                "somebody else a superuser first."
            )
        )


@transaction.atomic
def erase_person_forever(person: User, *, wishes: Wishes, by: User, now: datetime) -> None:
    """Remove an account and all that is personal in the house; nothing brings it back.

    Each part (``sites.accounts.personal_data``) forgets its own, and the account's row goes. The
    audit log keeps ids. Sessions end, and a mail confirms it. Raises ``PermissionDenied`` for
    anybody's account but one's own, and ``LastSuperuser``.
    """
    if by.pk != person.pk:
        raise PermissionDenied(_("Everybody erases their own account, and nobody else's."))
    _refuse_the_last_superuser(person)
    # With all locks: what others write about the account at this moment waits, and fails.
    stored = User.objects.select_for_update().filter(pk=person.pk).first()
    if stored is None:
        return
    address, language = stored.email, stored.language
    for part in parts():
        if part.forget:
            part.forget(stored, wishes, now)
    end_sessions(stored)
    record_audit("person.erase", by=stored, on=stored, now=now, nameless=wishes.nameless)
    stored.delete()
    send_mail(address, "erased", {}, language)


def _refuse_the_last_superuser(person: User) -> None:
    """Of the last two who go at the same moment, one stays: their rows are locked in one order."""
    superusers = User.objects.filter(is_superuser=True, is_active=True)
    keys = list(superusers.order_by("pk").select_for_update().values_list("pk", flat=True))
    if keys == [person.pk]:
        raise LastSuperuser

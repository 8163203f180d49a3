from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.accounts.actions.end_sessions import end_sessions
from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.accounts.permissions import require_suspend


class Reason(models.TextChoices):
    """Why an account is closed: a code, so that the audit log holds no sentence about a person."""

    SPAM = "spam", gettext_lazy("Spam")
    ABUSE = "abuse", gettext_lazy("Abuse of other people")
    RIGHTS = "rights", gettext_lazy("Works of others passed off as their own")
    TAKEN_OVER = "taken_over", gettext_lazy("The account was taken over by somebody else")
    ON_REQUEST = "on_request", gettext_lazy("On the person's own request")


class AlreadySuspended(Exception):
    """The account is closed already."""

    def __init__(self) -> None:
        super().__init__(_("This account is suspended already."))


class NotSuspended(Exception):
    """The account is open."""

    def __init__(self) -> None:
        super().__init__(_("This account is not suspended."))


@transaction.atomic
def suspend_person(person: User, *, reason: Reason, by: User, now: datetime) -> User:
    """Close an account at once: nobody can sign in with it, and its sessions end.

    Its books stay. Raises ``PermissionDenied`` with the reason, and ``AlreadySuspended``.
    """
    stored = _hold(person, by)
    if not stored.is_active:
        raise AlreadySuspended
    User.objects.filter(pk=stored.pk).update(is_active=False)
    stored.is_active = person.is_active = False
    ended = end_sessions(stored)
    code = Reason(reason).value
    record_audit("person.suspend", by=by, on=stored, now=now, reason=code, sessions=ended)
    return stored


@transaction.atomic
def readmit_person(person: User, *, by: User, now: datetime) -> User:
    """Open a suspended account again. Its password and second factors are those it had; sessions of
    former days do not come back. Raises ``PermissionDenied`` with the reason, and ``NotSuspended``.
    """
    stored = _hold(person, by)
    if stored.is_active:
        raise NotSuspended
    User.objects.filter(pk=stored.pk).update(is_active=True)
    stored.is_active = person.is_active = True
    # A sign-in that began before the suspension may have stored its session after it.
    end_sessions(stored)
    record_audit("person.readmit", by=by, on=stored, now=now)
    return stored


def _hold(person: User, by: User) -> User:
    """Lock the stored account, so that of two people one is told that it is done already."""
    stored = User.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
    if stored is None:
        raise PermissionDenied(_("This account does not exist any more."))
    require_suspend(by, stored)
    return stored

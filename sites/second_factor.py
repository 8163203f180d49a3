"""Who must have used a second factor in this session, and who has."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from sites.accounts.models import User
from sites.accounts.roles import BACK_OFFICE, EDITOR

#: Where allauth notes in the session how its owner proved who they are (``allauth.account.
#: internal.flows.login``); a test holds these names against allauth.
RECORDS = "account_authentication_methods"
RECORDS_OF = "account_authentication_methods_user"


def must_use_second_factor(user: User | AnonymousUser) -> bool:
    """Is this one of the house's own people, outside local? At most one query, for the roles.

    Authors work on their own books alone and need none.
    """
    if not settings.SECOND_FACTOR_REQUIRED or not isinstance(user, User):
        return False
    return user.is_superuser or user.is_staff or user.has_role(EDITOR, *BACK_OFFICE)


def has_used_second_factor(
    user: User | AnonymousUser, session: SessionBase, *, now: float | None = None
) -> bool:
    """Did this person use a code or a passkey in this session, less than ``SECOND_FACTOR_AGE`` ago?

    A recovery code counts: it stands in for a telephone that is lost, once. No query beside the
    session's own. ``now`` is in seconds since 1970.
    """
    now = time.time() if now is None else now
    if not isinstance(user, User) or session.get(RECORDS_OF) != str(user.pk):
        return False
    records: Any = session.get(RECORDS)
    return any(
        record.get("method") == "mfa" and now - record["at"] < settings.SECOND_FACTOR_AGE
        for record in (records if isinstance(records, list) else [])
    )


def may_hear(user: User | AnonymousUser) -> bool:
    """Is a line to a page of the house's own people open as surely as the page itself is? ``user`` is as
    ``esensi.sockets`` recognises them; kinds of rooms ask this beside the role."""
    return not settings.SECOND_FACTOR_REQUIRED or bool(getattr(user, "used_second_factor", False))


def is_second_factor_missing(request: HttpRequest) -> bool:
    """Does who asks still owe a second factor before the doors of publish and internal open?"""
    if not must_use_second_factor(request.user):
        return False
    return not has_used_second_factor(request.user, request.session)

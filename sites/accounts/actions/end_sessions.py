from __future__ import annotations

from django.apps import apps
from django.db import transaction
from django.db.models import Q

from realtime.streams import revoke
from sites.accounts.models import Session, User


@transaction.atomic
def end_sessions(user: User, *, keep: str | None = None) -> int:
    """End every session of a person, in all browsers and on all five hosts, and what they have open;
    give how many.

    ``keep`` is the key of one session that goes on. Half sign-ins, which owe a second factor, end as
    well. A trusted caller decides: the person themself, and actions that close an account.
    """
    others = Q(user=user) & ~Q(session_key=keep or "")
    ended, _by_model = Session.objects.filter(others).delete()
    if apps.is_installed("allauth.usersessions"):
        from allauth.usersessions.models import UserSession  # may not be installed

        UserSession.objects.filter(others).delete()
    revoke(user_id=user.pk)
    return ended

from __future__ import annotations

from django.db import transaction

from realtime.streams import revoke
from sites.accounts.models import Session, User


@transaction.atomic
def end_session(user: User, number: int) -> str | None:
    """End one of a person's own sessions, by the number that their list of sessions gives it.

    Give the key of the session that has ended, or nothing where the person has none of this number
    (any more).
    """
    from allauth.usersessions.models import UserSession  # models are not loaded before the apps

    listed = UserSession.objects.select_for_update().filter(pk=number, user_id=user.pk).first()
    if listed is None:
        return None
    key: str = listed.session_key
    Session.objects.filter(session_key=key, user=user).delete()
    listed.delete()
    revoke(session=key)
    return key

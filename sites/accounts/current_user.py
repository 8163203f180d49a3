"""Who asks? Read with the session in one statement, where Django takes one for each."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, auser, get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from sites.accounts.models import User


class CurrentUserMiddleware(AuthenticationMiddleware):
    """Django's, which asks the session's owner first."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(partial(_user, request))  # type: ignore[assignment]  # as Django does
        request.auser = partial(auser, request)


def _user(request: HttpRequest) -> object:
    owner = owner_of(request.session)
    return get_user(request) if owner is None else owner


def owner_of(session: SessionBase) -> User | None:
    """Give the person who is signed in by this session, if the session was read with them and
    everything about it is as usual. In every other case it is for Django to decide."""
    signed_in = session.get(SESSION_KEY)
    owner: User | None = getattr(session, "owner", None)
    if owner is None or str(owner.pk) != signed_in or not owner.is_active:
        return None
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    given = session.get(HASH_SESSION_KEY)
    if not given or not constant_time_compare(given, owner.get_session_auth_hash()):
        return None
    return owner

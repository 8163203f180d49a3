"""A new password ends what was begun with the old one."""

from __future__ import annotations

from typing import Any

from allauth.account import signals
from django.http import HttpRequest

from sites.accounts.actions.end_sessions import end_sessions
from sites.accounts.models import User


def end_other_sessions(*, request: HttpRequest, user: User, **_: Any) -> None:
    """Delete all sessions but the one in which the password was changed.

    Django lets none of them in anyway, because each carries a mark of the password; their rows would
    stay, and with them what they say about the person.
    """
    mine = request.user.is_authenticated and request.user.pk == user.pk
    end_sessions(user, keep=request.session.session_key if mine else None)


def listen() -> None:
    for signal in (signals.password_changed, signals.password_set, signals.password_reset):
        signal.connect(end_other_sessions, dispatch_uid="accounts.password_changes")

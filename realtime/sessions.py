"""Whose sessions are these? Many cookies are looked up with one query."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.crypto import constant_time_compare

#: Characters of a session's key: Django's are 32, its table takes 40.
LONGEST_KEY: Final = 40

#: Gives the user as the project wants to see them, from the user and their session's data.
Recognise = Callable[[Any, Mapping[str, Any]], Any]


def session_key(cookies: str) -> str:
    """Give the session's key from a Cookie header, or nothing."""
    name = settings.SESSION_COOKIE_NAME
    if name not in cookies:
        return ""
    found = ""
    for part in cookies.split(";"):
        key, _equals, value = part.strip().partition("=")
        if key == name:
            found = value.strip('"')
    return found if found.isascii() and found.isalnum() and len(found) <= LONGEST_KEY else ""


def users_of(keys: Sequence[str], recognise: Recognise | None = None) -> list[Any]:
    """Give the user of each session, in the order of ``keys``: an ``AnonymousUser`` where the session
    has ended, is nobody's, or has a password's mark that no longer holds.

    Synchronous; one query where the session's table knows its user, else two. Sessions are not
    prolonged by it.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore
    rows = _rows(store.get_model_class(), {key for key in keys if key})
    data = {row.session_key: store().decode(row.session_data) for row in rows}
    users = _users(rows, data)
    found: dict[str, Any] = {}
    for key, facts in data.items():
        user = users.get(str(facts.get(SESSION_KEY)))
        if user is not None and _holds(user, facts):
            # A copy: what a project notes of this session is nothing that another session may share.
            found[key] = recognise(copy.copy(user), facts) if recognise else user
    return [found.get(key) or nobody() for key in keys]


def nobody() -> AnonymousUser:
    """Give a visitor."""
    return AnonymousUser()


def _rows(model: Any, keys: set[str]) -> list[Any]:
    if not keys:
        return []
    rows = model.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    owner = _owner_field(model)
    return list(rows.select_related(owner) if owner else rows)


def _owner_field(model: Any) -> str | None:
    user_model = get_user_model()
    fields = model._meta.get_fields()
    return next((one.name for one in fields if one.related_model is user_model), None)


def _users(rows: Sequence[Any], data: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Give the users by the key that sessions carry."""
    model = get_user_model()
    users: dict[str, Any] = {}
    owner = _owner_field(type(rows[0])) if rows else None
    for row in rows:
        user = getattr(row, owner) if owner and getattr(row, f"{owner}_id") else None
        if user is not None:
            users[str(user.pk)] = user
    named = {str(facts[SESSION_KEY]) for facts in data.values() if SESSION_KEY in facts}
    missing = {key for key in named - users.keys() if key.isascii() and key.isdigit()}
    if missing:
        users |= {str(user.pk): user for user in model._default_manager.filter(pk__in=missing)}
    return users


def _holds(user: Any, facts: Mapping[str, Any]) -> bool:
    """Would Django let this session in? The same that ``django.contrib.auth.get_user`` asks."""
    if facts.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS or not user.is_active:
        return False
    mark = facts.get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(mark, one) for one in hashes)

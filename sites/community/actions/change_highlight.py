from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts import limits
from sites.accounts.models import Person, User
from sites.community.marks import MINUTE, MOST_A_MINUTE, Style, tell_changed
from sites.community.models import Highlight


def change_highlight(user: Person, key: int, *, style: Style, now: datetime) -> Highlight:
    """Give one's own highlight another colour or note, or show it to others or no longer. One that
    moderators have hidden stays hidden from others.

    Raises ``PermissionDenied`` without an account, ``Highlight.DoesNotExist``, ``NotMarked``,
    ``TooLong`` and ``TooManyAttempts``.
    """
    person = _person(user)
    Highlight.objects.of(person).only("pk").get(pk=key)  # before anything is said of the style
    kept = style.cleaned()
    limits.require(f"highlight:{person.pk}", MOST_A_MINUTE, MINUTE, now)
    with transaction.atomic():
        highlight = Highlight.objects.of(person).select_for_update().get(pk=key)
        was_shared = highlight.is_shared
        for name, value in (asdict(kept) | {"edited_at": now}).items():
            setattr(highlight, name, value)
        highlight.save()
        tell_changed(highlight, to_all=was_shared or highlight.is_shared)
    return highlight


@transaction.atomic
def remove_highlight(user: Person, key: int) -> Highlight:
    """Remove one's own highlight with its note; nothing brings it back. Gives what it was.

    Raises ``PermissionDenied`` without an account, and ``Highlight.DoesNotExist``.
    """
    highlight = Highlight.objects.of(_person(user)).select_for_update().get(pk=key)
    tell_changed(highlight, to_all=highlight.is_shared)
    highlight.delete()
    return highlight


def _person(user: Person) -> User:
    if not isinstance(user, User) or not user.is_active:
        raise PermissionDenied(_("Sign in to highlight passages and to write notes."))
    return user

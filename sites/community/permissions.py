"""Who may speak, and who decides on what was said. Actions ask here; templates only hide what would be
refused."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from sites.accounts.models import Person, User
from sites.accounts.roles import RUN_THE_HOUSE


def is_moderator(user: Person) -> bool:
    """Does this person decide on what readers say?"""
    return isinstance(user, User) and user.is_one_of(*RUN_THE_HOUSE)


def require_voice(user: Person) -> User:
    """Give the account of somebody who may speak. Raises ``PermissionDenied`` with the reason."""
    if not isinstance(user, User) or not user.is_active:
        raise PermissionDenied(_("Sign in to take part in the conversation."))
    return user


def require_moderator(user: Person) -> User:
    """Raises ``PermissionDenied`` with the reason."""
    if not isinstance(user, User) or not is_moderator(user):
        raise PermissionDenied(_("Only moderators decide on what readers say."))
    return user

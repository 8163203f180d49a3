"""What the roles are called on the account page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import User
from sites.accounts.roles import AUTHOR, EDITOR, MANAGER, MODERATOR, OPERATOR, READER, SUPPORT

ROLE_NAMES: dict[str, str | Promise] = {
    READER: _("reader"),
    AUTHOR: _("author"),
    EDITOR: _("editor"),
    SUPPORT: _("reader support"),
    MODERATOR: _("moderator"),
    MANAGER: _("manager"),
    OPERATOR: _("operator"),
}


def role_names(user: User) -> list[str | Promise]:
    """Give the names of the person's roles; every account is a reader's."""
    held = [name for role, name in ROLE_NAMES.items() if role == READER or user.has_role(role)]
    return [*held, _("superuser")] if user.is_superuser else held

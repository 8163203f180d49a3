"""The roles: Django groups with model permissions, written after every migration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS

AUTHOR = "author"
EDITOR = "editor"
SUPPORT = "support"
MODERATOR = "moderator"
MANAGER = "manager"
OPERATOR = "operator"

#: Any account is a reader: the role has no group, because everyone would be in it.
READER = "reader"
BACK_OFFICE = (SUPPORT, MODERATOR, MANAGER, OPERATOR)

#: Who works on everybody's books, and so sees drafts and what is scheduled.
HOUSE_EDITORS = (EDITOR, MODERATOR, MANAGER)
#: Who changes, at the office, what exists.
RUN_THE_HOUSE = (MODERATOR, MANAGER)

_BOOKS = ("author", "authorship", "book", "chapter", "genre", "tag")
_WRITE = ("add", "change", "view")

#: role → model (app label and name) → what it may do there. Which *rows* is decided by
#: ``permissions.py``: an author's permission on books means their own books.
PERMISSIONS: dict[str, dict[str, tuple[str, ...]]] = {
    AUTHOR: {
        "books.book": _WRITE,
        "books.chapter": _WRITE,
        "books.revision": ("view",),
        "books.submission": ("view",),
    },
    EDITOR: {
        **{f"books.{model}": _WRITE for model in _BOOKS},
        # To take a name off a cover again.
        "books.authorship": (*_WRITE, "delete"),
        "books.revision": ("view",),
        "books.submission": ("view", "change"),
    },
    SUPPORT: {"accounts.user": ("view",), "books.book": ("view",)},
    MODERATOR: {
        "accounts.user": ("view", "suspend"),
        "books.book": ("view", "change"),
        "books.chapter": ("view", "change"),
        "books.tag": (*_WRITE, "delete"),
        "books.revision": ("view",),
        "community.report": ("view", "change"),
    },
    MANAGER: {
        "accounts.user": (*_WRITE, "suspend"),
        "auth.group": ("view",),
        "sites.site": ("view",),
        **{f"books.{model}": (*_WRITE, "delete") for model in _BOOKS},
        "books.revision": ("view",),
        "books.submission": ("view", "change"),
        "accounts.auditentry": ("view",),
        "community.housepage": ("view", "change"),
        "community.announcement": (*_WRITE, "delete"),
        "community.report": ("view", "change"),
        "realtime.instance": ("view",),
    },
    OPERATOR: {
        "sites.site": ("view",),
        "accounts.user": ("view",),
        "accounts.auditentry": ("view",),
        "realtime.instance": ("view", "change"),
    },
}


def codenames(role: str) -> Iterable[tuple[str, str, str]]:
    """Give (app label, model, codename) of everything a role may do."""
    for path, verbs in PERMISSIONS[role].items():
        app_label, model = path.split(".")
        for verb in verbs:
            yield app_label, model, f"{verb}_{model}"


def write_roles(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Write the groups once per ``migrate``, after the last app's permissions exist.

    Permissions that people gave a role by hand go again: this table is the authority.
    """
    last = [config for config in apps.get_app_configs() if config.models_module][-1]
    if sender.label != last.label:
        return
    # Migrations may be applied only in part, with the tables still to come.
    from django.contrib.auth.models import Group, Permission

    found = {
        (
            permission.content_type.app_label,
            permission.content_type.model,
            permission.codename,
        ): permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for role in PERMISSIONS:
        group, _created = Group.objects.using(using).get_or_create(name=role)
        group.permissions.set([found[key] for key in codenames(role) if key in found])

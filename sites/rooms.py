"""The five hosts as people know them: rooms with names, and who may enter which."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import User
from sites.accounts.roles import AUTHOR, BACK_OFFICE, EDITOR
from sites.frames.nobody import AnyReader


@dataclass(frozen=True)
class Room:
    """A host as the menus show it: ``key`` is the host's, ``icon`` a symbol of icons.svg."""

    key: str
    name: str | Promise
    icon: str


ROOMS = (
    Room("main", _("Bookshelves"), "home"),
    Room("chapter", _("Reading room"), "book"),
    Room("publish", _("Writing desk"), "pen"),
    Room("internal", _("Office"), "building"),
    Room("auth", _("Account"), "key"),
)


def may_enter(user: User | AnonymousUser, key: str) -> bool:
    """May this person enter the room? At most one query, for the roles.

    The doors of publish and internal ask here, and menus leave out what this refuses.
    """
    if key in ("main", "chapter"):
        return True
    if isinstance(user, AnyReader):
        return key == "auth"
    if not isinstance(user, User) or not user.is_active:
        return False
    if key == "auth" or user.is_superuser:
        return True
    if key == "publish":
        return user.has_role(AUTHOR, EDITOR)
    return user.has_role(EDITOR) or (user.is_staff and user.has_role(*BACK_OFFICE))


def who_may_enter(*desks: str) -> Q:
    """Give what ``may_enter`` asks, as a condition on active accounts: those who may enter any of these,
    ``publish`` or ``internal``."""
    asked = Q(is_superuser=True)
    for desk in desks:
        if desk == "publish":
            asked |= Q(_has_role(AUTHOR, EDITOR))
        else:
            asked |= Q(_has_role(EDITOR)) | (Q(is_staff=True) & Q(_has_role(*BACK_OFFICE)))
    return asked


def _has_role(*roles: str) -> Exists:
    rows = User.groups.through.objects.filter(user=OuterRef("pk"), group__name__in=roles)
    return Exists(rows)


def rooms_of(user: User | AnonymousUser) -> list[Room]:
    """Give the rooms that this person may enter, in the order of the house."""
    return [room for room in ROOMS if may_enter(user, room.key)]

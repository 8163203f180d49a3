"""The sidebar: the rooms of the house, and groups of lists, each shown to those who may open it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

from sites.accounts.models import User
from sites.links import host_root
from sites.rooms import ROOMS, rooms_of

if TYPE_CHECKING:
    from sites.desk.site import DeskSite


#: Material symbols of the rooms: Unfold's icons are a font of these.
ROOM_SYMBOLS = {
    "main": "storefront",
    "chapter": "auto_stories",
    "publish": "edit_note",
    "internal": "domain",
    "auth": "key",
}


@dataclass(frozen=True)
class Group:
    """A heading (translated lazily) and its lists: the model's label and a Material symbol."""

    title: Any
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Entry:
    title: str
    link: str
    symbol: str
    active: bool


@dataclass(frozen=True)
class Shown:
    """A group with what one person sees of it."""

    title: Any
    entries: list[Entry] = field(default_factory=list)


def navigation(site: DeskSite, request: HttpRequest) -> list[Shown]:
    """Give the groups that have something for this person; one query at most, for permissions."""
    groups = [Shown(group.title, list(_entries(site, request, group))) for group in site.groups]
    return [group for group in groups if group.entries]


def _entries(site: DeskSite, request: HttpRequest, group: Group) -> Iterable[Entry]:
    for label, symbol in group.entries:
        model = apps.get_model(label)
        desk = site._registry.get(model)
        if desk is None or not desk.has_module_permission(request):
            continue
        if not desk.has_view_or_change_permission(request):
            continue
        link = reverse(f"{site.name}:{model._meta.label_lower.replace('.', '_')}_changelist")
        title = capfirst(str(getattr(desk, "list_name", None) or model._meta.verbose_name_plural))
        yield Entry(title, link, symbol, active=request.path.startswith(link))


def rooms(user: User | AnonymousUser) -> list[Entry]:
    """Give the rooms that this person may enter."""
    return [
        Entry(str(room.name), f"{host_root(room.key)}/", ROOM_SYMBOLS[room.key], active=False)
        for room in rooms_of(user)
    ]


def room_name(key: str) -> str:
    return next(str(room.name) for room in ROOMS if room.key == key)

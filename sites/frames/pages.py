"""Which pages are frames, and what of a person each of them shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from django.utils.html import escape
from django.utils.module_loading import import_string

from sites.accounts.models import User
from sites.frames.asking import Asked
from sites.frames.frame import Frame, Personal
from sites.frames.slots import Slot, slot


@dataclass(frozen=True)
class Page:
    """What a page asks of a person beside who they are.

    ``columns`` are SQL's, which may ask ``u`` for the person, and its parameters by name for the words
    of the address. ``personal`` makes of them what the page's holes name, ``names``; it gives None for
    somebody for whom the page is to be drawn alone.
    """

    names: frozenset[str] = frozenset()
    columns: str = ""
    personal: Callable[[Asked, Frame], Personal | None] = field(
        default=lambda asked, frame: Personal({}, {})
    )


#: By host and by the name of the pattern; others are drawn for each request.
_PAGES: Final = {
    ("main", "home"): "sites.main.framed.HOME",
    ("main", "books"): "sites.frames.pages.PLAIN",
    ("main", "book"): "sites.main.framed.BOOK",
    ("main", "author"): "sites.main.framed.AUTHOR",
    ("main", "genre"): "sites.frames.pages.PLAIN",
    ("chapter", "home"): "sites.chapter.framed.HOME",
    ("chapter", "contents"): "sites.chapter.framed.CONTENTS",
    ("chapter", "read"): "sites.chapter.framed.READ",
}
HOSTS: Final = frozenset(host for host, _name in _PAGES)
#: Shows nothing of anybody but what stands in the head of all pages.
PLAIN: Final = Page()


@cache
def page_of(host: str, name: str) -> Page | None:
    """Give what is known of a page, if it is one of these."""
    path = _PAGES.get((host, name))
    page: Page | None = import_string(path) if path else None
    return page


@dataclass(frozen=True)
class ShownReader:
    """A reader as templates write them: with a name or without."""

    has_name: bool

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def pk(self) -> Slot:
        return slot("user.pk")

    @property
    def name(self) -> str:
        return slot("user.name") if self.has_name else ""

    @property
    def email(self) -> Slot:
        return slot("user.email")

    def __str__(self) -> str:
        return self.name or self.email


#: Variables of the head of all pages.
OF_ALL: Final = frozenset({"unread"})


def whole(asked: Asked, token: str, of_page: Personal) -> Personal:
    """Give what is one person's on the whole page: in its head, in its forms (``token``), and beside."""
    variables: dict[str, Any] = {
        "user": ShownReader(bool(asked.user.name)),
        "unread": slot("unread") if asked.unread else 0,
    }
    texts = {"csrf": token, "unread": str(asked.unread), **_of_user(asked.user)}
    return Personal({**variables, **of_page.variables}, {**texts, **of_page.texts})


def _of_user(user: User) -> Mapping[str, str]:
    return {
        "user.pk": str(user.pk),
        "user.name": escape(user.name),
        "user.email": escape(user.email),
    }

"""Two places as one, while files move from the former to the current one (``FILES_READ_ALSO``).

What is new goes to the current place; what it does not have yet is read from the former. Pages name a
public file by an address of the program itself (``storage.serving``), which knows where the file is, so
that drawing a page asks no storage. When ``migrate_media`` is done, the setting goes.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cached_property
from typing import Final, TypeVar, cast
from urllib.parse import quote

from django.core.files.storage import storages

from storage import keys, limits
from storage.backends import Content, Facts, Files, Listed, SignedForm
from storage.folder import Folder

Answer = TypeVar("Answer")
#: Where ``storage.serving`` answers for public files.
PREFIX: Final = "/media/"


class Fallback(Files):
    """``current`` and ``former``: names in ``STORAGES``."""

    def __init__(self, current: str, former: str) -> None:
        self._names = (current, former)

    @cached_property
    def current(self) -> Files:
        return cast(Files, storages[self._names[0]])

    @cached_property
    def former(self) -> Files:
        return cast(Files, storages[self._names[1]])

    @property
    def is_public(self) -> bool:  # type: ignore[override]  # a class of each kind would say no more
        return self.current.is_public

    @property
    def folder(self) -> Folder | None:
        """The one of both that is a folder of this machine."""
        for place in (self.current, self.former):
            if isinstance(place, Folder):
                return place
        return None

    @property
    def elsewhere(self) -> Files:
        """The one of both that is none."""
        return self.former if self.folder is self.current else self.current

    def pieces(
        self, key: str, *, first: int = 0, end: int | None = None, seconds: float | None = None
    ) -> Iterator[bytes]:
        begun = False
        try:
            for piece in self.current.pieces(key, first=first, end=end, seconds=seconds):
                begun = True
                yield piece
        except FileNotFoundError:
            if begun:
                raise
            yield from self.former.pieces(key, first=first, end=end, seconds=seconds)

    def put(self, key: str, content: Content, type_: str = "") -> bool:
        return self.current.put(key, content, type_)

    def facts(self, key: str) -> Facts:
        return self._either(lambda place: place.facts(key))

    def checksum(self, key: str) -> str:
        return self._either(lambda place: place.checksum(key))

    def is_fresh(self, key: str) -> bool:
        return self.current.is_fresh(key)

    def list_keys(self, prefix: str = "", *, after: str = "") -> Iterator[Listed]:
        both = (place.list_keys(prefix, after=after) for place in (self.current, self.former))
        last = ""
        for listed in heapq.merge(*both, key=lambda each: each.key):
            if listed.key != last:
                yield listed
            last = listed.key

    def signed_url(self, key: str, *, expires: timedelta = limits.LINK_AGE, name: str = "") -> str:
        """As everywhere; only here the current place is asked first whether it has the file."""
        place = self.current if self.current.exists(key) else self.former
        return place.signed_url(key, expires=expires, name=name)

    def signed_form(self, key: str, *, size: int, type_: str, expires: timedelta) -> SignedForm:
        return self.current.signed_form(key, size=size, type_=type_, expires=expires)

    def delete(self, name: str) -> None:
        self.current.delete(name)
        self.former.delete(name)

    def url(self, name: str | None) -> str:
        if self.is_public:
            return f"{PREFIX}{quote(keys.require_key(name or ''))}"
        return self.signed_url(name or "")

    def _either(self, ask: Callable[[Files], Answer]) -> Answer:
        try:
            return ask(self.current)
        except FileNotFoundError:
            return ask(self.former)

"""What files are sent for: each purpose with its limits and checks, registered by who knows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any, NamedTuple

from storage.models import Upload


class Arrived(NamedTuple):
    """An upload whose size and beginning are as announced.

    ``content``: its bytes; of a raster picture its pixels as PNG, written by us; of a file that is
    not read at once (``Purpose.reads``) nothing.
    """

    upload: Upload
    content: bytes


class Purpose(NamedTuple):
    """What may be sent, by whom, and what is made of it.

    ``allowed(user)`` raises ``PermissionDenied``. ``keep(arrived)`` stores what is to stay, under keys
    made from content, and gives what the upload's ``result`` is; it raises ``UploadRefused`` for what
    it cannot use. It may be called twice for one upload.
    """

    name: str
    #: By type, the endings of file names that stand for it.
    types: Mapping[str, tuple[str, ...]]
    largest: int  # bytes
    allowed: Callable[[Any], None]
    keep: Callable[[Arrived], Mapping[str, Any]]
    #: Whether the bytes are read when the upload is finished, or by whom it is attached to.
    reads: bool = True
    #: Of one person, at a time.
    at_once: int = 10
    #: For sending, looking at, and attaching it.
    lifetime: timedelta = timedelta(hours=1)


class UnknownPurpose(Exception):
    """Nobody has registered this."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Nothing is sent for {name[:40]!r}.")


_purposes: dict[str, Purpose] = {}
_modules: list[str] = []


def register(purpose: Purpose) -> None:
    """Add a purpose; one of the same name is replaced."""
    _purposes[purpose.name] = purpose


def register_later(module: str) -> None:
    """Name a module that registers purposes when it is imported, at the first upload: a process
    starts without it."""
    if module not in _modules:
        _modules.append(module)


def purpose_of(name: str) -> Purpose:
    """Raises ``UnknownPurpose``."""
    for module in _modules:
        import_module(module)
    try:
        return _purposes[name]
    except KeyError:
        raise UnknownPurpose(name) from None

"""Who knows which stored files are in use (``storage.orphans``)."""

from __future__ import annotations

_modules: list[str] = []


def used_later(module: str) -> None:
    """Name a module that keeps keys in rows or texts: its ``used_keys()`` gives those in use, its
    ``used_prefixes()`` beginnings of keys that are left alone. A sweep imports it, no process's start."""
    if module not in _modules:
        _modules.append(module)


def modules() -> list[str]:
    """Give the names of all of them."""
    return list(_modules)

"""A model's options under other names, where the model is Django's and its name a programmer's."""

from __future__ import annotations

from typing import Any


class Renamed:
    """``options`` (a model's ``_meta``) for templates: the same, but for what it is called."""

    def __init__(self, options: Any, *, one: Any, many: Any) -> None:
        self._options = options
        self.verbose_name = one
        self.verbose_name_plural = many

    def __getattr__(self, name: str) -> Any:
        return getattr(self._options, name)

    def __str__(self) -> str:
        return str(self._options)

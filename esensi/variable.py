"""One environment variable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Variable:
    """One environment variable: how to read it, and a sentence on what it is for.

    ``read`` turns the text into a value and raises ``ValueError`` with the end of a sentence that
    begins with the variable's name. ``required_in`` names the environments without a default.
    """

    name: str
    read: Callable[[str], Any]
    default: str | None
    sentence: str
    required_in: tuple[str, ...] = ()
    secret: bool = False

    @property
    def type_name(self) -> str:
        return self.read.__name__.replace("_", " ")

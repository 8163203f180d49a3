"""Choices that a hash makes."""

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import TypeVar

Option = TypeVar("Option")


def seed(title: str, author: str, version: int) -> bytes:
    """SHA-256 of version, title and author; how accents and capitals are written changes nothing."""
    key = unicodedata.normalize("NFC", f"{version}|{title}|{author}").casefold()
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()


class Chance:
    """A stream of choices, the same on every machine for the same seed.

    Its numbers are SHA-256 in counter mode: block n is the hash of the seed followed by n.
    """

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._blocks = 0
        self._bytes = b""

    def fraction(self) -> float:
        """A number from 0 up to, not including, 1, in steps of 1/65536."""
        if not self._bytes:
            self._bytes = hashlib.sha256(self._seed + self._blocks.to_bytes(4, "big")).digest()
            self._blocks += 1
        taken, self._bytes = self._bytes[:2], self._bytes[2:]
        return int.from_bytes(taken, "big") / 65_536

    def between(self, low: float, high: float) -> float:
        """A number from `low` up to `high`."""
        return low + (high - low) * self.fraction()

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.fraction() * (high - low + 1))

    def choice(self, options: Sequence[Option]) -> Option:
        """One of the options, each as likely."""
        return options[self.whole(0, len(options) - 1)]

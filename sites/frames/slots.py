"""Places in a drawn text where something of one person's comes to stand."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Mapping
from typing import Final

#: What every slot begins with in this process: digits, so that a slot may stand where addresses have
#: a number. Nobody can guess it, and it never leaves the process: nobody's text holds a slot.
_STEM: Final = str(secrets.randbelow(9 * 10**17) + 10**17)
_LENGTH: Final = 5  # digits of a slot's own number
_SPLIT: Final = re.compile(f"({_STEM}[0-9]{{{_LENGTH}}})")
_slots: Final[dict[str, Slot]] = {}
_by_digits: Final[dict[str, Slot]] = {}
_lock: Final = threading.Lock()


class Slot(str):
    """Stands for a text that is known when a page is filled. Templates write it as any text."""

    __slots__ = ("name",)
    name: str

    @property
    def in_words(self) -> Slot:
        """The slot for the same number of minutes as ``{{ minutes|duration }}`` writes it."""
        return slot(f"{self.name} in words")


def slot(name: str) -> Slot:
    """Give the slot of this name; ``name`` is one of the program's, of which there are hundreds."""
    with _lock:
        found = _slots.get(name)
        if found is None:
            found = Slot(f"{_STEM}{len(_slots):0{_LENGTH}d}")
            found.name = name
            _slots[name] = _by_digits[str(found)] = found
        return found


def split(text: str) -> list[bytes | Slot]:
    """Give a drawn text as what stays, and the slots between."""
    pieces: list[bytes | Slot] = []
    for place, piece in enumerate(_SPLIT.split(text)):
        if place % 2:
            pieces.append(_by_digits[piece])
        elif piece:
            pieces.append(piece.encode())
    return pieces


def fill(text: str, texts: Mapping[str, str]) -> str:
    """Give a drawn text with its slots filled by ``texts``, HTML by the slots' names."""
    return _SPLIT.sub(lambda found: texts[_by_digits[found[0]].name], text)

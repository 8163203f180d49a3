"""Keys of rows as addresses and forms have them."""

from __future__ import annotations

from typing import Final

#: Digits of a key: PostgreSQL's bigint has one more, of which some numbers are beyond it.
DIGITS: Final = 18


def row_key(typed: str) -> int | None:
    """Give the key that somebody's text names; None for what no row can have as its key."""
    # The length before the number: Python takes its time for a million digits, or refuses them.
    if not (typed.isascii() and typed.isdigit() and len(typed) <= DIGITS):
        return None
    return int(typed)

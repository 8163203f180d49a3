"""What a visitor typed, as PostgreSQL can be asked for it."""

from __future__ import annotations

import re
from typing import Final

#: ``websearch_to_tsquery`` takes each minus of a row for a "not" inside the one before, and raises an
#: error beyond 32 of them.
_DASHES: Final = re.compile(r"-(?:\s*-)+")


def askable(typed: str) -> str:
    """Give the words with every row of dashes as a blank: one minus excludes a word, several are a
    dash between words."""
    return _DASHES.sub(" ", typed)

"""Names and passwords of developers, as one variable of the environment carries them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

#: With twelve random characters and the limit on tries, guessing is hopeless.
SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 200
#: Each is compared at every request that carries one.
MOST_PEOPLE: Final = 50
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True)
class Credential:
    """One developer's."""

    name: str
    password: str = field(repr=False)


def credentials(value: str) -> list[Credential]:
    """Read ``name:password`` pairs, separated by spaces or new lines.

    Raises ``ValueError`` with a sentence that never repeats a password.
    """
    found: dict[str, Credential] = {}
    for position, pair in enumerate(value.split(), start=1):
        name, colon, password = pair.partition(":")
        if not colon or not _NAME.fullmatch(name):
            raise ValueError(
                f"must be name:password pairs, separated by spaces; pair {position} is none."
            )
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise ValueError(
                f"must have passwords of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; "
                f"that of {name} is not."
            )
        if name in found:
            raise ValueError(f"names {name} twice.")
        found[name] = Credential(name, password)
    if len(found) > MOST_PEOPLE:
        raise ValueError(f"must name at most {MOST_PEOPLE} people; it names {len(found)}.")
    return list(found.values())

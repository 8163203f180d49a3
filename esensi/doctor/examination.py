"""How parts are examined: one after another, each with a name, none able to stop the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was found of one part. ``is_well`` is None where it does not concern this environment;
    ``cure`` says what to do where it is not well."""

    part: str
    is_well: bool | None
    said: str
    cure: str = ""
    seconds: float = 0.0

    @property
    def mark(self) -> str:
        return {True: "OK", False: "FAIL", None: "–"}[self.is_well]


class Unwell(Exception):
    """A part does not work: what was seen, and the cure."""

    def __init__(self, said: str, cure: str) -> None:
        super().__init__(said)
        self.said, self.cure = said, cure


class NotHere(Exception):
    """A part does not concern this environment; the text says why."""


#: Gives what was seen. Raises ``Unwell`` or ``NotHere``.
Examine = Callable[[], str]


def examine(parts: Iterable[tuple[str, Examine]]) -> Iterator[Finding]:
    """Examine each part. What nobody foresaw is a finding, too: its type and first line are told."""
    for part, look in parts:
        started = time.perf_counter()
        try:
            found = Finding(part, True, look())
        except NotHere as reason:
            found = Finding(part, None, str(reason))
        except Unwell as fault:
            found = Finding(part, False, fault.said, fault.cure)
        except Exception as error:  # noqa: BLE001 - the doctor goes on to the next part
            lines = str(error).splitlines() or [""]
            said = f"{type(error).__name__}: {lines[0]}"
            found = Finding(part, False, said, "Nobody foresaw this: look at the whole error.")
        taken = time.perf_counter() - started
        yield Finding(found.part, found.is_well, found.said, found.cure, round(taken, 3))

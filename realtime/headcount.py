"""Who has one room open, as those in it are told: state first, then what has changed.

A page that is loaded again leaves and comes back within a second or two, and nobody is told. Pure: what
is so, and when, comes in; what is to be told goes out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

#: Seconds for which somebody who has gone is still counted: a slow page that is loaded again, or a page
#: whose instance restarts (client.js comes back within three, and has to connect).
LINGER: Final = 5.0
#: People who are named. Who reads a list of fifty reads no further; and each who comes or goes would
#: be told to each of the others, which is quadratic.
MOST_NAMED: Final = 50


@dataclass(frozen=True)
class Present:
    """Who is in a room by the tables: ``people`` by their keys, or None where they are more than are
    named; their ``number``; and how many connections visitors have."""

    people: frozenset[int] | None = frozenset()
    number: int = 0
    visitors: int = 0


@dataclass(frozen=True)
class Change:
    """What is to be told: the whole state where ``is_state``, else who came and left, and in any case
    how many there are."""

    count: int
    came: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    is_state: bool = False


@dataclass
class _Held:
    """A number that falls only after it has been lower for some time."""

    value: int = 0
    lower_since: float | None = None

    def follow(self, now_is: int, now: float, linger: float) -> None:
        if now_is >= self.value or (
            self.lower_since is not None and now - self.lower_since >= linger
        ):
            self.value, self.lower_since = now_is, None
        elif self.lower_since is None:
            self.lower_since = now


@dataclass
class Headcount:
    """One room's. ``linger`` is in seconds; all times are of one clock that never goes back."""

    linger: float = LINGER
    is_known: bool = False
    #: Who is shown, and since when they are gone who have gone; None where only the number is told.
    shown: dict[int, float | None] | None = field(default_factory=dict)
    _people: _Held = field(default_factory=_Held)
    _visitors: _Held = field(default_factory=_Held)
    _last: Present = Present()

    @property
    def count(self) -> int:
        people = self._people.value if self.shown is None else len(self.shown)
        return people + self._visitors.value

    @property
    def people(self) -> tuple[int, ...]:
        """Those who are shown, in the order in which they came."""
        return tuple(self.shown or ())

    def update(self, present: Present, now: float, *, at_once: bool = False) -> Change | None:
        """Follow the tables; give what is to be told, or None. Who has gone ``at_once`` (an instance
        that died has been silent for long) does not linger."""
        linger = 0.0 if at_once else self.linger
        before, was_known, was_named = self.count, self.is_known, self.shown is not None
        self._last, self.is_known = present, True
        for held, now_is in ((self._people, present.number), (self._visitors, present.visitors)):
            held.follow(now_is, now, linger)
            if at_once:
                held.value, held.lower_since = now_is, None
        came, left = self._follow_people(present.people, now, linger)
        if not was_known or was_named != (self.shown is not None):
            return Change(self.count, is_state=True)
        if came or left or self.count != before:
            return Change(self.count, came, left)
        return None

    def again(self, now: float) -> Change | None:
        """Let those go whose time has come, by what the tables said last."""
        return self.update(self._last, now)

    def due(self) -> float | None:
        """Give when somebody's time comes; None where everybody who is counted is there."""
        since = [gone for gone in (self.shown or {}).values() if gone is not None]
        since += [
            held.lower_since
            for held in (self._people, self._visitors)
            if held.lower_since is not None
        ]
        return min(since) + self.linger if since else None

    def _follow_people(
        self, people: frozenset[int] | None, now: float, linger: float
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        if people is None:
            self.shown = None
            return (), ()
        if self.shown is None:
            self.shown = dict.fromkeys(sorted(people))
            return (), ()
        came = tuple(sorted(people - self.shown.keys()))
        left = []
        for person, gone_since in list(self.shown.items()):
            if person in people:
                self.shown[person] = None
            elif linger <= 0 or (gone_since is not None and now - gone_since >= linger):
                del self.shown[person]
                left.append(person)
            elif gone_since is None:
                self.shown[person] = now
        self.shown.update(dict.fromkeys(came))
        return came, tuple(left)

"""``fly-replay``: an answer that has the edge ask another machine, in the fields that this house uses, and
what else may name a machine for a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from esensi.fleet.balance import RESTING, Candidate, Level, level
from esensi.fleet.flyfile import Limits

HEADER: Final = "fly-replay"
SOURCE: Final = "fly-replay-src"
MISSED: Final = "fly-preferred-instance-unavailable"
#: Bytes of a body; a longer request is refused by Fly's edge where it would have to be replayed.
LARGEST: Final = 1_000_000
#: Fields of Fly's that nothing here sends.
_NOT_REHEARSED: Final = frozenset({"app", "timeout", "fallback"})


class Unplayable(Exception):
    """A request that an instance wants elsewhere, and that the edge does not lead there."""


class BadReplay(Unplayable):
    """The header has a field that Fly does not know, or that is not rehearsed here."""


class TooLong(Unplayable):
    """The body is longer than what can be replayed."""


class ReplayedBefore(Unplayable):
    """The request has been replayed once: this would be a loop."""


class NoSuchMachine(Unplayable):
    """Nobody fits what was asked for, and there is no other way."""


@dataclass(frozen=True)
class Wish:
    """Whom a request is for. ``instance`` and ``region`` know no other way, ``preferred`` and
    ``near_region`` do; ``besides`` is who has sent it away."""

    instance: str = ""
    preferred: str = ""
    region: str = ""
    near_region: str = ""
    besides: str = ""
    state: str = ""


def parse(value: str, *, sent_by: str) -> Wish:
    """Read the header's value, which the machine ``sent_by`` has answered. Raises ``BadReplay``."""
    fields: dict[str, str] = {}
    for part in value.split(";"):
        name, separator, said = part.strip().partition("=")
        if not separator or name in fields:
            raise BadReplay(f"fly-replay: {value!r} is not a list of fields.")
        fields[name] = said.strip('"')
    if found := _NOT_REHEARSED & set(fields):
        raise BadReplay(f"fly-replay: the field {', '.join(sorted(found))} is not rehearsed here.")
    known = {"instance", "prefer_instance", "region", "elsewhere", "state"}
    if unknown := set(fields) - known:
        raise BadReplay(f"fly-replay: there is no field {', '.join(sorted(unknown))}.")
    return Wish(
        instance=fields.get("instance", ""),
        preferred=fields.get("prefer_instance", ""),
        region=fields.get("region", ""),
        besides=sent_by if fields.get("elsewhere") == "true" else "",
        state=fields.get("state", ""),
    )


def wish_of(headers: Mapping[str, str]) -> Wish:
    """Read what a client asks for by headers; no browser can set them for a WebSocket."""
    return Wish(
        instance=headers.get("fly-force-instance-id", ""),
        preferred=headers.get("fly-prefer-instance-id", ""),
        region=headers.get("fly-force-region", ""),
        near_region=headers.get("fly-prefer-region", ""),
    )


def check(*, size: int | None, was_replayed: bool) -> None:
    """Raise ``ReplayedBefore`` or ``TooLong`` where a request is not replayed; ``size`` is the body's in
    bytes, None where it is longer than the edge has kept."""
    if was_replayed:
        raise ReplayedBefore(
            "fly-replay: the request has been replayed once; a second time is a loop."
        )
    if size is None or size > LARGEST:
        raise TooLong(f"fly-replay: a body over {LARGEST} bytes is not replayed.")


def source(machine: str, region: str, *, at: float, state: str = "") -> str:
    """Give ``fly-replay-src`` for the next machine; ``at`` in seconds since 1970, told in microseconds."""
    fields = [f"instance={machine}", f"region={region}", f"t={round(at * 1_000_000)}"]
    return ";".join([*fields, *([f"state={state}"] if state else [])])


def narrow(
    candidates: Sequence[Candidate], wish: Wish, limits: Limits
) -> tuple[list[Candidate], dict[str, str]]:
    """Give the machines among which a request may choose, and headers that tell the next what was missed.

    Raises ``NoSuchMachine``.
    """
    left = [one for one in candidates if one.id != wish.besides]
    if wish.instance:
        left = [one for one in left if one.id == wish.instance]
    if wish.region:
        left = [one for one in left if one.region in wish.region.split(",")]
    if not left:
        raise NoSuchMachine(f"There is no machine for {_said(wish)}.")
    if wish.near_region:
        left = [one for one in left if one.region == wish.near_region] or left
    if not wish.preferred:
        return left, {}
    found = [one for one in left if one.id == wish.preferred and _can_take(one, limits)]
    return (found, {}) if found else (left, {MISSED: wish.preferred})


def _can_take(one: Candidate, limits: Limits) -> bool:
    is_open = one.is_open and level(one.load, limits) is not Level.FULL
    return is_open or (one.is_led_to and one.state in RESTING)


def _said(wish: Wish) -> str:
    asked = {"instance": wish.instance, "region": wish.region, "elsewhere than": wish.besides}
    return ", ".join(f"{name} {value}" for name, value in asked.items() if value) or "this request"

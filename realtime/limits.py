"""How much one client may have and do; ``settings.REALTIME`` may say otherwise."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from realtime.configuration import BadConfiguration


@dataclass(frozen=True)
class Limits:
    """Each is a key of ``settings.REALTIME``, in capitals (``SOCKETS_PER_USER``).

    The reasons stand beside the numbers; ``docs/realtime/limits.md`` lists them.
    """

    #: A person with two devices and a dozen tabs each has 24; more is a program.
    sockets_per_user: int = 40
    #: A school class, an office or a mobile carrier's gateway comes from one address.
    sockets_per_address: int = 400
    #: A page is in four or five rooms (oneself, a book, a chapter, a desk, operations).
    rooms_per_socket: int = 20
    #: A page says something when a person does: a place kept every few seconds, "writing" twice a
    #: second. Of a join each room counts: it costs questions to the database.
    frames_per_second: float = 10.0
    #: Frames that may come at once: a page that opens, or joins again after a night.
    frame_burst: int = 40
    #: Bytes. The largest frame that is of use joins 20 rooms with positions: 4,000.
    frame_bytes: int = 16_384
    #: Frames that are not of the protocol before the socket is closed: one is a client that is newer
    #: than the server, ten are no client.
    malformed_frames: int = 10
    #: Messages that wait for one slow reader. The texts are shared by all readers of a room.
    queued_messages: int = 1_000
    #: Characters of them: what one reader can hold up, beside 64 KB in the server's own buffer.
    queued_characters: int = 1_000_000
    #: What one address may say over HTTP in a second, and at once, where it has no socket.
    says_per_second: float = 10.0
    say_burst: int = 40

    @classmethod
    def configured(cls) -> Limits:
        """Read ``settings.REALTIME``. Raises ``BadConfiguration``."""
        from django.conf import settings

        given: dict[str, Any] = dict(getattr(settings, "REALTIME", {}))
        known = {field.name.upper(): field.name for field in fields(cls)}
        limits = {known[key]: value for key, value in given.items() if key in known}
        for name, value in limits.items():
            if not isinstance(value, int | float) or not value > 0:
                raise BadConfiguration(
                    f"REALTIME[{name.upper()!r}] must be a number over 0; it is {value!r}."
                )
        return cls(**limits)


class Bucket:
    """A token bucket: ``rate`` a second, ``burst`` at once. ``now`` is in seconds, never going back."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = float(burst), now

    def take(self, now: float, number: int = 1) -> bool:
        """Take so many tokens, or none; whether they were there."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < number:
            return False
        self._tokens -= number
        return True

    def is_full(self, now: float) -> bool:
        """Has nothing been taken that would still count?"""
        return self._tokens + (now - self._at) * self._rate >= self._burst

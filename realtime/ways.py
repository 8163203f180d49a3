"""How the instances of a project live together; ``settings.REALTIME`` may say otherwise."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

from realtime.configuration import BadConfiguration

AFFINITIES: Final = ("none", "room")


@dataclass(frozen=True)
class Ways:
    """Each is a key of ``settings.REALTIME``, in capitals. Times are in seconds.

    ``machine``, ``region`` and ``version`` say where this one runs; a machine without a name gets one
    by chance. ``replays`` says that an edge stands in front that obeys ``fly-replay``.
    """

    machine: str = ""
    region: str = ""
    version: str = ""
    replays: bool = False
    #: "room" leads those who name the same room in their handshake to the same instance.
    affinity: str = "none"
    #: Sockets from which an instance sends others elsewhere: what one process was measured to hold.
    full_at: int = 5_000
    #: How often an instance says that it lives, and after how long it is dead. Three signs of life may be
    #: lost: one that is busy, or cut off for a moment, stays.
    heartbeat: float = 5.0
    silent_for: float = 20.0
    #: How often each looks for others that are dead.
    sweep_every: float = 5.0
    #: Over which sockets are closed before the process ends. Fly kills after fly.toml's kill_timeout,
    #: and requests need some of that too.
    drain_seconds: float = 3.0

    @classmethod
    def configured(cls) -> Ways:
        """Read ``settings.REALTIME``. Raises ``BadConfiguration``."""
        from django.conf import settings

        given: dict[str, Any] = dict(getattr(settings, "REALTIME", {}))
        known = {one.name.upper(): one.name for one in fields(cls)}
        ways = cls(**{known[key]: value for key, value in given.items() if key in known})
        for name in ("full_at", "heartbeat", "silent_for", "sweep_every", "drain_seconds"):
            value = getattr(ways, name)
            if not isinstance(value, int | float) or value < 0:
                raise BadConfiguration(
                    f"REALTIME[{name.upper()!r}] must be a number of at least 0; it is {value!r}."
                )
        if ways.affinity not in AFFINITIES:
            raise BadConfiguration(
                f"REALTIME['AFFINITY'] is {ways.affinity!r}, and not one of {', '.join(AFFINITIES)}."
            )
        if ways.silent_for <= 2 * ways.heartbeat:
            raise BadConfiguration(
                "REALTIME['SILENT_FOR'] must be more than two heartbeats, or the living are swept."
            )
        return ways

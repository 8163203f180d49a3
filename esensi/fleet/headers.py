"""What Fly's edge adds to requests and answers, and what it takes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from esensi.fleet.replay import HEADER, MISSED, SOURCE

Pairs = list[tuple[str, str]]
#: Of one connection alone (RFC 9110, section 7.6.1).
HOP_BY_HOP: Final = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer"),
        *("transfer-encoding", "upgrade", "proxy-connection"),
    }
)
#: The edge's own, whatever a client wrote there; X-Forwarded-For is added to instead.
OWN: Final = frozenset(
    {
        *("fly-client-ip", "fly-forwarded-port", "fly-region", "x-forwarded-proto"),
        *("x-forwarded-port", "x-forwarded-ssl", "fly-request-id", SOURCE, MISSED),
    }
)
VIA: Final = "fly.io"


@dataclass(frozen=True)
class Came:
    """How a request came in: from ``client``, over TLS or not, to ``port`` of the edge in ``region``;
    ``address`` is the app's own."""

    client: str
    is_secure: bool
    port: int
    region: str
    address: str
    id: str


def to_app(given: Iterable[tuple[str, str]], came: Came) -> Pairs:
    """Give the headers of a request as an instance gets them."""
    kept, forwarded, via = [], [], []
    for name, value in given:
        if name.lower() == "x-forwarded-for":
            forwarded.append(value)
        elif name.lower() == "via":
            via.append(value)
        elif name.lower() not in HOP_BY_HOP | OWN:
            kept.append((name, value))
    scheme = "https" if came.is_secure else "http"
    return [
        *kept,
        ("Fly-Client-IP", came.client),
        ("Fly-Forwarded-Port", str(came.port)),
        ("Fly-Region", came.region),
        ("Fly-Request-Id", came.id),
        # The rightmost is the app's own address: who counts from the right counts one too few.
        ("X-Forwarded-For", ", ".join([*forwarded, came.client, came.address])),
        ("X-Forwarded-Proto", scheme),
        ("X-Forwarded-Port", str(came.port)),
        ("X-Forwarded-SSL", "on" if came.is_secure else "off"),
        ("Via", ", ".join([*via, f"1.1 {VIA}"])),
    ]


def to_client(given: Iterable[tuple[str, str]], came: Came) -> Pairs:
    """Give the headers of an answer as a client gets them."""
    dropped = HOP_BY_HOP | {"server", "via", HEADER, "fly-request-id"}
    kept = [(name, value) for name, value in given if name.lower() not in dropped]
    return [*kept, ("Server", "Fly"), ("Via", f"1.1 {VIA}"), ("Fly-Request-Id", came.id)]

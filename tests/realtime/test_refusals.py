"""Every connection that is refused is counted, with its reason."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from esensi.sockets import refuse_unsafe
from realtime import metrics, socket
from realtime.errors import NotConnected
from realtime.reception import Door, Reception
from realtime.socket import Sockets
from realtime.sse import EventStreams

ORIGIN = "https://here.test"
HOSTS: dict[bytes, str | int] = {b"here.test": "main", b"elsewhere.test": 400, b"old.test": 421}
DOOR = Door(
    host_of=lambda scope: HOSTS[dict(scope["headers"])[b"host"]],
    origins=(ORIGIN,),
    network_of=lambda scope: "192.0.2.1",
)


@pytest.fixture(autouse=True)
def nobody_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "_hosts", {})


@pytest.fixture
def _no_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def here(_door: Door) -> Reception:
        raise NotConnected("PostgreSQL is away.")

    monkeypatch.setattr(Reception, "here", here)


async def status_of(app: Any, kind: str, path: str, **headers: str) -> int:
    """Ask as a browser does; the status of the answer."""
    said: list[dict[str, Any]] = []
    given = {"host": "here.test", "origin": ORIGIN, **headers}
    scope = {
        "type": kind,
        "method": "GET",
        "path": path.partition("?")[0],
        "query_string": path.partition("?")[2].encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "extensions": {"websocket.http.response": {}},
    }

    async def receive() -> dict[str, Any]:
        return {"type": f"{kind}.connect"}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    await app(scope, receive, send)
    return int(said[0]["status"])


def counted() -> Counter[str]:
    return Counter({why: number for (why,), number in metrics.REFUSED.values().items()})


@pytest.mark.parametrize(
    ("path", "headers", "status", "why"),
    [
        ("/realtime/", {"host": "elsewhere.test"}, 400, "unknown-host"),
        ("/realtime/", {"host": "old.test"}, 421, "unknown-host"),
        ("/realtime/", {"origin": "https://evil.example"}, 403, "foreign-origin"),
        ("/realtime/", {"origin": ""}, 403, "foreign-origin"),
        ("/realtime", {}, 404, "no-such-path"),
        ("/realtime/", {}, 503, "unavailable"),
    ],
)
@pytest.mark.usefixtures("_no_layer")
async def test_handshakes(path: str, headers: dict[str, str], status: int, why: str) -> None:
    before = counted()
    assert await status_of(Sockets(DOOR), "websocket", path, **headers) == status
    assert counted() - before == {why: 1}


async def test_handshakes_without_tls() -> None:
    before = counted()
    assert await status_of(refuse_unsafe, "websocket", "/realtime/") == 403
    assert counted() - before == {"without-tls": 1}


@pytest.mark.parametrize(
    ("join", "headers", "status", "why"),
    [
        ("1", {}, 400, "malformed"),
        ('[{"room":"book.1"}]', {"host": "old.test"}, 421, "unknown-host"),
        ('[{"room":"book.1"}]', {"origin": "https://evil.example"}, 403, "foreign-origin"),
        (
            '[{"room":"book.1"}]',
            {"origin": "", "sec-fetch-site": "cross-site"},
            403,
            "foreign-origin",
        ),
        ('[{"room":"book.1"}]', {}, 503, "unavailable"),
    ],
)
@pytest.mark.usefixtures("_no_layer")
async def test_event_streams(join: str, headers: dict[str, str], status: int, why: str) -> None:
    async def nothing_else(*_given: Any) -> None:
        raise AssertionError("It is an event stream.")

    before = counted()
    streams = EventStreams(nothing_else, DOOR)
    path = f"/realtime/events/?join={join}"
    assert await status_of(streams, "http", path, **headers) == status
    assert counted() - before == {why: 1}

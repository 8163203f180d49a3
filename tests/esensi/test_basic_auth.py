"""The door of development: who knocks how, over every protocol, and what opens."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError

from esensi.basic_auth import COOKIE_AGE, LONGEST_LINE, BasicAuth, Door
from esensi.credentials import Credential
from tests.sites.doors_probe import http_scope

PEOPLE = [Credential("ratih", "saltwater-lamp"), Credential("bima", "pagi:öffnet-nie")]
DOOR = Door("__Secure-x-door", "esensi.online", True, lambda scope: "192.0.2.1")
EXTENSION = {"websocket.http.response": {}}


class Tries:
    """Counts in memory; ``wait`` is the answer to the next one."""

    def __init__(self, wait: int | None = None) -> None:
        self.wait, self.taken, self.given_back = wait, 0, 0

    def take(self, network: str) -> int | None:
        assert network == "192.0.2.1"
        self.taken += 1
        return self.wait

    def give_back(self, network: str) -> None:
        self.given_back += 1


class Inside:
    """What stands behind the door: remembers what reached it."""

    def __init__(self) -> None:
        self.scopes: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"inside"})


async def unsafe(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 301, "headers": []})


def basic(words: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(words.encode()).decode()}


def behind(inside: Inside, tries: Any = None, door: Door = DOOR) -> BasicAuth:
    return BasicAuth(inside, credentials=PEOPLE, door=door, tries=tries or Tries(), unsafe=unsafe)


async def knock(
    app: Any, path: str = "/", *, kind: str = "http", method: str = "GET", **headers: str
) -> list[dict[str, Any]]:
    """One request or handshake; everything that was sent."""
    sent: list[dict[str, Any]] = []
    proto = {"x_forwarded_proto": "https"}
    scope = http_scope("main-dev.esensi.online", path, method, proto | headers)
    if kind == "websocket":
        del scope["method"]
        scope |= {"type": "websocket", "extensions": EXTENSION}

    async def receive() -> dict[str, Any]:
        return {"type": f"{kind}.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent


def headers_of(message: dict[str, Any]) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in message["headers"]}


PATHS = ("/", "/static/house.css", "/media/covers/a.svg", "/realtime/events/", "/readyz", "/%00")
NOT_KNOCKING = {
    "nothing": {},
    "a wrong password": basic("ratih:saltwater-lamb"),
    "another's password": basic("ratih:pagi:öffnet-nie"),
    "an unknown name": basic("rasmus:saltwater-lamp"),
    "no colon": basic("ratihsaltwater-lamp"),
    "nothing in it": basic(""),
    "only a colon": basic(":"),
    "another scheme": {"authorization": basic("ratih:saltwater-lamp")["authorization"][6:]},
    "a bearer": {"authorization": "Bearer " + "a" * 40},
    "no base64": {"authorization": "Basic %%%"},
    "base64 in pieces": {"authorization": "Basic cmF0 aWg6c2FsdHdhdGVyLWxhbXA="},
    "no UTF-8": {"authorization": "Basic /////w=="},
    "a null byte": basic("ratih:saltwater-lamp\0"),
    "a blank behind": basic("ratih:saltwater-lamp "),
    "a huge one": basic("ratih:" + "saltwater-lamp" * 5_000),
    "a cookie of nobody": {"cookie": "__Secure-x-door=1:2:3"},
    "an empty cookie": {"cookie": "__Secure-x-door="},
    "a huge cookie": {"cookie": "__Secure-x-door=" + "a:" * 30_000},
}


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("how", NOT_KNOCKING)
@pytest.mark.parametrize("path", PATHS)
async def test_nobody_enters_without_a_right_password(path: str, how: str, kind: str) -> None:
    inside = Inside()
    start, *rest = await knock(behind(inside), path, kind=kind, **NOT_KNOCKING[how])
    assert not inside.scopes
    assert start["status"] == 401
    assert start["type"].startswith("websocket." if kind == "websocket" else "http.")
    headers = headers_of(start)
    assert headers["www-authenticate"].startswith("Basic realm=")
    assert headers["x-robots-tag"] == "noindex"
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers
    assert b"developer" in rest[0]["body"]


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "PUT", "TRACE", "HEAD"])
async def test_every_method_knocks(method: str) -> None:
    inside = Inside()
    sent = await knock(behind(inside), method=method)
    assert (sent[0]["status"], inside.scopes) == (401, [])
    assert bool(sent[1]["body"]) == (method != "HEAD")


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
@pytest.mark.parametrize("words", ["ratih:saltwater-lamp", "bima:pagi:öffnet-nie"])
async def test_a_right_password_opens_and_goes_no_further(words: str, scheme: str) -> None:
    inside, tries = Inside(), Tries()
    given = basic(words)["authorization"].replace("Basic", scheme)
    start, body = await knock(behind(inside, tries), authorization=given)
    assert (start["status"], body["body"]) == (200, b"inside")
    assert b"authorization" not in dict(inside.scopes[0]["headers"])
    assert (tries.taken, tries.given_back) == (1, 1)
    assert headers_of(start)["x-robots-tag"] == "noindex"


async def cookie_of(app: BasicAuth, kind: str = "http") -> str:
    sent = await knock(app, kind=kind, **basic("bima:pagi:öffnet-nie"))
    line = headers_of(sent[0])["set-cookie"]
    for part in ("Domain=esensi.online", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"):
        assert part in line.split("; ")
    assert f"Max-Age={COOKIE_AGE}" in line
    return line.partition(";")[0]


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_one_sign_in_opens_every_host_and_socket_by_a_cookie(kind: str) -> None:
    inside, tries = Inside(), Tries()
    cookie = await cookie_of(behind(inside, tries))
    start, *_rest = await knock(behind(inside, tries), kind=kind, cookie=f"a=b; {cookie}; c=d")
    assert start["type"] in ("http.response.start", "websocket.accept")
    assert len(inside.scopes) == 2
    assert tries.taken == 1  # a cookie is no try
    assert "set-cookie" not in headers_of({"headers": start.get("headers", [])})


async def test_a_cookie_that_was_altered_is_old_or_of_a_changed_password_opens_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside = Inside()
    app = behind(inside)
    cookie = await cookie_of(app)
    inside.scopes.clear()
    name, _equals, value = cookie.partition("=")
    for position in range(0, len(value), 7):
        other = "a" if value[position] != "a" else "b"
        altered = value[:position] + other + value[position + 1 :]
        assert (await knock(app, cookie=f"{name}={altered}"))[0]["status"] == 401
    changed = [PEOPLE[0], replace(PEOPLE[1], password="another-morning")]
    moved = BasicAuth(inside, credentials=changed, door=DOOR, tries=Tries(), unsafe=unsafe)
    assert (await knock(moved, cookie=cookie))[0]["status"] == 401
    monkeypatch.setattr("esensi.basic_auth.COOKIE_AGE", -1)
    assert (await knock(app, cookie=cookie))[0]["status"] == 401
    assert not inside.scopes


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_after_too_many_tries_even_the_right_password_waits(kind: str) -> None:
    inside = Inside()
    app = behind(inside, Tries(wait=77))
    start, body = await knock(app, kind=kind, **basic("ratih:saltwater-lamp"))
    assert (start["status"], headers_of(start)["retry-after"]) == (429, "77")
    assert b"77 seconds" in body["body"]
    assert not inside.scopes


async def test_without_its_database_the_door_stays_shut() -> None:
    class Away(Tries):
        def take(self, network: str) -> int | None:
            raise OperationalError

    inside = Inside()
    start, _body = await knock(behind(inside, Away()), **basic("ratih:saltwater-lamp"))
    assert (start["status"], inside.scopes) == (503, [])


async def test_a_crowd_at_the_door_is_sent_away() -> None:
    app = behind(Inside(), Tries())
    lock = app._line.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    async with lock:
        waiting = [
            asyncio.ensure_future(knock(app, **basic("ratih:saltwater-lamp")))
            for _ in range(LONGEST_LINE)
        ]
        await asyncio.sleep(0)
        start, _body = await knock(app, **basic("ratih:saltwater-lamp"))
        assert (start["status"], headers_of(start)["retry-after"]) == (503, "5")
    assert {sent[0]["status"] for sent in await asyncio.gather(*waiting)} == {200}


async def test_nobody_is_asked_for_a_password_that_others_could_read() -> None:
    inside = Inside()
    sent = await knock(behind(inside), x_forwarded_proto="http", **basic("ratih:saltwater-lamp"))
    assert (sent[0]["status"], inside.scopes) == (301, [])
    local = behind(inside, door=replace(DOOR, secure=False))
    sent = await knock(local, x_forwarded_proto="http", **basic("ratih:saltwater-lamp"))
    assert sent[0]["status"] == 200


@pytest.mark.parametrize(
    "said", ["https,http", "https, https", "https,", "HTTPS", "http,https", ""]
)
async def test_what_is_not_plainly_tls_looks_so_to_nobody_else(said: str) -> None:
    inside, led = Inside(), Inside()
    app = BasicAuth(inside, credentials=PEOPLE, door=DOOR, tries=Tries(), unsafe=led)
    await knock(app, x_forwarded_proto=said)
    assert not inside.scopes
    assert b"x-forwarded-proto" not in dict(led.scopes[0]["headers"])


async def test_a_server_that_cannot_refuse_in_words_closes_the_socket() -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "headers": [(b"x-forwarded-proto", b"https")], "path": "/"}
    await behind(Inside())(scope, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]

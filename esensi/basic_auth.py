"""The door of development: a name and a password before anything else, over HTTP, WebSocket and SSE.

Browsers ask once for each host and send no password with a socket: whoever has given a right one gets
a signed cookie on the parent domain, which opens all five hosts for ``COOKIE_AGE``.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from django.core.signing import BadSignature, TimestampSigner
from django.db import DatabaseError
from django.http.cookie import SimpleCookie, parse_cookie
from django.utils.crypto import salted_hmac

from esensi.asgi_types import App, Message, Receive, Scope, Send, header
from esensi.credentials import Credential

#: Seconds: a week of work. A changed password ends the cookies that it gave at once.
COOKIE_AGE: Final = 7 * 24 * 3600
#: Wrong passwords from one network; at this pace the shortest that is allowed takes longer than the
#: house will stand, and a person who mistypes has tries to spare.
TRIES, TRIES_WINDOW = 20, timedelta(minutes=10)
#: Bytes of an Authorization header: the longest name and password, as base64, and more.
LONGEST_HEADER: Final = 1024
#: Passwords that may wait to be looked at; they are, one after another.
LONGEST_LINE: Final = 50
_SAFE: Final = ("https", "wss")
_HEADERS: Final = [
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-robots-tag", b"noindex"),
    (b"x-content-type-options", b"nosniff"),
]


class Tries(Protocol):
    """Counts wrong passwords, for all instances together."""

    def take(self, network: str) -> int | None:
        """Count one; seconds to wait where it was one too many."""

    def give_back(self, network: str) -> None:
        """That one was right."""


@dataclass(frozen=True)
class Door:
    """How the cookie is named and where it holds; ``network_of`` says whence a connection comes."""

    cookie: str
    domain: str
    secure: bool
    network_of: Callable[[Scope], str]


@dataclass(frozen=True)
class _Refusal:
    status: int
    sentence: str
    header: tuple[bytes, bytes]


_ASK: Final = _Refusal(
    401,
    "This is where Esensi is tried out. Sign in with the name and password of a developer.",
    (b"www-authenticate", b'Basic realm="Esensi, development", charset="UTF-8"'),
)
_AWAY: Final = _Refusal(
    503, "The database does not answer. Try again in a moment.", (b"retry-after", b"5")
)
_CROWD: Final = _Refusal(
    503, "Too many people sign in at this moment. Try again.", (b"retry-after", b"5")
)


class BasicAuth:
    """Lead to ``app`` whoever has one of ``credentials``, and refuse all others.

    ``unsafe`` answers requests that came without TLS where ``door.secure`` (it redirects): nobody is
    asked for a password that others could read. Every answer tells search engines to stay away.
    """

    def __init__(
        self, app: App, *, credentials: list[Credential], door: Door, tries: Tries, unsafe: App
    ) -> None:
        self._app, self._unsafe = app, unsafe
        self._door, self._tries = door, tries
        self._keys = [_key(one.name, one.password) for one in credentials]
        self._signer = TimestampSigner(salt="esensi.basic_auth")
        self._line: dict[asyncio.AbstractEventLoop, asyncio.Lock] = {}
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._door.secure and header(scope, b"x-forwarded-proto") not in _SAFE:
            await self._unsafe(_without(b"x-forwarded-proto", scope), receive, send)
            return
        if self._has_cookie(scope):
            await self._app(_without(b"authorization", scope), receive, _hidden(send))
            return
        answer = await self._try(scope)
        if isinstance(answer, _Refusal):
            await _refuse(answer, scope, receive, send)
            return
        inside = _without(b"authorization", scope)
        await self._app(inside, receive, _hidden(self._with_cookie(send, answer)))

    def _has_cookie(self, scope: Scope) -> bool:
        value = parse_cookie(header(scope, b"cookie")).get(self._door.cookie, "")
        try:
            key = self._signer.unsign(value, max_age=COOKIE_AGE)
        except BadSignature:
            return False
        return _one_of(key, self._keys)

    async def _try(self, scope: Scope) -> str | _Refusal:
        """Give the key of the credential that the header carries, or why it opens nothing."""
        given = header(scope, b"authorization")
        if not given:
            return _ASK
        if self._waiting >= LONGEST_LINE:
            return _CROWD
        loop = asyncio.get_running_loop()
        lock = self._line.setdefault(loop, asyncio.Lock())
        self._waiting += 1
        try:
            async with lock:
                return await self._look(given, self._door.network_of(scope))
        finally:
            self._waiting -= 1

    async def _look(self, given: str, network: str) -> str | _Refusal:
        # Counted before it is looked at: a right guess after too many wrong ones opens nothing.
        try:
            wait = await asyncio.to_thread(self._tries.take, network)
        except DatabaseError:
            return _AWAY
        if wait is not None:
            sentence = f"That was tried too often. Try again in {wait} seconds."
            return _Refusal(429, sentence, (b"retry-after", str(wait).encode()))
        key = _given_key(given)
        if not _one_of(key, self._keys):
            return _ASK
        with suppress(DatabaseError):  # one try fewer, and the door opens all the same
            await asyncio.to_thread(self._tries.give_back, network)
        return key

    def _with_cookie(self, send: Send, key: str) -> Send:
        cookie = SimpleCookie({self._door.cookie: self._signer.sign(key)})
        morsel = cookie[self._door.cookie]
        morsel.update(
            {
                "domain": self._door.domain,
                "path": "/",
                "max-age": str(COOKIE_AGE),
                "samesite": "Lax",
            }
        )
        morsel["httponly"], morsel["secure"] = True, self._door.secure
        line = (b"set-cookie", morsel.OutputString().encode("ascii"))

        async def with_cookie(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                message = {**message, "headers": [*message.get("headers", []), line]}
            await send(message)

        return with_cookie


def _key(name: str, password: str) -> str:
    # With a key of ours: a cookie that is seen by others is no means to guess the password.
    return salted_hmac("esensi.basic_auth", f"{name}:{password}", algorithm="sha256").hexdigest()


def _given_key(given: str) -> str:
    """Give the key of what an Authorization header carries; nothing for one that is malformed."""
    scheme, _space, encoded = given.partition(" ")
    if scheme.lower() != "basic" or len(given) > LONGEST_HEADER:
        return ""
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return _key(name.decode(), password.decode()) if colon else ""
    except (binascii.Error, ValueError):
        return ""


def _one_of(key: str, keys: list[str]) -> bool:
    """Is ``key`` among ``keys``? Takes the same time whichever it is."""
    # A sum: every one is compared, and not only those up to the right one.
    return sum(hmac.compare_digest(key.encode(), one.encode()) for one in keys) > 0


def _without(name: bytes, scope: Scope) -> Scope:
    """Give a scope without one header.

    Nothing behind the door needs the password, or could write it down. And what came without TLS is
    to look so to everybody: Django reads "https, http" as https, and would show its pages.
    """
    return {**scope, "headers": [(key, value) for key, value in scope["headers"] if key != name]}


def _hidden(send: Send) -> Send:
    async def hidden(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name.lower() for name, _value in message.get("headers", [])}
            if b"x-robots-tag" not in names:
                line = (b"x-robots-tag", b"noindex")
                message = {**message, "headers": [*message.get("headers", []), line]}
        await send(message)

    return hidden


async def _refuse(refusal: _Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer in the words of the protocol that was spoken."""
    body = b"" if scope.get("method") == "HEAD" else f"{refusal.sentence}\n".encode()
    headers = [*_HEADERS, refusal.header]
    kind = "http.response"
    if scope["type"] == "websocket":
        await receive()  # websocket.connect: only then may the handshake be answered
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008})
            return
        kind = "websocket.http.response"
    await send({"type": f"{kind}.start", "status": refusal.status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})

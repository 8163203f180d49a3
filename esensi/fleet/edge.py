"""The edge: takes every request and leads it to a machine, by the rules beside this file. aiohttp does
the proxying."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from esensi.fleet import replay
from esensi.fleet.balance import choose
from esensi.fleet.bodies import Body
from esensi.fleet.flyfile import FlyFile
from esensi.fleet.headers import Came, to_app, to_client
from esensi.fleet.lines import BadHandshake, Tunnel, dial, is_handshake
from esensi.fleet.machine import ADDRESS, Bell, Machine
from esensi.fleet.passing import ask, noting_what_is_sent, pass_on
from esensi.fleet.replay import Wish

#: Seconds for which a request waits for a machine that can take it; Fly names no number.
PATIENCE: Final = 30.0
#: Seconds after which another machine is chosen for one that refuses connections, and looks alive.
TRY_AGAIN: Final = 0.05
LOST: Final = "The machine ended before it had answered."


class Refused(Exception):
    """A request that no machine answers, and the status that the edge answers with."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Place:
    """Where an edge stands. ``names`` are those with a certificate; others are led nowhere. What comes in
    counts as having come over TLS where ``is_secure``."""

    region: str
    names: frozenset[str]
    is_secure: bool = False
    patience: float = PATIENCE


class Edge:
    """``machines`` are asked for at every request; ``start`` begins to start one, and marks it."""

    def __init__(
        self,
        app: FlyFile,
        place: Place,
        *,
        machines: Callable[[], Sequence[Machine]],
        start: Callable[[Machine], None],
        bell: Bell,
    ) -> None:
        self._app, self._place = app, place
        self._machines, self._start, self._bell = machines, start, bell
        self._chance = random.Random()  # noqa: S311 - not a secret
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.ServerRunner | None = None
        #: How many answers of each status it has given, and how many replays it has led.
        self.answers: Counter[int] = Counter()
        self.replays = 0
        self.port = 0

    async def open(self, port: int = 0) -> None:
        """Take requests on this machine. Raises OSError where the port is taken."""
        self._session = aiohttp.ClientSession(
            connector=_connector(is_pooled=self._app.service.limits.kind == "requests"),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5.0),
            auto_decompress=False,
            trace_configs=[noting_what_is_sent()],
            skip_auto_headers={"User-Agent", "Accept", "Accept-Encoding", "Content-Type"},
        )
        server = web.Server(self.handle, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, ADDRESS, port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        if self._runner:
            await self._runner.cleanup()
        if self._session:
            await self._session.close()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request by a machine's answer, or say why there is none."""
        try:
            response = await self._lead(request)
        except Refused as error:
            response = web.Response(status=error.status, text=f"{error}\n")
        self.answers[response.status] += 1
        return response

    async def _lead(self, request: web.BaseRequest) -> web.StreamResponse:
        if _name(request) not in self._place.names:
            raise Refused(404, "This edge has no certificate for that name.")
        came, body = self._came(request), Body(request)
        asking = _Asking(replay.wish_of(request.headers), self._until())
        while True:
            machine = await self._find(asking)
            with self._busy(machine):
                try:
                    found = await self._answer(machine, request, came, asking, body)
                except aiohttp.ClientConnectorError as error:
                    if body.is_sent:
                        raise Refused(502, LOST) from error
                    await asyncio.sleep(TRY_AGAIN)
                    continue
                except (aiohttp.ClientError, ConnectionError) as error:
                    raise Refused(502, LOST) from error
            if isinstance(found, web.StreamResponse):
                return found
            self._send_on(found, machine, asking, body)

    async def _answer(
        self,
        machine: Machine,
        request: web.BaseRequest,
        came: Came,
        asking: _Asking,
        body: Body,
    ) -> web.StreamResponse | str:
        """Give the answer that the client has had, or the value of ``fly-replay``."""
        session = self._session
        if session is None:
            raise Refused(503, "The edge is closed.")
        headers = [*to_app(request.headers.items(), came), *asking.told.items()]
        address = f"http://{ADDRESS}:{machine.port}{request.raw_path}"
        if is_handshake(request):
            try:
                up = await dial(session, address, headers)
            except BadHandshake as error:
                if value := error.headers.get(replay.HEADER):
                    return value
                told = to_client(error.headers.items(), came)
                return web.Response(status=error.status, headers=CIMultiDict(told))
            return await Tunnel(request, up, machine.lines).run()
        async with ask(session, request, address, headers, body) as answer:
            if value := answer.headers.get(replay.HEADER):
                return value
            return await pass_on(request, answer, to_client(answer.headers.items(), came))

    async def _find(self, asking: _Asking) -> Machine:
        """Wait for a machine that takes the request; it is counted there from now on."""
        limits = self._app.service.limits
        while (left := asking.until - time.monotonic()) > 0:
            by_id = {one.id: one for one in self._machines()}
            candidates = [one.candidate for one in by_id.values()]
            try:
                some, missed = replay.narrow(candidates, asking.wish, limits)
            except replay.NoSuchMachine as error:
                raise Refused(502, str(error)) from error
            answer = choose(
                some,
                limits,
                near=[self._place.region],
                may_start=self._app.service.auto_start,
                chance=self._chance,
            )
            if answer.do == "take":
                asking.told |= missed
                return by_id[answer.id]
            if answer.do == "refuse":
                raise Refused(503, "No machine runs, and none may be started.")
            if answer.do == "start":
                await self._started(by_id[answer.id], asking.until)
            else:
                await self._bell.wait(min(left, 1.0))
        raise Refused(503, f"No machine could take it within {self._place.patience:g} s.")

    def _until(self) -> float:
        """Give when a request that comes now has waited for long enough, by the clock that never goes back."""
        return time.monotonic() + self._place.patience

    async def _started(self, machine: Machine, end: float) -> None:
        """Start a machine, and wait for it: the request that has it started goes there."""
        self._start(machine)
        while machine.state == "starting" and (left := end - time.monotonic()) > 0:
            await self._bell.wait(min(left, 1.0))

    def _send_on(self, value: str, machine: Machine, asking: _Asking, body: Body) -> None:
        try:
            wish = replay.parse(value, sent_by=machine.id)
            replay.check(size=body.size, was_replayed=asking.was_replayed)
        except replay.Unplayable as error:
            raise Refused(502, str(error)) from error
        self.replays += 1
        asking.wish, asking.was_replayed, asking.until = wish, True, self._until()
        asking.told = {
            replay.SOURCE: replay.source(
                machine.id, machine.region, at=time.time(), state=wish.state
            )
        }

    @contextmanager
    def _busy(self, machine: Machine) -> Iterator[None]:
        machine.load += 1
        machine.served += 1
        try:
            yield
        finally:
            machine.load -= 1
            self._bell.ring()

    def _came(self, request: web.BaseRequest) -> Came:
        secure = self._place.is_secure
        port = 443 if secure else self.port
        return Came(
            request.remote or ADDRESS,
            secure,
            port,
            self._place.region,
            ADDRESS,
            secrets.token_hex(13),
        )


@dataclass
class _Asking:
    """A request on its way: what it asks for, and until when it waits for somebody who takes it."""

    wish: Wish
    until: float
    was_replayed: bool = False
    told: dict[str, str] = field(default_factory=dict)


def _name(request: web.BaseRequest) -> str:
    return request.headers.get("Host", "").rpartition(":")[0] or request.headers.get("Host", "")


def _connector(*, is_pooled: bool) -> aiohttp.TCPConnector:
    """Where limits count requests, Fly keeps connections to machines for some 4 s; where they count
    connections, each request has one of its own."""
    if is_pooled:
        return aiohttp.TCPConnector(limit=0, keepalive_timeout=4.0)
    return aiohttp.TCPConnector(limit=0, force_close=True)

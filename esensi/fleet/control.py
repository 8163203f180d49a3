"""How a second terminal speaks with a running fleet: a socket in a folder of its owner's alone."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, get_args

from aiohttp import web

from esensi.fleet.deploy import DeployFailed, Deployment
from esensi.fleet.fleet import Fleet, NoSuchMachine
from esensi.fleet.flyfile import Strategy
from esensi.fleet.machine import ROOT, DidNotStart
from esensi.fleet.release import ReleaseFailed
from esensi.fleet.status import status

#: Says where the running fleet's socket is.
NOTE: Final = ROOT / ".local" / "fleet"
#: Seconds; a rolling deploy of many machines takes some minutes.
PATIENCE: Final = 1800.0
VERBS: Final = ("scale", "kill", "suspend", "stop", "start", "deploy", "rest", "status")


class NotRunning(Exception):
    """There is no fleet to speak with."""


class NotDone(Exception):
    """What the fleet says to a word that it could not obey."""


class Control:
    """Obeys words that come in over a socket at ``path``; ``NOTE`` names it for others."""

    def __init__(self, fleet: Fleet, path: Path, *, note: Path = NOTE) -> None:
        self._fleet, self._path, self._note = fleet, path, note
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        app = web.Application()
        app.router.add_post("/", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.UnixSite(self._runner, str(self._path)).start()
        self._note.parent.mkdir(exist_ok=True)
        self._note.write_text(str(self._path))

    async def close(self) -> None:
        self._note.unlink(missing_ok=True)
        if self._runner:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        try:
            await self.obey([str(word) for word in await request.json()])
        except (NotDone, NoSuchMachine, ReleaseFailed, DeployFailed, DidNotStart) as error:
            return web.json_response({"error": str(error)}, status=409)
        return web.json_response(status(self._fleet))

    async def obey(self, words: list[str]) -> None:
        """Do what an operator says. Raises ``NotDone`` for what is no word, and the fleet's errors."""
        verb, *rest = words
        machines: dict[str, Callable[[str], Awaitable[None]]] = {
            "suspend": self._fleet.suspend,
            "stop": self._fleet.stop,
            "start": self._fleet.start,
        }
        if verb == "status":
            return
        if verb == "rest":
            await self._fleet.rest_once()
        elif verb == "scale":
            await self._fleet.scale(_count(rest))
        elif verb == "deploy":
            await Deployment(self._fleet, _strategy(rest)).run()
        elif verb == "kill":
            self._fleet.kill(_id(verb, rest))
        elif verb in machines:
            await machines[verb](_id(verb, rest))
        else:
            raise NotDone(f"{verb!r} is none of {', '.join(VERBS)}.")


def say(words: list[str], *, note: Path = NOTE) -> dict[str, Any]:
    """Tell the running fleet to do something, and wait; give how it stands afterwards.

    Raises ``NotRunning`` and ``NotDone``.
    """
    try:
        with contextlib.closing(_Connection(note.read_text())) as connection:
            connection.request("POST", "/", json.dumps(words))
            answer = connection.getresponse()
            said: dict[str, Any] = json.loads(answer.read())
    except OSError as error:
        raise NotRunning("No fleet runs: start one with `make fleet`.") from error
    if answer.status != 200:
        raise NotDone(said["error"])
    return said


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("fleet", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _count(words: list[str]) -> int:
    if len(words) != 1 or not words[0].isdigit():
        raise NotDone("Say how many: scale 3.")
    return int(words[0])


def _id(verb: str, words: list[str]) -> str:
    if len(words) != 1:
        raise NotDone(f"Say which machine: {verb} ID, as `status` shows it.")
    return words[0]


def _strategy(words: list[str]) -> Strategy | None:
    if not words:
        return None
    for strategy in get_args(Strategy):
        if words == [strategy]:
            found: Strategy = strategy
            return found
    raise NotDone(f"{words[0]!r} is none of {', '.join(get_args(Strategy))}.")

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

#: Seconds between two looks of the view.
LOOK_EVERY = 1.0


class Command(BaseCommand):
    """Rehearses on one machine what Fly does with a fleet of them."""

    help = (
        "Start several instances behind an edge that reads fly.toml; with words, tell the running fleet: "
        "scale N, kill ID, suspend ID, stop ID, start ID, rest, deploy [STRATEGY], status."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("words", nargs="*", help="What the running fleet shall do.")
        parser.add_argument("--instances", type=int, default=3, help="How many at first (3).")
        parser.add_argument("--file", default="fly.toml", help="The app (fly.toml).")
        parser.add_argument("--port", type=int, default=settings.PORT, help="The edge's port.")
        parser.add_argument("--regions", default="", help="Of the machines, by turns: sin,syd.")
        parser.add_argument(
            "--rest-every",
            type=float,
            default=180.0,
            help="Seconds between two passes of autostop (180, as Fly's few minutes).",
        )
        parser.add_argument("--no-demo", action="store_true", help="Leave the house empty.")
        parser.add_argument("--plain", action="store_true", help="Lines in place of the view.")
        parser.add_argument("--json", action="store_true", help="For programs: status as JSON.")

    def handle(self, *args: Any, words: list[str], **given: Any) -> None:
        if settings.ESENSI_ENV != "local":
            raise CommandError("The fleet is a test bench for a laptop: unset ESENSI_ENV.")
        try:
            from esensi.fleet import control
        except ImportError as error:
            raise CommandError(f"{error}: install requirements-dev.txt (`make venv`).") from error
        if not words:
            self._start(given)
            return
        try:
            found = control.say(words)
        except (control.NotRunning, control.NotDone) as error:
            raise CommandError(str(error)) from error
        if given["json"]:
            self.stdout.write(json.dumps(found, indent=2))
        else:
            _print(found)

    def _start(self, given: dict[str, Any]) -> None:
        from esensi.fleet import control, flyfile, house
        from esensi.fleet.endpoint import NoEndpoint
        from esensi.postgres_errors import PostgresError

        with contextlib.suppress(control.NotRunning, control.NotDone):
            control.say(["status"])
            raise CommandError("A fleet runs already: `manage.py fleet status` shows it.")
        try:
            app = flyfile.read(Path(settings.BASE_DIR) / given["file"])
            with tempfile.TemporaryDirectory(prefix="esensi-fleet-") as name:
                folder = Path(name)
                self._say("A database and a storage endpoint, thrown away at the end.")
                with house.ground(app, folder, port=given["port"]) as ground:
                    asyncio.run(self._live(ground, folder, given))
        except (flyfile.BadFlyFile, NoEndpoint, PostgresError) as error:
            raise CommandError(str(error)) from error

    async def _live(self, ground: Any, folder: Path, given: dict[str, Any]) -> None:
        from esensi.fleet.control import Control
        from esensi.fleet.fleet import Fleet
        from esensi.fleet.release import ReleaseFailed

        regions = [one for one in given["regions"].split(",") if one]
        fleet = Fleet(ground.recipe, ground.place, regions=regions, rest_every=given["rest_every"])
        control = Control(fleet, folder / "control")
        over = _when_interrupted()
        try:
            await fleet.open(given["port"])
            await self._prepare(fleet, demo=not given["no_demo"])
            await control.open()
            await fleet.scale(given["instances"])
            self._say(f"Open at http://{_main(ground)}:{fleet.edge.port}/; Ctrl-C ends it.")
            await self._show(fleet, over, plain=given["plain"])
        except (OSError, ReleaseFailed) as error:
            raise CommandError(str(error)) from error
        finally:
            self._say("Ending.")
            await control.close()
            await fleet.close()

    async def _prepare(self, fleet: Any, *, demo: bool) -> None:
        from esensi.fleet.release import run_command

        self._say(f"Release: {fleet.app.deploy.release_command}")
        await fleet.release()
        if demo:
            self._say("The demo books, into the buckets.")
            await run_command(fleet.recipe, ["python", "manage.py", "demo"], {}, 600.0)

    async def _show(self, fleet: Any, over: asyncio.Event, *, plain: bool) -> None:
        from rich.live import Live

        from esensi.fleet.status import status
        from esensi.fleet.view import picture

        if plain or not sys.stdout.isatty():
            await over.wait()
            return
        before = status(fleet)
        with Live(picture(before), auto_refresh=False) as live:
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY):
                        await over.wait()
                now = status(fleet)
                live.update(picture(now, before), refresh=True)
                before = now

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()  # A pipe or a log file shows it at once, too.


def _when_interrupted() -> asyncio.Event:
    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, over.set)
    return over


def _main(ground: Any) -> str:
    return str(min(ground.place.names, key=len))


def _print(found: dict[str, Any]) -> None:
    from rich.console import Console

    from esensi.fleet import control
    from esensi.fleet.view import picture

    time.sleep(LOOK_EVERY)
    Console().print(picture(control.say(["status"]), found))

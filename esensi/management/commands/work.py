from __future__ import annotations

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from esensi import metrics
from sites.background.metrics import watch_queue
from sites.background.registry import UnknownJob, all_jobs, run_now
from sites.background.worker import GRACE, work


class Command(BaseCommand):
    """Run the jobs of the background in a process of their own, for ``WORKER=separate``."""

    help = "Run the jobs of the background until stopped; with --now NAME, one of them once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", metavar="NAME", help="run this job here, once, and end")
        parser.add_argument("--list", action="store_true", help="name the jobs and their hours")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for job in sorted(all_jobs().values()):
                self.stdout.write(f"{job.name:32} {job.cron or 'when asked for'}")
        elif options["now"]:
            try:
                run_now(options["now"])
            except UnknownJob as error:
                raise CommandError(str(error)) from error
        else:
            asyncio.run(_until_stopped())


async def _until_stopped() -> None:
    """Work, and answer Prometheus where ``METRICS_PORT`` is set, as a web process does."""
    working = asyncio.create_task(work())
    loop = asyncio.get_running_loop()

    def stop() -> None:
        working.cancel()
        # What comes while a connection is being made may be lost: again, when jobs have had their time
        # and are back in the queue.
        loop.call_later(GRACE + 6, working.cancel)

    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop)
    watching, close = None, None
    if settings.METRICS_PORT:
        close = metrics.serve(settings.METRICS_PORT, address=metrics.own_address())
        watching = asyncio.create_task(watch_queue())
    try:
        await working
    except asyncio.CancelledError:
        return
    finally:
        if watching and close:
            watching.cancel()
            close()

from __future__ import annotations

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sites.background.registry import UnknownJob, all_jobs, run_now
from sites.background.worker import work


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
    task = asyncio.create_task(work())
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return

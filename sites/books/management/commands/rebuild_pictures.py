from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from sites.books.pictures import derive_now, is_master
from storage.backends import public
from storage.derivatives import RECIPE, CannotDerive
from storage.errors import StorageError
from storage.models import Picture
from storage.progress import Progress

#: Failures that are named; of more only the number is told.
NAMED = 50


class Command(BaseCommand):
    """Make the derivatives of all stored pictures."""

    help = (
        "Make of every stored cover and picture what pages ask for: smaller widths, AVIF, a JPEG, a "
        "placeholder. What is made already is left, so a stopped run goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="make all of them anew")
        parser.add_argument("--dry-run", action="store_true", help="only count them")
        parser.add_argument(
            "--workers", type=int, default=1, help="pictures at once; each takes up to 200 MB"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        again: bool = options["again"]
        made = {} if again else dict(Picture.objects.values_list("key", "recipe"))
        try:
            found = [
                listed.key
                for prefix in ("covers/", "pictures/")
                for listed in public().list_keys(prefix)
                if is_master(listed.key) and made.get(listed.key) != RECIPE
            ]
        except StorageError as error:
            raise CommandError(str(error)) from error
        if options["dry_run"]:
            self.stdout.write(f"{len(found)} pictures to do; nothing was written.")
            return
        failures = self._derive(found, again=again, workers=max(1, options["workers"]))
        for failure in failures[:NAMED]:
            self.stderr.write(f"  {failure}")
        self.stdout.write(f"{len(found) - len(failures)} pictures done, {len(failures)} failed.")
        if failures:
            raise CommandError("Those that failed are shown as they are.")

    def _derive(self, found: list[str], *, again: bool, workers: int) -> list[str]:
        progress = Progress(self.stdout, "pictures")
        failures: list[str] = []

        def one(key: str) -> None:
            try:
                derive_now(key, again=again)
            except FileNotFoundError:
                return  # deleted meanwhile
            except (CannotDerive, StorageError) as error:
                failures.append(f"{key}: {error}")

        def in_thread(key: str) -> None:
            try:
                one(key)
            finally:
                connection.close()

        with ThreadPoolExecutor(workers) as pool:
            done = map(one, found) if workers == 1 else pool.map(in_thread, found)
            for _nothing in done:
                progress.add()
        progress.end()
        return failures

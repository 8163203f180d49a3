from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from storage import limits
from storage.backends import Files, Listed, private, public
from storage.errors import StorageError
from storage.orphans import delete_orphan, orphans, sweep_unfinished, used_now
from storage.progress import Progress, megabytes

#: Orphans that are named one by one; of more only the number is told.
NAMED = 100


class Command(BaseCommand):
    """List the files that nothing names any more, and delete them on request."""

    help = (
        "List the stored files that no book, text, or upload names any more and that are older than a "
        "week. They are deleted only where --delete names their number."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        days = limits.ORPHAN_AGE.days
        parser.add_argument(
            "--older-than",
            type=int,
            default=days,
            metavar="DAYS",
            help=f"days that an orphan is left in peace, at least {days} (default)",
        )
        parser.add_argument(
            "--delete", type=int, metavar="COUNT", help="delete them, if there are exactly so many"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        age = timedelta(days=options["older_than"])
        if age < limits.ORPHAN_AGE:
            raise CommandError(
                f"Younger files may be about to be used: at least {limits.ORPHAN_AGE.days} days."
            )
        try:
            self._sweep(age, options["delete"])
        except StorageError as error:
            raise CommandError(str(error)) from error

    def _sweep(self, age: timedelta, count: int | None) -> None:
        now = timezone.now()
        used = used_now()
        found = [
            (place, listed)
            for place in (public(), private())
            for listed in orphans(place, used, now=now, age=age)
        ]
        for place, listed in found[:NAMED]:
            name = "public" if place.is_public else "private"
            self.stdout.write(
                f"{name:8} {listed.key} {megabytes(listed.size)}, of {listed.modified:%Y-%m-%d}"
            )
        size = megabytes(sum(listed.size for _place, listed in found))
        self.stdout.write(f"{len(found)} orphans, {size}.")
        if count is None:
            if found:
                self.stdout.write(f"To delete them: manage.py sweep_storage --delete {len(found)}")
            return
        if count != len(found):
            raise CommandError(f"There are {len(found)} orphans, not {count}: nothing was deleted.")
        self._delete(found)

    def _delete(self, found: list[tuple[Files, Listed]]) -> None:
        # Asked again: something may have come to use one meanwhile.
        used = used_now()
        progress = Progress(self.stdout, "deleted")
        for place, listed in found:
            if not used.has(listed.key) and delete_orphan(place, listed):
                progress.add(listed.size)
        unfinished = sum(
            sweep_unfinished(each, now=timezone.now()) for each in (public(), private())
        )
        progress.end()
        if unfinished:
            self.stdout.write(f"{unfinished} half-written files went as well.")

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from storage import limits
from storage.errors import StorageError
from storage.moving import Outcome, delete_source, differences, move, verify
from storage.places import WORDS, NoSuchPlace, Places, places_of
from storage.progress import Progress, megabytes


class Command(BaseCommand):
    """Bring all files from one place to another while the site runs."""

    help = (
        "Copy all files from one place to another: in parallel, each compared with what was read. What "
        "is there already is left, so a run that was stopped goes on where it was. The source keeps "
        "its files unless --delete-source names their number."
    )

    #: Checks load all pages of the house, which takes a second and tells nothing of files.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="source", required=True, help=WORDS)
        parser.add_argument("--to", dest="target", required=True, help="the same words")
        parser.add_argument("--dry-run", action="store_true", help="only count what is missing")
        parser.add_argument("--verify", action="store_true", help="then read and compare all files")
        parser.add_argument(
            "--workers",
            type=int,
            default=limits.CONNECTIONS,
            help=f"files at once, up to {limits.CONNECTIONS} (default)",
        )
        parser.add_argument(
            "--delete-source",
            type=int,
            metavar="COUNT",
            help="after all is copied, delete the source's files: exactly so many, each compared first",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            source, target = places_of(options["source"]), places_of(options["target"])
        except NoSuchPlace as error:
            raise CommandError(str(error)) from error
        if options["source"] == options["target"]:
            raise CommandError("Both are the same place: nothing to move.")
        try:
            if options["dry_run"]:
                self._count(source, target)
                return
            failed = self._move(source, target, options)
            if options["delete_source"] is not None:
                if failed:
                    raise CommandError("Nothing was deleted: first all files must have arrived.")
                failed = self._delete(source, target, options["delete_source"])
        except StorageError as error:
            raise CommandError(f"{error} Run the same command again: it goes on.") from error
        if failed:
            raise CommandError(f"{failed} files failed. Run the same command again: it goes on.")

    def _count(self, source: Places, target: Places) -> None:
        for name, (here, there) in _pairs(source, target):
            missing = size = present = 0
            for listed, is_there in differences(here, there):
                present += is_there
                missing += not is_there
                size += 0 if is_there else listed.size
            self.stdout.write(
                f"{name}: {missing:,} files to copy, {megabytes(size)}; {present:,} are there."
            )
        self.stdout.write("Nothing was written: this was a dry run.")

    def _move(self, source: Places, target: Places, options: dict[str, Any]) -> int:
        workers = max(1, min(options["workers"], limits.CONNECTIONS))
        failed = 0
        for name, (here, there) in _pairs(source, target):
            progress = Progress(self.stdout, name)
            outcome = move(here, there, workers=workers, progress=progress.add)
            progress.end()
            self._report(name, outcome, f"{outcome.moved:,} copied, {outcome.there:,} were there")
            failed += outcome.failed
            if options["verify"]:
                progress = Progress(self.stdout, f"{name}, compared")
                outcome = verify(here, there, workers=workers, progress=progress.add)
                progress.end()
                self._report(name, outcome, f"{outcome.there:,} are equal")
                failed += outcome.failed
        return failed

    def _delete(self, source: Places, target: Places, count: int) -> int:
        found = sum(1 for place in source for _each in place.list_keys())
        if found != count:
            raise CommandError(
                f"The source has {found} files, not {count}: nothing was deleted. To delete them, "
                f"write --delete-source {found}."
            )
        failed = 0
        for name, (here, there) in _pairs(source, target):
            progress = Progress(self.stdout, f"{name}, deleted")
            outcome = delete_source(here, there, progress=progress.add)
            progress.end()
            self._report(name, outcome, f"{outcome.moved:,} deleted at the source")
            failed += outcome.failed
        return failed

    def _report(self, name: str, outcome: Outcome, what: str) -> None:
        self.stdout.write(f"{name}: {what}, {outcome.failed:,} failed.")
        for failure in outcome.failures:
            self.stderr.write(f"  {failure}")


def _pairs(source: Places, target: Places) -> list[tuple[str, tuple[Any, Any]]]:
    return [
        ("public", (source.public, target.public)),
        ("private", (source.private, target.private)),
    ]

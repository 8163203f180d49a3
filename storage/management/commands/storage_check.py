from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from storage.backends import private, public
from storage.checking import check, write_cors
from storage.fallback import Fallback
from storage.places import WORDS, NoSuchPlace, Places, places_of
from storage.s3 import BucketFiles


class Command(BaseCommand):
    """Try everything that the house asks of its storage."""

    help = (
        "Try for real what the house asks of its storage: put, head, get, range, list, signed links "
        "and forms, expiry, CORS, delete. Says OK, or FAIL with what to do, for each."
    )

    #: Checks load all pages of the house, which takes a second and tells nothing of files.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--place", help=f"not the one in use, but: {WORDS}")
        parser.add_argument(
            "--write-cors",
            action="store_true",
            help="first let browsers on the five hosts, and on no others, send files to the bucket",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            places = places_of(options["place"]) if options["place"] else _in_use()
        except NoSuchPlace as error:
            raise CommandError(str(error)) from error
        origins: list[str] = settings.CSRF_TRUSTED_ORIGINS
        if options["write_cors"]:
            self._write_cors(places, origins)
        failed = 0
        for step in check(places, origins, settings.SESSION_COOKIE_DOMAIN):
            word = {True: "OK  ", False: "FAIL", None: "SKIP"}[step.ok]
            self.stdout.write(
                f"{word} {step.place:8} {step.name}{f': {step.why}' * bool(step.why)}"
            )
            if step.cure:
                self.stdout.write(f"     {step.cure}")
            failed += step.ok is False
        if failed:
            raise CommandError(f"{failed} steps failed.")

    def _write_cors(self, places: Places, origins: list[str]) -> None:
        if not isinstance(places.private, BucketFiles):
            raise CommandError("A folder needs no CORS: --write-cors is for buckets.")
        write_cors(places.private, origins)
        self.stdout.write(f"Browsers may send files from {', '.join(origins)}.")


def _in_use() -> Places:
    """While files move, the places that new files go to."""
    both = (
        place.current if isinstance(place, Fallback) else place for place in (public(), private())
    )
    return Places(*both)

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sites.books.demo.load import DemoOutsideLocal, load_demo
from sites.books.demo.people import DEMO_PASSWORD


class Command(BaseCommand):
    """Fill a local house with demo books and accounts; what is there already stays untouched."""

    help = (
        "Load the demo books and accounts. Local environment alone; a second run changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = load_demo(now=timezone.now(), tell=self._tell)
        except DemoOutsideLocal as refusal:
            raise CommandError(str(refusal)) from None
        if not result.changed:
            self.stdout.write("Nothing to do: the demo books and accounts are there.")
            return
        self.stdout.write(
            f"Loaded {result.books} books with {result.chapters} chapters and drew {result.covers} "
            f"covers; opened {result.accounts} accounts with the password {DEMO_PASSWORD}."
        )

    def _tell(self, said: str) -> None:
        self.stdout.write(said)
        self.stdout.flush()  # progress, also where the output goes to a file

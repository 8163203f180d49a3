"""``manage.py new_epochs``: after a backup was restored, streams do not go on where clients were."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from realtime.epochs import new_epochs


class Command(BaseCommand):
    help = "Gives every room a new epoch: whoever was in it joins anew and gets its snapshot."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Only say how many rooms there are."
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        number = new_epochs(dry_run=dry_run)
        words = "would begin" if dry_run else "begin"
        self.stdout.write(
            f"{number} rooms {words} anew. Clients that are connected learn it within seconds."
        )

"""``manage.py prune_streams``: delete the events that their rooms keep no longer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from realtime.pruning import count_prunable, prune


class Command(BaseCommand):
    help = "Deletes the events that their rooms keep no longer, in small transactions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say how many there are.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        if dry_run:
            self.stdout.write(f"{count_prunable(now=now)} events are kept no longer.")
            return
        self.stdout.write(f"{prune(now=now)} events were deleted.")

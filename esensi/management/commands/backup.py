from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from esensi.backups import BackupFailed, back_up
from realtime.configuration import default_conninfo


class Command(BaseCommand):
    """Writes the database to a file that `manage.py restore` takes."""

    help = "Write the database to a file; files of the house are no part of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="", help="Default: .local/backups/TIME.dump")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        name = f"{timezone.now():%Y-%m-%d-%H%M%S}.dump"
        path = Path(file or settings.BASE_DIR / ".local" / "backups" / name)
        if path.exists():
            raise CommandError(f"{path} exists already: name another file.")
        try:
            back_up(default_conninfo(), path)
        except BackupFailed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")

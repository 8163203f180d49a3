from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone

from esensi.backups import BackupFailed, bring_back
from esensi.direct_connection import use_direct_connection
from realtime.configuration import default_conninfo


class Command(BaseCommand):
    """Puts a backup in the place of the database, which stays beside it under another name."""

    help = (
        "Put a backup in the place of the database; the one of before stays under another name. Streams "
        "begin anew, so that open pages fetch what is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="What `manage.py backup` wrote.")
        parser.add_argument(
            "--replace",
            default="",
            metavar="NAME",
            help="Outside local: the database's name, to agree.",
        )

    def handle(self, *args: Any, file: str, replace: str, **options: Any) -> None:
        name = settings.DATABASES["default"]["NAME"]
        if settings.ESENSI_ENV != "local" and replace != name:
            raise CommandError(
                f"This takes the database {name} from its visitors: agree by --replace {name}."
            )
        use_direct_connection()
        connections.close_all()
        try:
            kept = bring_back(default_conninfo(), Path(file), now=timezone.now())
        except BackupFailed as error:
            raise CommandError(f"{error} Nothing has changed.") from error
        # What the backup is older than.
        call_command("migrate", interactive=False, verbosity=0)
        call_command("sync_sites", stdout=self.stdout)
        call_command("new_epochs", stdout=self.stdout)
        self.stdout.write(
            f"{file} is in place. The database of before is {kept}; when nobody misses it: "
            f'DROP DATABASE "{kept}".'
        )

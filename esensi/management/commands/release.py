"""What has to be true of the database before a new version takes visitors."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from esensi.direct_connection import use_direct_connection
from esensi.listening import NotHeard, hear
from realtime.configuration import default_conninfo


class Command(BaseCommand):
    """Run once for each deployment, on a machine of its own; what fails here stops the deployment."""

    help = (
        "Check the settings as deployed, migrate over the direct connection, write the Site rows, and "
        "hear one notification."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; say what a release would do."
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if settings.ESENSI_ENV != "local":
            # Cheapest first: settings that are wrong touch no database.
            call_command("check", deploy=True, fail_level="WARNING", stdout=self.stdout)
        use_direct_connection()
        self._hear()
        if check:
            call_command("migrate", plan=True, interactive=False, stdout=self.stdout)
            call_command("sync_sites", dry_run=True, stdout=self.stdout)
            return
        call_command("migrate", interactive=False, stdout=self.stdout)
        call_command("sync_sites", stdout=self.stdout)
        self.stdout.write("Ready for the new version.")

    def _hear(self) -> None:
        try:
            hear(default_conninfo())
        except NotHeard as error:
            raise CommandError(str(error)) from error
        except psycopg.Error as error:
            raise CommandError(
                f"The database cannot be reached over the direct address ({error}): correct "
                "DIRECT_DATABASE_URL, or DATABASE_URL where that is not set."
            ) from error
        finally:
            connection.close()
        self.stdout.write("LISTEN is heard over the direct connection.")

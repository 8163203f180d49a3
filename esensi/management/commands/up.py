from __future__ import annotations

import errno
import io
import os
import socket
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from esensi import server
from sites.books.demo.people import DEMO_ACCOUNTS, DEMO_PASSWORD
from sites.books.models import Book

ADDRESS = "127.0.0.1"  # A laptop's house is for the laptop; *.localhost leads here.
GRACE = 1  # seconds for requests to end after Ctrl-C.
PREPARATION_LOCK = 0x657365  # "ese": one program at a time prepares a database.


class Command(BaseCommand):
    """The whole house by one command; manage.py has brought the database."""

    help = "Migrate, write the Site rows, load the demo books once, and serve the five hosts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="Leave the house empty.")
        parser.add_argument(
            "--reload",
            action="store_true",
            help="Serve by Django's development server, which restarts when code changes.",
        )

    def handle(self, *args: Any, no_demo: bool, reload: bool, **options: Any) -> None:
        if settings.ESENSI_ENV != "local":
            raise CommandError(
                f"manage.py up prepares a laptop, and ESENSI_ENV is {settings.ESENSI_ENV}: run "
                "python -m esensi.server, or unset ESENSI_ENV."
            )
        port: int = settings.PORT
        listener = None if reload else _take(port)
        with _alone():
            self._prepare(demo=not no_demo)
        welcome = "\n".join(["", *_addresses(), *_accounts(), ""])
        connections.close_all()
        if listener is not None:
            server.serve(listener, grace=GRACE, on_listening=lambda: self._say(welcome))
            return
        is_server = DJANGO_AUTORELOAD_ENV in os.environ  # Its parent only watches the files.
        if is_server:
            self._say(welcome)
        call_command("runserver", f"{ADDRESS}:{port}")

    def _prepare(self, *, demo: bool) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("Preparing the database.")
            call_command("migrate", interactive=False, verbosity=0)
            # What was written before search was there; nothing to do on a new database.
            call_command("index_books", stdout=io.StringIO())
        call_command("sync_sites", stdout=io.StringIO())
        if not demo:
            return
        if not Book.objects.exists():
            self._say("Loading the demo books, once.")
            call_command("demo", stdout=self.stdout)
        elif Book.objects.filter(cover="").exists():
            self._heal()

    def _heal(self) -> None:
        """Draw the covers that an interrupted start left out."""
        from sites.books.demo.load import draw_demo_covers  # an ordinary start loads no demo

        if drawn := draw_demo_covers():
            self._say(f"Drew {drawn} covers that an interrupted start had left out.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()  # A pipe or a log file shows it at once, too.


def _take(port: int) -> socket.socket:
    """Take the port before anything else is done."""
    try:
        return server.bind(ADDRESS, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = "is in use by another program: end that, or take another port"
        else:
            reason = f"cannot be used ({error.strerror}): take another"
        raise CommandError(f"Port {port} {reason} (PORT={port + 1} make run).") from error


@contextmanager
def _alone() -> Iterator[None]:
    """Keep a second `up` on the same database waiting until the first has prepared it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [PREPARATION_LOCK])


def _addresses() -> list[str]:
    names = settings.HOST_NAMES
    hosts = [f"  {key:9} {names.scheme}://{name}/" for key, name in names.domains.items()]
    mails = f"  {'mails':9} {names.scheme}://{names.domains['auth']}/mail/ (nothing is sent)"
    return ["The house is open; Ctrl-C closes it.", "", *hosts, mails]


def _accounts() -> list[str]:
    """The demo accounts, where the demo was loaded."""
    if not get_user_model().objects.filter(email=DEMO_ACCOUNTS[0].email).exists():
        return []
    accounts = [f"  {account.role:9} {account.email}" for account in DEMO_ACCOUNTS]
    return ["", f"Accounts, all with the password {DEMO_PASSWORD}:", "", *accounts]

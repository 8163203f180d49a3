#!/usr/bin/env python
"""The commands of Esensi: `manage.py help` lists them.

Locally, without DATABASE_URL, a command that needs the database finds it running: the first one
starts it, the last one stops it (esensi/postgres.py).
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from esensi import postgres
from esensi.env import BadEnvironment
from esensi.postgres_errors import PostgresError

BASE_DIR = Path(__file__).resolve().parent
WITHOUT_DATABASE = {
    *(
        "check",
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "domains",
        "findstatic",
        "fleet",
    ),
    *("help", "makemessages", "migrate_media", "storage_check", "translations", "version"),
}
#: Says itself what is wrong with the database, and goes on to the rest.
DOCTOR = "doctor"
HELP = {"-h", "--help", "--version"}


def needs_database(words: list[str]) -> bool:
    """Whether the command `words` (without the program's name) may open a connection."""
    if not words or HELP.intersection(words):
        return False
    return words[0] not in WITHOUT_DATABASE or "--database" in words


@contextlib.contextmanager
def database(words: list[str]) -> Iterator[None]:
    """Have the database of a command at hand: the one that DATABASE_URL names, or else, locally, our
    own."""
    url = os.environ.get("DATABASE_URL")
    is_local = (os.environ.get("ESENSI_ENV") or "local") == "local"
    if url:
        from esensi.database_errors import refusal

        if words[0] != DOCTOR and (sentence := refusal(url)):
            sys.exit(sentence)
        yield
    elif is_local:
        with postgres.join(BASE_DIR):
            yield
    else:
        yield  # The settings refuse to go on, and say all that is missing.


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esensi.settings")
    try:
        words = sys.argv[1:]
        with database(words) if needs_database(words) else contextlib.nullcontext():
            _execute()
    except (BadEnvironment, PostgresError) as error:
        sys.exit(str(error))


def _execute() -> None:
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError

    try:
        execute_from_command_line(sys.argv)
    except DatabaseError as error:
        from esensi.database_errors import sentence_for

        sentence = sentence_for(error, os.environ.get("DATABASE_URL"))
        if sentence is None or "--traceback" in sys.argv:
            raise
        sys.exit(sentence)


if __name__ == "__main__":
    main()

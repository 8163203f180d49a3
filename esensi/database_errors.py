"""What is wrong with the database, in one sentence, for a person at a terminal."""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError

PATIENCE = 10  # seconds for a far or sleeping server to answer.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
UNDEFINED_TABLE, UNDEFINED_COLUMN = "42P01", "42703"


def refusal(database_url: str) -> str | None:
    """Try the address once; the sentence with the cure, or None if the database lets us in.

    Asked before a command, since Django's pool tries for twenty seconds and then knows no reason.
    """
    try:
        psycopg.connect(database_url, connect_timeout=PATIENCE).close()
    except psycopg.Error as error:
        return _no_answer(error, database_url)
    return None


def sentence_for(error: DatabaseError, database_url: str | None) -> str | None:
    """The sentence with the cure, or None for an error that is a fault of the program.

    `database_url` is the value of DATABASE_URL, if it is set; its password is never repeated.
    """
    if getattr(error.__cause__, "sqlstate", None) in (UNDEFINED_TABLE, UNDEFINED_COLUMN):
        return (
            f"The database lacks something that this version needs ({_first_line(error)}): "
            "run manage.py migrate."
        )
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if not database_url:
        return f"The local database broke off ({_first_line(error)}): run the command again."
    return _no_answer(error, database_url)


def _no_answer(error: Exception, database_url: str) -> str:
    address = urlsplit(database_url)
    place = f"{address.hostname or 'the local socket'}{address.path}"
    return (
        f"The database at {place} does not answer ({_first_line(error)}): start it, or correct or "
        "unset DATABASE_URL."
    )


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else type(error).__name__

"""Is a NOTIFY really heard over an address? A pool of transactions takes LISTEN and passes nothing on."""

from __future__ import annotations

import secrets
from typing import Final

import psycopg
from psycopg import sql

#: Seconds to connect, and again to hear: a notification takes a millisecond.
PATIENCE: Final = 5
CURE: Final = "give DIRECT_DATABASE_URL the database's own address, without a pool in between"


class NotHeard(Exception):
    """LISTEN does not work; the sentence says why and what to do."""


def hear(conninfo: str, *, seconds: float = PATIENCE) -> None:
    """LISTEN on one connection, NOTIFY on another, and wait for it to arrive.

    ``conninfo`` is libpq's. Raises ``NotHeard`` where nothing arrives within ``seconds``, and
    ``psycopg.Error`` where there is no connection.
    """
    word = secrets.token_hex(8)
    channel = sql.Identifier(f"esensi_{word}")
    patience = max(1, round(seconds))
    with (
        psycopg.connect(conninfo, autocommit=True, connect_timeout=patience) as ear,
        psycopg.connect(conninfo, autocommit=True, connect_timeout=patience) as mouth,
    ):
        ear.execute(sql.SQL("LISTEN {}").format(channel))
        mouth.execute("SELECT pg_notify(%s, %s)", [f"esensi_{word}", word])
        heard = [note.payload for note in ear.notifies(timeout=seconds, stop_after=1)]
        if heard != [word]:
            raise NotHeard(
                f"LISTEN is taken and hears nothing within {seconds:g} s, as behind a pool of "
                f"transactions: {CURE}."
            )

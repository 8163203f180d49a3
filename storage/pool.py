"""Long work with files holds no connection to the database."""

from __future__ import annotations

from django.db import connection


def give_connection_back() -> None:
    """Let others of the process have this thread's connection while something takes long: the pool
    has four. The next question opens one again. Within a transaction it stays."""
    if not connection.in_atomic_block:
        connection.close()

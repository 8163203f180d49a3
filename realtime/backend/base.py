"""The connection: it gathers what is published in a transaction, and writes it at the commit."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import DatabaseError
from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction  # type: ignore[attr-defined]

from realtime.backend import alive
from realtime.gathering import Gathering
from realtime.stream_errors import NotWritten


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with ``gathered``: the events of the transaction that is open, in their order.

    A savepoint that is rolled back takes along what was published since; a roll-back takes all. Where
    events cannot be written, the commit fails with a ``DatabaseError`` and nothing is committed.
    """

    # django-stubs leave out what a backend replaces: hence the exceptions from type checks.

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.gathered = Gathering()
        #: Lists to which what is committed is added, for tests (realtime.testing).
        self.watchers: list[list[Any]] = []
        #: What was committed and has not been told to anybody yet.
        self._untold: list[Any] = []

    @property
    def pool(self) -> Any:
        """Django's, which tries each connection before it is used, by ``alive``: without asking the
        database each time."""
        pool = super().pool  # type: ignore[misc]
        # There is no way to say it when the pool is made: Django says something there itself.
        if pool is not None and pool._check is not None:
            pool._check = alive.check
        return pool

    def _commit(self) -> None:
        if not self.gathered or self.connection is None:
            super()._commit()  # type: ignore[misc]
            return
        events = list(self.gathered.events)
        # Loaded by processes that publish, and not by each that starts.
        from realtime import flush, wake

        with debug_transaction(self, "COMMIT"), self.wrap_database_errors:
            try:
                written = flush.commit(self.connection, events)
            except (psycopg.Error, DatabaseError):
                raise
            except Exception as error:
                # Anything else would leave the transaction open (django.db.transaction).
                raise NotWritten(f"What was published could not be written: {error}") from error
        self.gathered.clear()
        for watcher in self.watchers:
            watcher += events
        self._untold += wake.tell(written)

    def run_and_clear_commit_hooks(self) -> None:
        """Tell what no event loop of this process told, now that the transaction is over."""
        untold, self._untold = self._untold, []
        if untold:
            from realtime import wake

            wake.tell_by(self, untold)
        super().run_and_clear_commit_hooks()

    def _rollback(self) -> None:
        self.gathered.clear()
        super()._rollback()  # type: ignore[misc]

    def close(self) -> None:
        self.gathered.clear()
        super().close()

    def _savepoint(self, sid: str) -> None:
        super()._savepoint(sid)  # type: ignore[misc]
        self.gathered.mark(sid)

    def _savepoint_rollback(self, sid: str) -> None:
        # First: whatever becomes of the statement, the caller wants none of it.
        self.gathered.forget_since(sid)
        super()._savepoint_rollback(sid)  # type: ignore[misc]

    def _savepoint_commit(self, sid: str) -> None:
        super()._savepoint_commit(sid)  # type: ignore[misc]
        self.gathered.release(sid)

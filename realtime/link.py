"""One connection to PostgreSQL, driven by an event loop through libpq itself.

psycopg's own coroutines take four steps of the loop for a statement; here a statement costs one
write and one wake-up (measured: a third more statements a second). psycopg still makes the
connection: names, TLS, time limits and passwords are its business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import psycopg
from psycopg import pq

from realtime.errors import NotConnected, PooledByTransaction, TablesMissing, WrongEncoding

#: Seconds for a connection to be made.
CONNECT_LIMIT: Final = 10
#: A peer that went away without a word is noticed after 30 + 3 × 10 seconds (tcp(7)).
KEEPALIVES: Final[dict[str, Any]] = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

LOST: Final = "The connection to PostgreSQL was lost."
#: Classes of errors after which the server ends the connection (errcodes: 08 connection exception, 57P
#: operator intervention), and what a pool says to whom it has given another connection (26000, 42P05).
_ENDING: Final = ("08", "57P")
_ANOTHER: Final = ("26000", "42P05")
_NO_TABLE: Final = "42P01"

#: Gets the result of a statement, or why there is none.
Answer = Callable[[pq.abc.PGresult | None, BaseException | None], None]
Param = bytes | memoryview | None


class Statement(NamedTuple):
    """A statement that each connection plans once, under ``name``. ``formats`` of its parameters and
    ``result_format`` are 0 for text and 1 for binary."""

    name: bytes
    text: bytes
    formats: tuple[int, ...] | None = None
    result_format: int = 0


#: Statements with their parameters that are run together, as one transaction.
Calls = Sequence[tuple[Statement, Sequence[Param]]]


class Link:
    """A connection that runs one statement (or several together) at a time; ``on_notify`` hears each
    notification's channel and payload, ``on_lost`` that the connection is gone, once."""

    def __init__(
        self,
        connection: psycopg.AsyncConnection[Any],
        *,
        on_notify: Callable[[bytes, bytes], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._connection = connection  # kept, since it closes what it made when it is forgotten
        self._pg = connection.pgconn
        self._pg.nonblocking = 1
        self._socket = self._pg.socket
        self._on_notify, self._on_lost = on_notify, on_lost
        self._answer: Answer | None = None
        self._result: pq.abc.PGresult | None = None
        self._writing = False
        self._prepared: set[bytes] = set()
        self.is_open = True
        self._loop.add_reader(self._socket, self._readable)

    @classmethod
    async def connect(
        cls,
        conninfo: str,
        *,
        name: str,
        on_notify: Callable[[bytes, bytes], None],
        on_lost: Callable[[], None],
    ) -> Link:
        """``name`` is what the server calls it (pg_stat_activity.application_name).

        Raises ``NotConnected`` and ``WrongEncoding``.
        """
        try:
            connection = await psycopg.AsyncConnection.connect(
                conninfo,
                autocommit=True,
                client_encoding="UTF8",
                application_name=name,
                connect_timeout=CONNECT_LIMIT,
                **KEEPALIVES,
            )
        except (psycopg.Error, OSError) as error:
            raise NotConnected(f"PostgreSQL cannot be reached: {_first_line(error)}") from error
        encoding = connection.info.parameter_status("server_encoding") or ""
        if encoding != "UTF8":
            await connection.close()
            raise WrongEncoding(encoding)
        return cls(connection, on_notify=on_notify, on_lost=on_lost)

    @property
    def is_busy(self) -> bool:
        return self._answer is not None

    @property
    def backend(self) -> int:
        """The process of the server that this connection was told it talks to."""
        return self._pg.backend_pid

    def start(self, calls: Calls, answer: Answer) -> None:
        """Begin statements; ``answer`` is called with the result of the last when all have ended, or
        with the error of one, which undoes all.

        Raises ``NotConnected``. The link must not be busy.
        """
        unknown = next((one for one, _ in calls if one.name not in self._prepared), None)
        if unknown is not None:
            # Planned first; then it comes here again.
            planned = _after_preparing(self, unknown, calls, answer)
            self._begin(planned, lambda: self._pg.send_prepare(unknown.name, unknown.text))
        elif len(calls) == 1:
            self._begin(answer, lambda: self._send(*calls[0]))
        else:
            self._begin(answer, lambda: self._send_together(calls))

    def _send(self, statement: Statement, params: Sequence[Param]) -> None:
        self._pg.send_query_prepared(
            statement.name,
            params,
            param_formats=statement.formats,
            result_format=statement.result_format,
        )

    def _send_together(self, calls: Calls) -> None:
        """The server works at the first while the rest is still on its way to it."""
        self._pg.enter_pipeline_mode()
        for statement, params in calls:
            self._send(statement, params)
        self._pg.pipeline_sync()

    def _begin(self, answer: Answer, send: Callable[[], None]) -> None:
        assert self._answer is None, "One statement at a time."  # noqa: S101 - a fault of this package
        if not self.is_open:
            raise NotConnected(LOST)
        self._answer = answer
        try:
            send()
            self._flush()
        except psycopg.Error as error:
            self._lose(error)

    async def run(self, statements: bytes) -> pq.abc.PGresult:
        """Run statements as one transaction, and give the result of the last. Raises
        ``NotConnected``, and psycopg's errors."""
        done: asyncio.Future[pq.abc.PGresult] = self._loop.create_future()
        self._begin(settle(done), lambda: self._pg.send_query(statements))
        return await done

    def close(self) -> None:
        """Close without a word to ``on_lost``; what runs ends with ``NotConnected``."""
        self._end(NotConnected("The channel layer was closed."))

    def abandon(self) -> None:
        """Close where the loop has ended and can be asked nothing any more."""
        if self.is_open:
            self.is_open = False
            self._pg.finish()

    # --- what the loop calls ----------------------------------------------------------------

    def _readable(self) -> None:
        try:
            self._pg.consume_input()
            while (notify := self._pg.notifies()) is not None:
                self._on_notify(notify.relname, notify.extra)
            while self._answer is not None and self.is_open and not self._pg.is_busy():
                self._take(self._pg.get_result())
        except psycopg.Error as error:
            self._lose(error)
        if self.is_open and self._pg.status != pq.ConnStatus.OK:
            self._lose(None)

    def _take(self, result: pq.abc.PGresult | None) -> None:
        """Take a result: None ends a statement, and PIPELINE_SYNC several."""
        if result is None:
            if self._pg.pipeline_status == pq.PipelineStatus.OFF:
                self._finish()
        elif result.status == pq.ExecStatus.PIPELINE_SYNC:
            self._pg.exit_pipeline_mode()
            self._finish()
        elif self._result is None or self._result.status != pq.ExecStatus.FATAL_ERROR:
            self._result = result  # what comes after an error was only left out because of it

    def _finish(self) -> None:
        answer, result = self._answer, self._result
        self._answer = self._result = None
        assert answer is not None  # noqa: S101 - only called for a running statement
        if result is not None and result.status == pq.ExecStatus.FATAL_ERROR:
            answer(None, _error_of(result))
        else:
            answer(result, None)

    def _flush(self) -> None:
        if self._pg.flush() and not self._writing:
            self._writing = True
            self._loop.add_writer(self._socket, self._writable)

    def _writable(self) -> None:
        try:
            if self._pg.flush() == 0:
                self._loop.remove_writer(self._socket)
                self._writing = False
        except psycopg.Error as error:
            self._lose(error)

    def _lose(self, error: BaseException | None) -> None:
        if self.is_open:
            self._end(NotConnected(f"{LOST[:-1]}: {_first_line(error)}" if error else LOST))
            self._on_lost()

    def _end(self, error: NotConnected) -> None:
        if not self.is_open:
            return
        self.is_open = False
        self._loop.remove_reader(self._socket)
        if self._writing:
            self._loop.remove_writer(self._socket)
        self._pg.finish()
        answer, self._answer, self._result = self._answer, None, None
        if answer is not None:
            answer(None, error)


def settle(done: asyncio.Future[Any]) -> Answer:
    """Give the answer that settles a future."""

    def answer(result: pq.abc.PGresult | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)

    return answer


def _after_preparing(link: Link, statement: Statement, calls: Calls, answer: Answer) -> Answer:
    def prepared(_result: pq.abc.PGresult | None, error: BaseException | None) -> None:
        if error is None:
            link._prepared.add(statement.name)
            try:
                link.start(calls, answer)
            except NotConnected as lost:
                error = lost
        if error is not None:
            answer(None, error)

    return prepared


def _error_of(result: pq.abc.PGresult) -> BaseException:
    error = psycopg.errors.error_from_result(result)
    state = error.sqlstate or ""
    if state.startswith(_ENDING):
        return NotConnected(f"{LOST[:-1]}: {_first_line(error)}")
    if state == _NO_TABLE:
        return TablesMissing()
    return PooledByTransaction() if state in _ANOTHER else error


def _first_line(error: BaseException) -> str:
    """Give what libpq said; it never repeats a password."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

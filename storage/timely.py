"""Answers of a bucket that come in time as a whole. Imports botocore: only ``storage.boto`` imports this.

botocore knows a limit for each read of a socket alone: an answer whose head, or whose list of keys,
comes byte by byte keeps to it for ever.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

from storage import limits


def answer_in_time(client: Any) -> None:
    """Have each answer that ``client`` (of boto3) asks for be there within ``limits.READ_SECONDS`` of
    the request: its head, and its body where that is read as a whole. A late one is cut off, which
    botocore takes for a broken connection. Bodies that are streamed have deadlines of their reader's.
    """
    endpoint = client._endpoint
    session = endpoint.http_session
    session._manager.pool_classes_by_scheme = {"http": _Pool, "https": _SafePool}
    endpoint.http_session = _Session(session)


class _Current(threading.local):
    """The one answer that this thread waits for."""

    clock: _Clock | None = None


_current = _Current()


class _Clock:
    """Cuts a socket off when its time is over."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def start(self, sock: socket.socket) -> None:
        self.stop()
        self._timer = threading.Timer(limits.READ_SECONDS, _cut_off, (sock,))
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()


def _cut_off(sock: socket.socket) -> None:
    with suppress(OSError):
        # Not the method of a TLS socket: that would take its state away from the thread that reads.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _Session:
    """Sends as ``session`` does, with a clock over each answer."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def send(self, request: Any) -> Any:
        with _clock():
            return self._session.send(request)

    def close(self) -> None:
        self._session.close()


@contextmanager
def _clock() -> Iterator[None]:
    clock = _current.clock = _Clock()
    try:
        yield
    finally:
        clock.stop()
        _current.clock = None


class _InTime:
    """A connection that starts the clock when it waits for an answer."""

    sock: socket.socket

    def _handle_expect_response(self, message_body: Any) -> Any:
        self._start()
        try:
            return super()._handle_expect_response(message_body)  # type: ignore[misc]  # botocore's
        finally:
            self._stop()  # the body that is sent now may take its time

    def getresponse(self) -> Any:
        self._start()
        return super().getresponse()  # type: ignore[misc]  # botocore's, which has no types

    def _start(self) -> None:
        if _current.clock:
            _current.clock.start(self.sock)

    def _stop(self) -> None:
        if _current.clock:
            _current.clock.stop()


class _Connection(_InTime, AWSHTTPConnection):  # type: ignore[misc]  # botocore has no types
    pass


class _SafeConnection(_InTime, AWSHTTPSConnection):  # type: ignore[misc]  # botocore has no types
    pass


class _Pool(AWSHTTPConnectionPool):  # type: ignore[misc]  # botocore has no types
    ConnectionCls = _Connection


class _SafePool(AWSHTTPSConnectionPool):  # type: ignore[misc]  # botocore has no types
    ConnectionCls = _SafeConnection

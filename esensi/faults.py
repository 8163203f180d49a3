"""Errors for Sentry, where SENTRY_DSN names one: what broke and where, and nothing about anybody.

The SDK's own way of making events is not used, since it looks for all that it can find (requests, local
variables, users, breadcrumbs) and has it taken out again. Here an event is made of what may be known; the
SDK sends it. It is imported with the first error (200 ms), not when a process starts.
"""

from __future__ import annotations

import linecache
import logging
import sys
import threading
import time
import traceback
from collections import deque
from datetime import UTC, datetime
from typing import Any, Final

from esensi.json_log import MOST_ERRORS, MOST_FRAMES, place_of
from esensi.record import current, note
from esensi.scrubbing import scrubbed, sentence_of

#: Errors in a minute: a database that is away fails every request, and the first ones say it all.
MOST_A_MINUTE: Final = 30
#: Seconds that a process waits at its end for what is still to be sent.
LAST_WORDS: Final = 2.0
#: What an event may have; the SDK adds a few facts of its own, such as its version.
_KNOWN: Final = frozenset(
    {
        *("event_id", "timestamp", "level", "logger", "platform", "logentry", "exception", "tags"),
        *("user", "environment", "release", "server_name", "transaction", "sdk"),
    }
)


class Faults(logging.Handler):
    """Send what is logged as an error to ``dsn``. A Sentry that is away costs nobody anything: events
    wait in a thread of the SDK, which drops what it cannot send."""

    def __init__(
        self, *, dsn: str, environment: str, version: str, machine: str, region: str
    ) -> None:
        super().__init__()
        self._dsn = dsn
        self._facts = {"environment": environment, "release": version or None}
        self._machine, self._region = machine, region
        self._sent: deque[float] = deque(maxlen=MOST_A_MINUTE)
        self._starting = threading.Lock()
        self._client: Any = None

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("sentry_sdk", "urllib3")) or not self._has_room():
            return
        try:
            self._here().capture_event(self.event_of(record))
        except Exception as error:  # noqa: BLE001 - a log that fails must fail nobody
            # Not handleError: it writes what was put into the sentence.
            sys.stderr.write(f"An error was not sent to Sentry: {type(error).__name__}.\n")

    def flush(self) -> None:
        """Wait ``LAST_WORDS`` for what is still to be sent; Python asks for it when a process ends."""
        if self._client is not None:
            self._client.flush(timeout=LAST_WORDS)

    def event_of(self, record: logging.LogRecord) -> dict[str, Any]:
        """Give an event of Sentry's for what was logged: the sentence as it stands in the code, without
        what was put into it."""
        request = current.get()
        tags = {"machine": self._machine, "region": self._region}
        event: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "platform": "python",
            "logentry": {"message": scrubbed(str(record.msg))},
            "server_name": self._machine or "local",
            **{name: value for name, value in self._facts.items() if value},
        }
        if request is not None:
            if asked := getattr(record, "request", None):  # Django's own, of a page that broke
                note(request, asked)
            tags |= {"request": request.id, "host": request.host, "method": request.method}
            event["transaction"] = request.route or None
            if request.user_id is not None:
                event["user"] = {"id": str(request.user_id)}
        event["tags"] = {name: value for name, value in tags.items() if value}
        if record.exc_info and record.exc_info[1]:
            event["exception"] = {"values": _exceptions(record.exc_info[1])}
        return event

    def _has_room(self) -> bool:
        now = time.monotonic()
        if len(self._sent) == MOST_A_MINUTE and now - self._sent[0] < 60:
            return False
        self._sent.append(now)
        return True

    def _here(self) -> Any:
        with self._starting:
            if self._client is None:
                import sentry_sdk  # with the first error, as the module says

                # Without integrations nothing is collected; what there is comes from ``event_of``.
                self._client = sentry_sdk.Client(
                    dsn=self._dsn,
                    default_integrations=False,
                    auto_enabling_integrations=False,
                    max_breadcrumbs=0,
                    max_request_body_size="never",
                    include_local_variables=False,
                    auto_session_tracking=False,
                    send_client_reports=False,
                    server_name=self._machine or "local",
                    before_send=_only_known,
                )
        return self._client


def _only_known(event: Any, _hint: Any) -> Any:
    """The last look before an event leaves: whatever an SDK to come adds stays here."""
    return {key: value for key, value in event.items() if key in _KNOWN}


def _exceptions(error: BaseException) -> list[dict[str, Any]]:
    """Give the errors as Sentry wants them: the first cause first."""
    told: list[dict[str, Any]] = []
    each: BaseException | None = error
    while each is not None and len(told) < MOST_ERRORS:
        frames = traceback.extract_tb(each.__traceback__)[-MOST_FRAMES:]
        told.insert(
            0,
            {
                "type": type(each).__qualname__,
                "module": type(each).__module__,
                "value": sentence_of(each),
                "stacktrace": {"frames": [_frame(one) for one in frames]},
            },
        )
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return told


def _frame(frame: traceback.FrameSummary) -> dict[str, Any]:
    place = place_of(frame.filename)
    return {
        "filename": place,
        "function": frame.name,
        "lineno": frame.lineno,
        "context_line": linecache.getline(frame.filename, frame.lineno or 0).rstrip("\n"),
        "in_app": place.startswith(("esensi/", "sites/", "realtime/", "storage/")),
    }


def flush_all() -> None:
    """Have every handler of this kind send its last words; for the end of a server."""
    if "esensi.faults" in sys.modules:
        for handler in logging.getLogger().handlers:
            if isinstance(handler, Faults):
                handler.flush()

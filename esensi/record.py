"""What is known of the request that is being answered: its line in the log, and its part of the metrics."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.utils.functional import LazyObject

#: Where a record lies in its request's ASGI scope.
SCOPE_KEY: Final = "esensi.record"


@dataclass(slots=True)
class Record:
    """Facts of one request. Nothing of them says who somebody is but ``user_id``.

    There is no path and no query, since links that arrive by mail carry secrets in theirs: ``route`` is
    the pattern that the program itself wrote. Times are in seconds.
    """

    id: str
    method: str
    host: str
    began: float
    route: str = ""
    user_id: int | None = None
    status: int = 0
    sent: int = 0  # bytes of the body
    waited: float = 0.0  # for its body, and for a turn at the gate
    queries: int = 0
    database: float = 0.0
    render: float = 0.0
    #: Whether the page was there already, and nobody drew it.
    cached: bool = False
    is_rendering: bool = False


#: The record of the request that this task, or this thread, works for.
current: Final[ContextVar[Record | None]] = ContextVar("esensi_record", default=None)


def note(record: Record, request: HttpRequest) -> None:
    """Note what was asked of Django and by whom, without asking the database who it was."""
    if match := request.resolver_match:
        record.route = f"/{match.route}"
    user = request.__dict__.get("user")
    if isinstance(user, LazyObject):
        user = user._wrapped  # type: ignore[attr-defined]  # django-stubs leave it out
    # An account's; visitors have none, nor whoever was not asked for.
    record.user_id = getattr(user, "pk", None)


def record_of(scope: Any) -> Record | None:
    """Give the record of a connection, if it has one: tests ask doors without any."""
    found: Record | None = scope.get(SCOPE_KEY)
    return found

"""Whose session is it, and what of theirs does the page show? Asked in one statement."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Self

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import NotSupportedError, connection
from psycopg import Cursor

from sites.accounts.current_user import owner_of
from sites.accounts.models import User
from sites.accounts.sessions import SIGNED_IN_AT, TOUCH, end_of
from sites.community.models.notification import MOST_COUNTED

if TYPE_CHECKING:
    from sites.accounts.sessions import SessionStore

#: What psycopg itself has where it prepares; here it says that it may.
PREPARED_AFTER: Final = 5
#: All that the session of somebody holds who signed in and does nothing but read: Django's three, ours,
#: and allauth's: by what means they signed in, and for how long (``ACCOUNT_SESSION_REMEMBER``).
USUAL: Final = frozenset(
    {SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY, SIGNED_IN_AT}
    | {"account_authentication_methods", "account_authentication_methods_user", "_session_expiry"}
)

#: Whoever works here, or has a name on covers, sees more than others do: drafts, rooms.
_READER: Final = f"""
    NOT u.is_staff AND NOT u.is_superuser
        AND NOT EXISTS (SELECT FROM accounts_user_groups g WHERE g.user_id = u.id)
        AND NOT EXISTS (SELECT FROM books_author a WHERE a.user_id = u.id) AS is_reader,
    (SELECT count(*) FROM (SELECT FROM community_notification n
        WHERE n.recipient_id = u.id AND n.read_at IS NULL LIMIT {MOST_COUNTED}) few) AS unread
"""  # noqa: S608 - made of constants alone


@dataclass(frozen=True)
class Asked:
    """A reader, how much is new to them, and what the page's own columns say."""

    user: User
    session_key: str
    unread: int
    row: Mapping[str, Any]

    def told(self, column: str) -> Any:
        """Give what a column of JSON holds."""
        value = self.row[column]
        return json.loads(value) if isinstance(value, str) else value


def ask(
    session: SessionStore, columns: str, words: Mapping[str, Any], now: datetime
) -> Asked | None:
    """Give who is signed in by this session, if they are a reader and nothing else, and if everything
    about the session is as usual; with the page's ``columns``, which may ask ``u`` for the person.

    What was read is left in the session, so that nobody asks for it again.
    """
    row = _row(session.session_key or "", columns, words, now)
    if row is None:
        return None
    data: dict[str, Any] = session.decode(row["session_data"])
    if SESSION_KEY in data and row["expire_date"] < end_of(data, now) - TOUCH:
        return None  # it is to be prolonged, as only the session itself does it
    session.owner = User.from_db("default", _fields(), [row[f"u_{name}"] for name in _fields()])
    session.accessed = True
    session._session_cache = data  # type: ignore[attr-defined]  # as SessionBase keeps what it has read
    owner = owner_of(session)
    if owner is None or not row["is_reader"] or data.keys() - USUAL:
        return None  # the last: a message, or anything else that a page may have to show
    return Asked(owner, str(session.session_key), row["unread"], row)


def _row(key: str, columns: str, words: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    asked = {**words, "session_key": key, "now": now}
    try:
        return _read(_cursor(), columns, asked)
    except NotSupportedError:
        # A migration has changed a column's type since the statement was prepared, and PostgreSQL would
        # refuse it as long as this connection lives: the pool gets it back closed, and makes another.
        connection.connection.close()
        connection.close()
        return _read(connection.cursor(), columns, asked)


def _read(cursor: Any, columns: str, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    with cursor:
        cursor.execute(_statement(columns), asked)
        row = cursor.fetchone()
        if row is None:
            return None
        names = _names.get(columns)
        if names is None:  # made anew for each answer by psycopg
            names = _names[columns] = tuple(column.name for column in cursor.description)
        return dict(zip(names, row, strict=True))


class _Prepared(Cursor[Any]):
    """A cursor whose statements PostgreSQL plans once for a connection, and not once for a request: the
    plans of these take longer than the work."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> Self:
        return super().execute(query, params, prepare=True)


def _cursor() -> Any:
    """Give a cursor of Django's, counted as all others; one that prepares, if nobody stands between who
    would lead the next transaction to another connection."""
    if settings.DIRECT_DATABASE is not None:
        return connection.cursor()
    connection.ensure_connection()
    raw = connection.connection
    # Django's own cursors prepare nothing, whatever stands here.
    raw.prepare_threshold = raw.prepare_threshold or PREPARED_AFTER
    return connection._prepare_cursor(_Prepared(raw))  # type: ignore[attr-defined]  # as cursor() does


#: The names of a statement's columns, by those of the page: a handful.
_names: Final[dict[str, tuple[str, ...]]] = {}


@cache
def _fields() -> tuple[str, ...]:
    return tuple(field.attname for field in User._meta.concrete_fields)


@cache
def _statement(columns: str) -> str:
    of_user = ", ".join(
        f'u."{field.column}" AS u_{field.attname}' for field in User._meta.concrete_fields
    )
    also = f", {columns}" if columns else ""
    return f"""
SELECT s.session_data, s.expire_date, {of_user}, {_READER}{also}
FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
WHERE s.session_key = %(session_key)s AND s.expire_date > %(now)s
"""  # noqa: S608 - made of names in the program

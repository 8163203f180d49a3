"""Limits on attempts, counted in PostgreSQL: they hold for all processes and all machines together.

A window begins with its first attempt and is over when its time is; the next one starts afresh. One
statement counts and decides, so that of any number of attempts at the same instant exactly ``limit``
pass. What is counted stays counted, whatever becomes of the request: ``take`` commits on its own and
refuses to be called inside a transaction, which could take it back.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

#: Ended windows that each attempt removes beside its own: twice as many as it can add, so that the
#: table holds hardly more than what still counts, without anybody having to sweep it.
SWEPT_BY_EACH = 2

_TAKE = """
INSERT INTO accounts_attemptcount AS kept (key, count, ends_at) VALUES (%(key)s, 1, %(ends)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN kept.ends_at <= %(now)s THEN 1 ELSE kept.count + 1 END,
    ends_at = CASE WHEN kept.ends_at <= %(now)s THEN excluded.ends_at ELSE kept.ends_at END
WHERE kept.ends_at <= %(now)s OR kept.count < %(limit)s
RETURNING count
"""
_ENDS = "SELECT ends_at FROM accounts_attemptcount WHERE key = %s"
_GIVE_BACK = """
UPDATE accounts_attemptcount SET count = count - 1 WHERE key = %s AND count > 0 AND ends_at > %s
"""
# An array is made once; a subselect behind IN may be asked anew for each row, and would take them all.
_SWEEP = """
DELETE FROM accounts_attemptcount WHERE key = ANY(ARRAY(
    SELECT key FROM accounts_attemptcount WHERE ends_at <= %s
    ORDER BY ends_at LIMIT %s FOR UPDATE SKIP LOCKED
))
"""


@dataclass(frozen=True)
class Refusal:
    """An attempt too many; ``wait`` is the time until the next one counts."""

    wait: timedelta

    @property
    def seconds(self) -> int:
        """The wait in whole seconds, rounded up, at least one."""
        return max(1, math.ceil(self.wait.total_seconds()))

    def __str__(self) -> str:
        minutes = -(-self.seconds // 60)
        if minutes == 1:
            return _("That was tried too often. Try again in a minute.")
        return ngettext(
            "That was tried too often. Try again in %(minutes)d minute.",
            "That was tried too often. Try again in %(minutes)d minutes.",
            minutes,
        ) % {"minutes": minutes}


class TooManyAttempts(Exception):
    """Something was tried too often. The house answers 429 with the sentence and ``Retry-After``."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(str(refusal))


def take(key: str, limit: int, window: timedelta, now: datetime) -> Refusal | None:
    """Count an attempt under ``key``; ``None`` where it is one of ``limit`` in ``window``.

    ``key`` says what is tried and by whom, such as ``"sign-in:ratih@example.com"``; only its HMAC is
    stored. A refused attempt does not count. Raises ``RuntimeError`` inside a transaction.
    """
    digest = _digest(key)
    values: dict[str, Any] = {"key": digest, "limit": limit, "now": now, "ends": now + window}
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        taken = cursor.fetchone() is not None
        if not taken:
            cursor.execute(_ENDS, [digest])
            row = cursor.fetchone()
    # Apart from the count: whoever waits for a row must not hold others.
    sweep(now, most=SWEPT_BY_EACH)
    if taken:
        return None
    return Refusal((row[0] if row else now) - now)


def require(key: str, limit: int, window: timedelta, now: datetime) -> None:
    """As ``take``; raises ``TooManyAttempts`` instead of answering."""
    refusal = take(key, limit, window, now)
    if refusal:
        raise TooManyAttempts(refusal)


def give_back(key: str, now: datetime) -> None:
    """Undo one ``take``: the attempt was none of those that are limited."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [_digest(key), now])


def sweep(now: datetime, *, most: int) -> int:
    """Delete up to ``most`` windows that are over; give how many. Waits for nobody."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_SWEEP, [now, most])
        return int(cursor.rowcount)


def sweep_all(now: datetime, *, batch: int = 1000) -> Iterator[int]:
    """Delete every window that is over, ``batch`` rows at a time; give the number of each batch."""
    while deleted := sweep(now, most=batch):
        yield deleted


def _digest(key: str) -> bytes:
    # With a key of ours: of addresses there are so few that a plain hash could be tried out.
    return salted_hmac("esensi.limits", key, algorithm="sha256").digest()

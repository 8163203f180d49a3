"""How often something was tried: rows that live for minutes, under keys that name nobody."""

from __future__ import annotations

from django.db import models


class AttemptCount(models.Model):
    """One count in its window. Written by ``sites.accounts.limits`` alone.

    ``key`` is an HMAC under SECRET_KEY, so that neither an address nor an e-mail can be read from
    the table or guessed from it. The table is UNLOGGED (migration 0004): a crash of the database
    empties it, which gives everybody a fresh start and costs every attempt half its writing.
    """

    key = models.BinaryField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField()
    #: The end of the window, which began with its first attempt.
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "count of attempts"
        verbose_name_plural = "counts of attempts"

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at:%H:%M:%S}"

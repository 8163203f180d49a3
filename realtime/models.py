"""What waits in a table: both are unlogged (migration 0001), since what a crash of the server takes
along is no older than a minute, and nothing else of the layer survives it either."""

from __future__ import annotations

from django.db import models


class LongMessage(models.Model):
    """A message that is too long for a NOTIFY; every process that wants it reads it once."""

    key = models.UUIDField(primary_key=True)
    body = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.key)


class WorkerMessage(models.Model):
    """A message for one worker; whoever takes it deletes it in the same statement."""

    #: The layer's prefix (40), a colon, and Channels' name (100).
    channel = models.CharField(max_length=141)
    body = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = (models.Index(fields=("channel", "id"), name="realtime_worker_next"),)

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"

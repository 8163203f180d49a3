"""What realtime keeps in tables.

Of the channel layer: what waits for those who read it later. Of streams: rooms and their events. Of
the fleet: which instances run, and who is connected to which. Tables marked unlogged (migrations)
hold what is worth nothing after a crash of the server.
"""

from __future__ import annotations

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

#: Characters. A room is also a group of the channel layer, whose names have at most 99.
LONGEST_ROOM: Final = 80
#: Characters of a kind of event, as it travels.
LONGEST_KIND: Final = 60
#: Characters of an epoch: 48 bits of a random UUID, so that two never meet.
EPOCH_LENGTH: Final = 12
#: A new epoch for each room that is written for the first time; gen_random_uuid() is PostgreSQL's own.
NEW_EPOCH: Final = f"left(replace(gen_random_uuid()::text, '-', ''), {EPOCH_LENGTH})"


class LongMessage(models.Model):
    """A piece of a message that is too long for a NOTIFY; every process that wants the message reads
    it once. Keys of one message follow one another."""

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


class Room(models.Model):
    """A stream's head: the offset of its newest event. The row is locked from the moment in which a
    transaction's events are written to the end of its COMMIT, so that offsets follow the order of
    commits without gaps. ``epoch`` tells two lives of the same offsets apart (a restored backup)."""

    name = models.CharField(max_length=LONGEST_ROOM, unique=True)
    epoch = models.CharField(
        max_length=EPOCH_LENGTH,
        db_default=RawSQL(NEW_EPOCH, []),  # noqa: S611 - a constant
    )
    head = models.BigIntegerField(db_default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.head}"


class Event(models.Model):
    """What happened in a room. Rows are never changed; pruning takes the oldest of a room."""

    pk = models.CompositePrimaryKey("room_id", "offset")
    #: Without a constraint: it would lock the room once more for every event.
    room = models.ForeignKey(
        Room,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="events",
    )
    offset = models.BigIntegerField()
    kind = models.CharField(max_length=LONGEST_KIND)
    data = models.JSONField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.room_id} {self.offset} {self.kind}"


class Instance(models.Model):
    """One running process of the program. It survives a crash of the server."""

    id = models.UUIDField(primary_key=True)
    machine = models.CharField(max_length=64)
    region = models.CharField(max_length=32)
    version = models.CharField(max_length=64)
    started_at = models.DateTimeField(db_default=Now())
    heartbeat_at = models.DateTimeField(db_default=Now())
    is_draining = models.BooleanField(db_default=False)
    #: An operator wants it to send its sockets elsewhere, until they want it to serve again.
    drain_asked = models.BooleanField(db_default=False)
    sockets = models.IntegerField(db_default=0)
    #: Counters, for those who watch.
    facts = models.JSONField(db_default={})

    def __str__(self) -> str:
        return f"{self.machine} {self.id}"


class Connection(models.Model):
    """A socket or an SSE stream of somebody, unlogged: connections end with the server that would
    remember them. ``user_id`` is a key of whatever users the project has; None for visitors."""

    id = models.UUIDField(primary_key=True)
    #: Without a constraint: rows come and go by hundreds, and whose instance is gone is swept.
    instance = models.ForeignKey(
        Instance, on_delete=models.DO_NOTHING, db_constraint=False, related_name="connections"
    )
    user_id = models.BigIntegerField(null=True, db_index=True)
    host = models.CharField(max_length=253)
    #: "socket" or "sse".
    kind = models.CharField(max_length=8)
    rooms = ArrayField(models.TextField(), db_default=[])
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (GinIndex(fields=("rooms",), name="realtime_connection_rooms"),)

    def __str__(self) -> str:
        return f"{self.host} {self.id}"

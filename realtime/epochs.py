"""New epochs: the same offsets may mean other events than clients have seen.

That is so after a backup was restored: what was published since it was made is gone, and its offsets are
given again.
"""

from __future__ import annotations

from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from realtime.models import NEW_EPOCH, Room

#: Rooms of one transaction, so that publishers wait for some ten milliseconds.
ROOMS_AT_ONCE: Final = 1_000

#: In the order of names, as publishers lock rooms.
_RENEW: Final = f"""
WITH batch AS (
    SELECT id, name FROM realtime_room WHERE name COLLATE "C" > %s ORDER BY name COLLATE "C" LIMIT %s FOR UPDATE
), renewed AS (
    UPDATE realtime_room AS room SET epoch = {NEW_EPOCH} FROM batch WHERE room.id = batch.id
    RETURNING batch.name
)
SELECT name FROM renewed ORDER BY name COLLATE "C"
"""  # noqa: S608 - a constant


def new_epochs(*, dry_run: bool = False, using: str = DEFAULT_DB_ALIAS) -> int:
    """Give every room a new epoch; give the number of rooms. Followers notice at their next look, and
    have their clients join anew."""
    if dry_run:
        return Room.objects.using(using).count()
    after, number = "", 0
    while True:
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute(_RENEW, [after, ROOMS_AT_ONCE])
            names = [name for (name,) in cursor.fetchall()]
        number += len(names)
        if len(names) < ROOMS_AT_ONCE:
            return number
        after = names[-1]

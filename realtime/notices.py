"""A group's message as a NOTIFY that any connection to the database can send."""

from __future__ import annotations

import itertools
import secrets
import zlib
from typing import Final

from realtime.wire import ROOM, Kind, frame, payload

#: Bytes of a sender's name, as an endpoint's (endpoint.py).
_NAME: Final = 6
_numbers = itertools.count()


def group_channel(prefix: str, buckets: int, group: str) -> str:
    """Give the NOTIFY channel on which a group's messages travel."""
    return f"{prefix}_group_{zlib.crc32(group.encode()) % buckets}"


def group_notice(prefix: str, buckets: int, group: str, body: bytes) -> tuple[str, str]:
    """Give the NOTIFY channel and payload. Raises ``ValueError`` where one payload is too small."""
    text = frame(Kind.GROUP, group, body)
    if len(text) > ROOM:
        raise ValueError(f"A message for {group} has {len(text)} bytes; a NOTIFY takes {ROOM}.")
    # A sender of its own: receivers keep what one sender says apart from what others say.
    said = payload(secrets.token_hex(_NAME), next(_numbers), [text])
    return group_channel(prefix, buckets, group), said.decode()

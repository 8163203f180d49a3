"""How messages travel in the payload of a NOTIFY.

A payload is text of less than 8,000 bytes without NUL (PostgreSQL, NOTIFY). Ours is MessagePack, byte
for character: bytes 1 to 255 become the characters of that number, and 0 becomes U+0100. ASCII, the
most of it, stays one byte; Base64 would make every message a third longer.

A payload holds the sender's name, a number that no other payload of the sender has (PostgreSQL
delivers equal payloads of one transaction once), and any number of frames.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Any, Final, NamedTuple

import msgpack

#: Bytes that PostgreSQL takes: NAMEDATALEN and friends leave 8000 - 1 (async.c, NOTIFY_PAYLOAD_MAX_LENGTH).
MOST_BYTES: Final = 7999
#: Bytes before the frames: the array's head, a name of 12, a number of 9, each as two at most.
HEAD_BYTES: Final = 3 * 2 + 13 + 9 * 2
ROOM: Final = MOST_BYTES - HEAD_BYTES
#: Frames in one payload; MessagePack's array16 could hold more than fit.
MOST_FRAMES: Final = 2000

_NUL, _STAND_IN = "\x00", "\u0100"


#: Characters of a sender's name that are those of its process; see ``new_name``.
_PROCESS: Final = 6
_processes: dict[int, str] = {}


def new_name() -> str:
    """Give a name for a sender: 12 hexadecimal digits, the first of which all of this process share."""
    own = _processes.setdefault(os.getpid(), secrets.token_hex(_PROCESS // 2))
    return own + secrets.token_hex(6 - _PROCESS // 2)


def process_of(sender: str) -> str:
    return sender[:_PROCESS]


class Kind(IntEnum):
    """What a frame asks of its receiver."""

    GROUP = 0  # name, message
    CHANNEL = 1  # name, message
    ADD = 2  # group, channel
    DISCARD = 3  # group, channel
    FLUSH = 4  # who has flushed already
    PROBE = 5
    PART = 6  # position, how many there are, bytes of a frame
    STORED = 7  # GROUP or CHANNEL, name, key of the stored message


class Payload(NamedTuple):
    """A payload as it arrived."""

    sender: str
    number: int
    frames: list[list[Any]]


def pack(message: Any) -> bytes:
    """Encode a message of plain values. Raises ``TypeError`` for others, ``ValueError`` for numbers
    beyond 64 bits."""
    packed: bytes = msgpack.packb(message)
    return packed


def unpack(body: bytes) -> Any:
    """Decode a message: a new value at every call."""
    return msgpack.unpackb(body, strict_map_key=False)


def frame(kind: int, *fields: Any) -> bytes:
    """Encode one frame as it stands in a payload."""
    return to_text(msgpack.packb((int(kind), *fields)))


#: Bytes around the piece of a frame: the array's head, the kind, two small numbers, a length of two
#: bytes, each byte as two at most.
PART_HEAD_BYTES: Final = 2 * (1 + 1 + 2 + 2 + 3)
#: Parts of one frame: their numbers fit into two bytes.
MOST_PARTS: Final = 255


def parts(text: bytes) -> list[bytes]:
    """Cut a frame that is longer than a payload into frames that each fill one."""
    pieces = list(_pieces(text, ROOM - PART_HEAD_BYTES))
    return [_part(position, len(pieces), piece) for position, piece in enumerate(pieces)]


def _part(position: int, count: int, piece: bytes) -> bytes:
    head = b"\x94" + b"".join(msgpack.packb(number) for number in (Kind.PART, position, count))
    length = len(piece.decode())  # each byte of before is one character
    return to_text(head + b"\xc5" + length.to_bytes(2, "big")) + piece


def _pieces(text: bytes, size: int) -> Iterator[bytes]:
    """Cut UTF-8 into pieces of at most ``size`` bytes, never within a character."""
    start = 0
    while start < len(text):
        end = min(start + size, len(text))
        while end < len(text) and text[end] & 0xC0 == 0x80:
            end -= 1
        yield text[start:end]
        start = end


def payload(sender: str, number: int, frames: Iterable[bytes]) -> bytes:
    """Put frames into one payload; together they must fit into ``ROOM``."""
    found = list(frames)
    head = b"\xdc" + (len(found) + 2).to_bytes(2, "big") + msgpack.packb(sender)
    return to_text(head + msgpack.packb(number)) + b"".join(found)


def read(text: bytes) -> Payload:
    """Decode a payload. Raises ``ValueError`` for what is none of ours."""
    try:
        sender, number, *frames = msgpack.unpackb(to_bytes(text), strict_map_key=False)
    except (TypeError, ValueError, msgpack.UnpackException) as error:
        raise ValueError("This payload is none of the channel layer's.") from error
    return Payload(sender, number, frames)


def to_text(data: bytes) -> bytes:
    """Make bytes into UTF-8 text that PostgreSQL takes; one byte after another, so that the texts of
    two pieces joined are the text of both."""
    return data.decode("latin-1").replace(_NUL, _STAND_IN).encode()


def to_bytes(text: bytes) -> bytes:
    """Undo ``to_text``. Raises ``ValueError`` for other text."""
    return text.decode().replace(_STAND_IN, _NUL).encode("latin-1")

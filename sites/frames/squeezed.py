"""One gzip stream (RFC 1952) out of pieces of which most were compressed long before."""

from __future__ import annotations

import secrets
import struct
import zlib
from collections.abc import Iterable
from typing import Final, NamedTuple

#: Of what is compressed once and sent often, and of what is compressed for one answer.
_KEPT_LEVEL, _PASSING_LEVEL = 6, 1
_RAW: Final = -zlib.MAX_WBITS
_WITH_NAME: Final = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK: Final = b"\x03\x00"  # an empty one that is marked as the last
#: As in Django's GZipMiddleware: a name of random length hides how well a secret was compressed.
_LONGEST_NAME: Final = 100


class Still(NamedTuple):
    """A piece as it is, and as it stands in a stream: nothing in it refers to what comes before."""

    text: bytes
    squeezed: bytes


def still(text: bytes) -> Still:
    made = zlib.compressobj(_KEPT_LEVEL, zlib.DEFLATED, _RAW)
    return Still(text, made.compress(text) + made.flush(zlib.Z_FULL_FLUSH))


def squeeze(pieces: Iterable[Still | bytes]) -> bytes:
    """Give the stream of these pieces one after another."""
    made = zlib.compressobj(_PASSING_LEVEL, zlib.DEFLATED, _RAW)
    checked, length = 0, 0
    out = [_WITH_NAME, b"a" * secrets.randbelow(_LONGEST_NAME), b"\x00"]
    for piece in pieces:
        if isinstance(piece, Still):
            text = piece.text
            out.append(piece.squeezed)
        else:
            text = piece
            # Full: what follows begins anew as well.
            out.append(made.compress(text) + made.flush(zlib.Z_FULL_FLUSH))
        checked, length = zlib.crc32(text, checked), length + len(text)
    out += (_LAST_BLOCK, struct.pack("<II", checked, length & 0xFFFFFFFF))
    return b"".join(out)

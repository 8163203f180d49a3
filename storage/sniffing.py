"""What some bytes look like, by their beginning: what somebody says of a file is not believed."""

from __future__ import annotations

import re
from typing import Final

#: Bytes of the beginning that are looked at.
HEAD: Final = 4096

_PICTURES: Final = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBPVP8[ LX]", re.DOTALL),
    "image/avif": re.compile(rb".{4}ftyp(?:avif|avis|mif1)", re.DOTALL),
}
_ZIP: Final = re.compile(rb"PK\x03\x04")
#: XML declaration, comments and a document type may stand before the root.
_SVG: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*"
    rb"(?:<!DOCTYPE\s+svg[^>\[]{0,300}>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*)*<svg[\s>]",
    re.DOTALL,
)
_ZIPPED: Final = frozenset(
    {
        "application/zip",
        "application/epub+zip",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
)
#: Control characters that texts have: tab, the ends of lines and of pages.
_OF_LINES: Final = b"\t\n\f\r"
_TEXTS: Final = frozenset({"text/plain", "text/markdown"})


def looks_like(head: bytes, type_: str) -> bool:
    """Whether a file that begins with ``head`` may be of that type; of an unknown one nothing is."""
    if type_ in _PICTURES:
        return _PICTURES[type_].match(head) is not None
    if type_ == "image/svg+xml":
        return _SVG.match(head) is not None
    if type_ in _ZIPPED:
        return _ZIP.match(head) is not None
    return type_ in _TEXTS and _is_text(head)


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16, as some editors save
        return True
    # Whatever the encoding: texts of old programs are no UTF-8, and the last character may be cut.
    return not any(byte < 32 and byte not in _OF_LINES for byte in head)

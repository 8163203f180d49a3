"""Read HTML as a row of text and tags, in time linear in its length.

``read_any`` takes what people and files bring. ``split_clean`` takes clean text only, whose one
form (lower-case names, quoted and escaped values, every ``<`` a tag) needs no parser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from sites.books.text.allowed import DROPPED_WITH_CONTENT, RENAMED

_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9:_-]*")
_ATTRIBUTE: Final = re.compile(
    r"""[\s/]*([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>`]+)))?"""
)
#: Most tags of most texts: without attributes, and of a name that may be remembered.
_BARE_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,40})>")
_TO_END: Final = re.compile(r"[^>]*>?")
_ENDS: Final = {
    name: re.compile(rf"</{name}(?![a-z0-9-])[^>]*>?", re.IGNORECASE)
    for name in DROPPED_WITH_CONTENT
}
_CLEAN_TAG: Final = re.compile(r"(<[^<>]*>)")
_CLEAN_ATTRIBUTE: Final = re.compile(r' ([a-z-]+)="([^"]*)"')


@dataclass(slots=True)
class Tag:
    """One tag: its name in lower case, without a prefix; values are unescaped."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    closing: bool = False
    empty: bool = False

    def __str__(self) -> str:
        if self.closing:
            return f"</{self.name}>"
        if not self.attributes:
            return f"<{self.name}>"
        written = "".join(
            f' {key}="{html.escape(self.attributes[key])}"' for key in self.attributes
        )
        return f"<{self.name}{written}>"


def split_clean(text: str) -> list[str]:
    """Split clean text so that every second piece, from the second on, is a tag."""
    return _CLEAN_TAG.split(text)


def tag_name(piece: str) -> str:
    """Give the name in a tag of clean text, with the slash of an end tag: ``p``, ``/p``."""
    return piece[1:-1].partition(" ")[0]


def read_clean_tag(piece: str) -> Tag:
    """Read a tag of clean text."""
    name = tag_name(piece)
    if "=" not in piece:
        return Tag(name.lstrip("/"), {}, name[0] == "/")
    attributes = {
        key: html.unescape(value) for key, value in _CLEAN_ATTRIBUTE.findall(piece[len(name) + 1 :])
    }
    return Tag(name.lstrip("/"), attributes, closing=name.startswith("/"))


def plain_text(text: str) -> str:
    """Give the words of clean text, without tags; blocks stay apart by the line ends in it."""
    return html.unescape("".join(split_clean(text)[::2]))


def read_any(markup: str) -> Iterator[str | Tag]:
    """Read text (unescaped) and tags of any HTML.

    Comments, declarations and the elements that are dropped with their content are left out. It
    never fails: what is no tag is text.
    """
    position = 0
    piece: str | Tag | None
    while position < len(markup):
        found = markup.find("<", position)
        if found < 0:
            found = len(markup)
        if found > position:
            yield html.unescape(markup[position:found])
        if found == len(markup):
            return
        bare = _BARE_TAG.match(markup, found)
        if bare:
            position, piece = bare.end(), Tag(_usual_bare_name(bare[2]), {}, bool(bare[1]))
        else:
            position, piece = _read_piece(markup, found)
        if isinstance(piece, Tag) and piece.name in DROPPED_WITH_CONTENT:
            if not piece.closing and not piece.empty:
                position = _end(_ENDS[piece.name].search(markup, position), markup)
        elif piece is not None:
            yield piece


def _read_piece(markup: str, start: int) -> tuple[int, str | Tag | None]:
    """Read what begins with the ``<`` at ``start``; give the position after it, and the piece."""
    if markup.startswith("<!--", start):
        end = markup.find("-->", start + 2)
        return (end + 3 if end >= 0 else len(markup)), None
    if markup.startswith("<![CDATA[", start):
        end = markup.find("]]>", start)
        end = end if end >= 0 else len(markup)
        return end + 3, markup[start + 9 : end]
    if markup.startswith(("<!", "<?"), start):
        return _end(_TO_END.match(markup, start), markup), None
    closing = markup.startswith("</", start)
    name = _NAME.match(markup, start + 1 + closing)
    if name is None:
        return start + 1, "<"
    if closing:
        end = _end(_TO_END.match(markup, name.end()), markup)
        return end, Tag(_usual_name(name[0]), closing=True)
    return _read_attributes(markup, name.end(), Tag(_usual_name(name[0])))


def _read_attributes(markup: str, position: int, tag: Tag) -> tuple[int, Tag]:
    while match := _ATTRIBUTE.match(markup, position):
        value = match[2] or match[3] or match[4] or ""
        tag.attributes.setdefault(match[1].lower(), html.unescape(value))
        position = match.end()
    end = _end(_TO_END.match(markup, position), markup)
    tag.empty = markup[position:end].rstrip("> ").endswith("/")
    return end, tag


def _end(match: re.Match[str] | None, markup: str) -> int:
    return match.end() if match else len(markup)


def _usual_name(name: str) -> str:
    name = name.lower().rpartition(":")[2]
    return RENAMED.get(name, name)


@lru_cache(maxsize=1_000)  # five times the names that HTML and MathML have
def _usual_bare_name(name: str) -> str:
    return _usual_name(name)

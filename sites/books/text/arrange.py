"""Bring sanitised HTML into the form of a chapter: every word in a block, no empty husks.

Input is what the sanitiser writes, well-formed; so one walk with a stack suffices.
"""

from __future__ import annotations

import re
from typing import Final

from sites.books.text.allowed import BLOCKS, EDGE, HOLDERS, INLINE, MATHML, VOID
from sites.books.text.tokens import Tag, read_clean_tag, split_clean, tag_name

OUTWARD_REL: Final = "noopener nofollow ugc"

#: Blocks that hold nothing but their items, and the item that loose text is put into.
_ITEMS: Final = {"ul": "li", "ol": "li", "dl": "dd"}
_PARENTS: Final = {
    "li": frozenset({"ul", "ol"}),
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
    "figcaption": frozenset({"figure"}),
}
#: Blocks that hold text but no other blocks.
_PHRASES_ONLY: Final = frozenset({"p", "h2", "h3", "h4", "h5", "h6", "pre"})
_FORMATS: Final = INLINE - VOID
_FIRST_LINE_END: Final = re.compile(r"^\n+")


def arrange(markup: str) -> str:
    """Give sanitised ``markup`` with loose text in paragraphs and without what carries nothing.

    The div goes (its edges end a paragraph), as do sections without a role, spans without
    attributes, links that lead nowhere, and pictures that are not the house's own.
    """
    writer = _Writer()
    for index, piece in enumerate(split_clean(markup)):
        if index % 2:
            writer.tag(read_clean_tag(piece))
        elif piece:
            writer.text(piece)
    writer.end_implied()
    return "".join(writer.out)


class _Writer:
    def __init__(self) -> None:
        self.out: list[str] = []
        #: (name as read, name as written or "" when the tag was left out)
        self._open: list[tuple[str, str]] = []
        #: The block that was opened for loose text and is still open.
        self._implied = ""
        self._phrases_only = 0
        self._after_pre = False

    def text(self, piece: str) -> None:
        """Write text, in a paragraph of its own where nothing else holds it."""
        if self._after_pre:
            piece = _FIRST_LINE_END.sub("", piece)
            self._after_pre = False
        if piece.strip():
            self._hold_loose_content()
        self.out.append(piece)

    def tag(self, tag: Tag) -> None:
        self._after_pre = False
        if tag.closing:
            self._end(tag.name)
        elif tag.name in BLOCKS or tag.name == EDGE:
            self._start_block(tag)
        else:
            self._start_inline(tag)

    def end_implied(self) -> None:
        """Close the block that was opened for loose text; take it back when it stayed empty."""
        if self._implied and self.out[-1] == f"<{self._implied}>":
            self.out.pop()
        elif self._implied:
            self.out.append(f"</{self._implied}>")
        self._implied = ""

    def _hold_loose_content(self) -> None:
        if self._implied or self._phrases_only:
            return
        around = self._block_around()
        if around in {"", EDGE} or around in HOLDERS:
            self._implied = "p"
        elif around in _ITEMS:
            self._implied = _ITEMS[around]
        if self._implied:
            self.out.append(f"<{self._implied}>")

    def _block_around(self) -> str:
        """Give the innermost open block; one that was left out counts as an edge."""
        for name, written in reversed(self._open):
            if name in BLOCKS or name == EDGE:
                return written or EDGE
        return ""

    def _start_block(self, tag: Tag) -> None:
        self.end_implied()
        if self._phrases_only:
            self.out.append(" ")
        if tag.name in VOID:
            if not self._phrases_only:
                self.out.append(str(tag))
            return
        keep = self._keeps_block(tag)
        self._open.append((tag.name, tag.name if keep else ""))
        if keep:
            self.out.append(str(tag))
            self._phrases_only += tag.name in _PHRASES_ONLY
            self._after_pre = tag.name == "pre"

    def _keeps_block(self, tag: Tag) -> bool:
        if self._phrases_only or tag.name == EDGE:
            return False
        if tag.name == "section" and not tag.attributes:
            return False
        parents = _PARENTS.get(tag.name)
        return parents is None or self._block_around() in parents

    def _start_inline(self, tag: Tag) -> None:
        written = self._written_inline(tag)
        if written is not None and tag.name != "wbr":
            self._hold_loose_content()
        if tag.name not in VOID:
            self._open.append((tag.name, tag.name if written else ""))
        self.out.append(str(written or ""))

    def _written_inline(self, tag: Tag) -> Tag | None:
        """Give the tag as it is kept, or None when it goes and its content stays."""
        if tag.name == "a":
            return _link(tag)
        if tag.name == "img":
            return tag if "src" in tag.attributes else None
        if tag.name == "span":
            return tag if tag.attributes else None
        if tag.name in MATHML and tag.name != "math":
            return tag if any(name == "math" for name, _written in self._open) else None
        return tag

    def _end(self, name: str) -> None:
        is_block = name in BLOCKS or name == EDGE
        if is_block:
            self.end_implied()
        if not self._open or self._open[-1][0] != name:
            return  # the end tag of something void
        _name, written = self._open.pop()
        if not written:
            return
        last = self.out[-1]
        # Text is escaped: what begins with "<" is a tag, and "demo" is not the tag "em".
        if name in _FORMATS and last.startswith("<") and tag_name(last) == name:
            self.out.pop()  # nothing stood in it
            return
        self.out.append(f"</{written}>")
        self._phrases_only -= is_block and name in _PHRASES_ONLY


def _link(tag: Tag) -> Tag | None:
    target = tag.attributes.get("href", "")
    if not target:
        return None
    attributes = {key: value for key, value in tag.attributes.items() if key != "rel"}
    if target.lower().startswith(("http:", "https:")):
        attributes["rel"] = OUTWARD_REL
    return Tag("a", attributes)

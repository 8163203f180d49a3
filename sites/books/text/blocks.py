"""The blocks of a clean text that a reader can point at, with their words."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sites.books.text.allowed import BLOCKS, POINTABLE, VOID
from sites.books.text.tokens import read_clean_tag, split_clean, tag_name

#: A list item that holds only paragraphs has no words of its own; it is known by these of its first.
BORROWED_WORDS: Final = 80  # characters: enough to tell the items of one list apart


@dataclass(slots=True)
class Block:
    """One block. ``text`` is its own text, without that of the blocks inside it."""

    #: Where its start tag is in the row of pieces that it was read from.
    index: int
    tag: str
    id: str
    #: The names of the elements around it, outermost first.
    around: tuple[str, ...] = ()
    text: str = ""
    #: For a block without own text: the beginning of the text of the first block inside.
    borrowed: str = ""
    parent: Block | None = field(default=None, repr=False)
    _parts: list[str] = field(default_factory=list, repr=False)

    def settle(self) -> None:
        self.text = " ".join(html.unescape("".join(self._parts)).split())
        self._parts.clear()


def read_blocks(pieces: Sequence[str]) -> list[Block]:
    """Read the blocks of a clean text, given as ``split_clean`` splits it, in document order.

    A blockquote counts only when no block inside it does. A picture stands in the text of its
    block as its address, so that figures without a caption can be told apart.
    """
    blocks: list[Block] = []
    holders: set[int] = set()
    open_tags: list[str] = []
    open_blocks: list[Block] = []
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            if open_blocks:
                open_blocks[-1]._parts.append(piece)
            continue
        name = tag_name(piece)
        if name in POINTABLE:
            block = Block(index, name, read_clean_tag(piece).attributes.get("id", ""))
            block.around = tuple(open_tags)
            block.parent = open_blocks[-1] if open_blocks else None
            holders.update(id(outer) for outer in open_blocks)
            open_blocks.append(block)
            blocks.append(block)
        elif name[0] == "/" and name[1:] in POINTABLE and open_blocks:
            open_blocks.pop()
        elif open_blocks:
            open_blocks[-1]._parts.append(_stands_for(piece, name))
        _follow(open_tags, name)
    kept = [block for block in blocks if block.tag != "blockquote" or id(block) not in holders]
    _settle(kept)
    return kept


def paragraph_words(text: str, paragraph: str) -> str | None:
    """Give the own words of a clean text's paragraph by its id; None where it has no such one."""
    blocks = read_blocks(split_clean(text))
    return next((block.text or block.borrowed for block in blocks if block.id == paragraph), None)


def _stands_for(piece: str, name: str) -> str:
    """Give what a tag leaves in the text: a picture its address, an edge a space."""
    if name == "img":
        return f" {read_clean_tag(piece).attributes.get('src', '')} "
    return " " if name == "br" or name.lstrip("/") in BLOCKS else ""


def _follow(open_tags: list[str], name: str) -> None:
    if name[0] != "/":
        if name not in VOID:
            open_tags.append(name)
    elif open_tags and open_tags[-1] == name[1:]:
        open_tags.pop()


def _settle(blocks: list[Block]) -> None:
    for block in blocks:
        block.settle()
    for block in reversed(blocks):
        outer = block.parent
        if outer is not None and not outer.text:
            outer.borrowed = (block.text or block.borrowed)[:BORROWED_WORDS]

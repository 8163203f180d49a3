"""The pieces that a page is read into before chapters are made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from itertools import count
from typing import Final

from sites.books.importers import limits
from sites.books.importers.errors import TooManyParts
from sites.books.text.paragraphs import ID_ALPHABET, ID_LENGTH

#: Provisional ids count up from the middle of the range, where a drawn id hardly ever is.
_FIRST_ID: Final = 1 << 39


@dataclass(frozen=True, slots=True)
class Wrapper:
    """An element around several blocks. Blocks with the same ``serial`` are in the same one."""

    serial: int
    tag: str
    attributes: tuple[tuple[str, str], ...] = ()

    def start(self) -> str:
        return start_tag(self.tag, dict(self.attributes))


@dataclass(slots=True)
class FlowBlock:
    """One block: a paragraph, a heading, a whole list or table, a rule.

    ``anchors`` are the page's own ids that lead here or into it, each with the provisional
    paragraph id of its block ("" for the block's own).
    """

    tag: str
    inner: str
    attributes: dict[str, str] = field(default_factory=dict)
    id: str = ""
    around: tuple[Wrapper, ...] = ()
    anchors: list[tuple[str, str]] = field(default_factory=list)
    words: int = 0
    #: Of a heading: its words, and its level from 1 to 6; else "" and 0.
    text: str = ""
    level: int = 0
    pictures: tuple[str, ...] = ()
    #: The page that it was read from.
    part: str = ""

    def html(self) -> str:
        attributes = dict(self.attributes)
        if self.id:
            attributes["id"] = self.id
        if self.tag == "hr":
            return start_tag("hr", attributes)
        return f"{start_tag(self.tag, attributes)}{self.inner}</{self.tag}>"

    @property
    def says_something(self) -> bool:
        return bool(self.words or self.pictures)


class Ids:
    """Draws provisional paragraph ids, unique in one file, in a row.

    Every block draws one, so they also count the blocks: beyond ``limits.BLOCKS`` the file is
    refused with TooManyParts.
    """

    def __init__(self) -> None:
        self._numbers = count(_FIRST_ID)

    def draw(self) -> str:
        number = next(self._numbers)
        if number - _FIRST_ID >= limits.BLOCKS:
            raise TooManyParts(number - _FIRST_ID, limits.BLOCKS)
        letters = []
        for _ in range(ID_LENGTH):
            number, digit = divmod(number, len(ID_ALPHABET))
            letters.append(ID_ALPHABET[digit])
        return "p-" + "".join(reversed(letters))


def start_tag(name: str, attributes: dict[str, str]) -> str:
    written = "".join(f' {key}="{escape(value)}"' for key, value in sorted(attributes.items()))
    return f"<{name}{written}>"


def join_blocks(blocks: list[FlowBlock]) -> str:
    """Write blocks in their order, with the elements around them opened and closed."""
    out: list[str] = []
    open_wrappers: tuple[Wrapper, ...] = ()
    for block in blocks:
        shared = 0
        for one, other in zip(open_wrappers, block.around, strict=False):
            if one.serial != other.serial:
                break
            shared += 1
        out.extend(f"</{wrapper.tag}>" for wrapper in reversed(open_wrappers[shared:]))
        out.extend(wrapper.start() for wrapper in block.around[shared:])
        open_wrappers = block.around
        out.append(block.html())
    out.extend(f"</{wrapper.tag}>" for wrapper in reversed(open_wrappers))
    return "".join(out)

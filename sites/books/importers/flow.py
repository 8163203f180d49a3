"""Read a page into a flat row of blocks.

Most of a page's elements only hold others: they go, and what they mean stays on the blocks within
(their language, verse, notes). A flat row can be divided into chapters anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from lxml import etree

from sites.books.importers import meanings
from sites.books.importers.flow_block import FlowBlock, Wrapper, join_blocks
from sites.books.importers.markup import get, local_name
from sites.books.importers.phrases import Page, Phrases, chosen_case, same_language
from sites.books.text.words import word_count

#: A paragraph of nothing but stars, or the like, is a break between scenes.
_SCENE_BREAK: Final = re.compile(r"[*⁂✱✻❦❧•·~]([ \u00a0]*[*⁂✱✻❦❧•·~]){0,8}|#")
_HOLDS: Final = "holds-blocks"  # an attribute of our own
_HEADING: Final = re.compile(r"h[1-6]")


@dataclass(frozen=True, slots=True)
class _Around:
    """What the elements around a place mean for the paragraphs in it."""

    wrappers: tuple[Wrapper, ...] = ()
    language: str = ""
    shown_language: str = ""
    direction: str = ""
    align: str = ""
    formats: tuple[str, ...] = ()
    in_note: bool = False
    in_verse: bool = False
    #: Line ends of the source are line ends of the poem.
    by_lines: bool = False


@dataclass(slots=True)
class Flow:
    """Reads elements into ``blocks``; ``pending`` are anchors that wait for the next block."""

    page: Page
    around: _Around = field(default_factory=_Around)
    blocks: list[FlowBlock] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    _serials: Iterator[int] = field(default_factory=count)
    _phrases: Phrases = field(init=False)

    def __post_init__(self) -> None:
        if not self.around.language:
            self.around = replace(self.around, language=self.page.language)
        self._phrases = self._new_phrases()

    def read(self, element: etree._Element) -> list[FlowBlock]:
        """Read an element's content; give its blocks."""
        self._mixed(element)
        self.flush()
        if self.pending and self.blocks:
            self.blocks[-1].anchors += [(anchor, "") for anchor in self.pending]
            self.pending.clear()
        return self.blocks

    def nested(self, element: etree._Element) -> list[FlowBlock]:
        """Read the content of a list item, cell or the like into blocks of its own."""
        around = replace(self.around, wrappers=(), align="", formats=(), by_lines=False)
        inner = Flow(self.page, around, pending=self.pending, _serials=self._serials)
        inner._mixed(element)
        inner.flush()
        return inner.blocks

    def inside(self, element: etree._Element) -> None:
        """Read an element that only holds others, or a paragraph."""
        if meanings.is_page_mark(element):
            self.anchor(element)
            return
        with self._entered(element):
            self.anchor(element)
            self._mixed(element)
            self.flush()

    def anchor(self, element: etree._Element) -> None:
        if value := element.get("id"):
            self.pending.append(value)

    def flush(self) -> None:
        """End the paragraph that is being read, if anything stands in it."""
        phrases, self._phrases = self._phrases, self._new_phrases()
        self.pending += phrases.anchors
        if phrases.is_empty:
            return
        words = phrases.words
        if phrases.pictures and not words:
            self.add(FlowBlock("figure", phrases.html(), pictures=tuple(phrases.pictures)))
        elif _SCENE_BREAK.fullmatch(words) and not phrases.pictures:
            self.add(FlowBlock("hr", ""))
        else:
            inner = phrases.html()
            for tag in self.around.formats:
                inner = f"<{tag}>{inner}</{tag}>"
            pictures = tuple(phrases.pictures)
            self.add(FlowBlock("p", inner, self._attributes(), pictures=pictures))

    def heading(self, element: etree._Element) -> None:
        with self._entered(element):
            self.anchor(element)
            phrases = self._new_phrases()
            phrases.content(element)
            self.pending += phrases.anchors
            name = local_name(element)
            if phrases.words:
                block = FlowBlock(name, phrases.html(), self._attributes(aligned=False))
                block.level, block.text = int(name[1]), phrases.words
                block.pictures = tuple(phrases.pictures)
                self.add(block)
            elif phrases.pictures:
                self.add(FlowBlock("figure", phrases.html(), pictures=tuple(phrases.pictures)))

    def preformatted(self, element: etree._Element) -> None:
        self.anchor(element)
        phrases = self._new_phrases()
        phrases.keep_spaces = True
        phrases.content(element)
        self.pending += phrases.anchors
        if not phrases.is_empty:
            self.add(FlowBlock("pre", phrases.html(), self._attributes(aligned=False)))

    def add(self, block: FlowBlock) -> None:
        """Append a block, with the anchors that waited for it."""
        block.around, block.part = self.around.wrappers, self.page.part
        drawn = self.page.ids.draw()
        block.id = "" if block.tag in _WITHOUT_ID else drawn
        block.anchors = [(anchor, "") for anchor in self.pending] + block.anchors
        block.words = block.words or word_count(block.inner)
        self.pending.clear()
        self.blocks.append(block)

    def _mixed(self, element: etree._Element) -> None:
        self._text(element.text)
        for child in element:
            self._node(child)
            self._text(child.tail)

    def _text(self, text: str | None) -> None:
        if text and self.around.by_lines and "\n" in text:
            first, *others = text.split("\n")
            self._phrases.text(first)
            for line in others:
                self.flush()
                self._phrases.text(line)
        else:
            self._phrases.text(text)

    def _node(self, element: etree._Element) -> None:
        name = local_name(element)
        if name in meanings.MEDIA:
            self.page.left_out(name)
        elif not name or meanings.is_skipped(element):
            return
        elif name == "switch":
            self._mixed(chosen_case(element))
        elif self._is_block(element, name):
            self.flush()
            self._block(element, name)
        elif name not in {"svg", "math", "ruby"} and _holds_blocks(element):
            self.anchor(element)
            self._mixed(element)
        else:
            self._phrases.element(element)

    def _is_block(self, element: etree._Element, name: str) -> bool:
        if name in meanings.BLOCKS:
            return True
        return name in {"span", "a", "em", "i", "b"} and "block" in self.page.traits(element)

    def _block(self, element: etree._Element, name: str) -> None:
        from sites.books.importers.structures import STRUCTURES  # they read with a Flow, too

        if "hidden" in self.page.traits(element):
            return
        if name in STRUCTURES:
            STRUCTURES[name](self, element)
        elif _HEADING.fullmatch(name):
            self.heading(element)
        elif name == "hr":
            self.anchor(element)
            self.add(FlowBlock("hr", ""))
        elif name == "pre":
            self.preformatted(element)
        else:
            self.inside(element)

    @contextmanager
    def _entered(self, element: etree._Element) -> Iterator[None]:
        before = self.around
        self.around = self._with(element)
        self._phrases = self._new_phrases()
        try:
            yield
        finally:
            self.around = before
            self._phrases = self._new_phrases()

    def _with(self, element: etree._Element) -> _Around:
        around = self.around
        name = local_name(element)
        traits = self.page.traits(element)
        language = get(element, "lang") or get(element, "xml:lang")
        if language and not same_language(language, around.language):
            own = same_language(language, self.page.language)
            around = replace(around, language=language, shown_language="" if own else language)
        direction = get(element, "dir").lower()
        if direction in {"ltr", "rtl"}:
            own = direction == self.page.direction
            around = replace(around, direction="" if own else direction)
        for align in ("center", "right"):
            if align in traits or (align == name == "center"):
                around = replace(around, align=align)
        formats = [tag for trait, tag in (("italic", "i"), ("bold", "b")) if trait in traits]
        if formats and not _HEADING.fullmatch(name):
            around = replace(around, formats=tuple(dict.fromkeys((*around.formats, *formats))))
        return self._wrapped(element, name, around)

    def _wrapped(self, element: etree._Element, name: str, around: _Around) -> _Around:
        section = meanings.section_of(element)
        if section and not (around.in_note and section[1] != "doc-footnote"):
            tag, role = section
            attributes = (("role", role),) if role else ()
            around = replace(around, wrappers=self._more(around, tag, attributes))
            around = replace(around, in_note=around.in_note or role in _NOTE_ROLES)
        if name == "blockquote":
            around = replace(around, wrappers=self._more(around, "blockquote"))
        if meanings.is_verse(element) and name not in {"p", "span"}:
            wrappers = self._more(around, "section", (("class", "verse"),))
            by_lines = not _holds_blocks(element) and next(element.iter("{*}br"), None) is None
            around = replace(around, wrappers=wrappers, in_verse=True, by_lines=by_lines)
        return around

    def _more(
        self, around: _Around, tag: str, attributes: tuple[tuple[str, str], ...] = ()
    ) -> tuple[Wrapper, ...]:
        return (*around.wrappers, Wrapper(next(self._serials), tag, attributes))

    def _attributes(self, *, aligned: bool = True) -> dict[str, str]:
        attributes = {
            "lang": self.around.shown_language,
            "dir": self.around.direction,
            "class": self.around.align if aligned else "",
        }
        return {key: value for key, value in attributes.items() if value}

    def _new_phrases(self) -> Phrases:
        return Phrases(self.page, self.around.language, in_note=self.around.in_note)


_NOTE_ROLES: Final = frozenset({"doc-footnote", "doc-endnotes"})
#: Nobody points at a rule, and at a list only by its items.
_WITHOUT_ID: Final = frozenset({"hr", "ul", "ol", "dl"})

Structure = Callable[[Flow, etree._Element], None]


def mark_holders(root: etree._Element) -> None:
    """Mark every element with a block inside it, once for a page: asking each anew would take time
    in proportion to the depth."""
    for element in root.iter():
        if local_name(element) in meanings.BLOCKS:
            outer = element.getparent()
            while outer is not None and outer.get(_HOLDS) is None:
                outer.set(_HOLDS, "")
                outer = outer.getparent()


def _holds_blocks(element: etree._Element) -> bool:
    return element.get(_HOLDS) is not None


def unwrapped(blocks: list[FlowBlock]) -> tuple[str, list[tuple[str, str]]]:
    """Write the blocks of a list item or cell: one plain paragraph becomes the item's own text.

    Also give the anchors within, each with the id of its block, or "" for the item's own.
    """
    only = blocks[0] if len(blocks) == 1 else None
    if only is not None and only.tag == "p" and not only.attributes and not only.around:
        return only.inner, only.anchors
    anchors = [(anchor, inner or block.id) for block in blocks for anchor, inner in block.anchors]
    return join_blocks(blocks), anchors

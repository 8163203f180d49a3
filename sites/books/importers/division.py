"""Divide a book's pages into chapters that people read in one sitting.

The contents decide, not the files: one file may hold many chapters (a Project Gutenberg book), and
one chapter may lie in several files (what conversion tools cut). The rules:

* A page that the contents name begins a chapter; so does each place within it that they name, at
  the highest level that they name places of this page on.
* A chapter that takes longer than half an hour is divided at the next level of the contents.
* A page that the contents do not name continues the chapter before it, unless it begins with a
  heading or stands before all chapters.
* Headings with nothing below them go with the chapter after them.
* A long page that no contents name is divided at its own headings.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Final

from sites.books.importers.contents import Contents, Entry
from sites.books.importers.flow_block import FlowBlock
from sites.books.importers.pages import ReadPage

#: Words of half an hour, at 238 a minute: what is longer is divided where the contents allow it.
LONG_CHAPTER: Final = 7_140
TITLE_PAGES: Final = frozenset({"titlepage", "halftitlepage", "cover"})


@dataclass(slots=True)
class Draft:
    """A chapter before its text is written."""

    title: str
    source: str
    blocks: list[FlowBlock]
    #: What its page says that it is; nothing where the page holds several chapters.
    types: frozenset[str] = frozenset()
    own_title: str = ""
    linear: bool = True
    #: Whether the contents name it; else its title is still to be found.
    named: bool = True
    #: The parts whose beginning lies in this chapter.
    parts: list[str] = field(default_factory=list)

    @property
    def words(self) -> int:
        return sum(block.words for block in self.blocks)

    @property
    def only_heads(self) -> bool:
        """Is there nothing but headings in it?"""
        return bool(self.blocks) and all(
            block.level or not block.says_something for block in self.blocks
        )


def divide(pages: Sequence[ReadPage], contents: Contents) -> list[Draft]:
    """Give the chapters of ``pages``, in order. Pages without any block give none."""
    entries: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in contents.entries:
        entries[entry.part].append(entry)
    has_contents = any(entries.get(page.part) for page in pages)
    drafts: list[Draft] = []
    for page in pages:
        if page.blocks:
            named = entries.get(page.part, [])
            parts = _divide_named(page, named) if named else _divide_by_heads(page)
            parts[0].parts.append(page.part)
            for draft in parts:
                _append(drafts, draft, has_contents=has_contents)
    return _with_heads_moved(drafts)


def _append(drafts: list[Draft], draft: Draft, *, has_contents: bool) -> None:
    """Add a draft, to the chapter before it where it only continues that."""
    before = drafts[-1] if drafts else None
    continues = (
        has_contents
        and before is not None
        and not draft.named
        and not draft.blocks[0].level
        and before.named
        and draft.linear == before.linear
        and not draft.types & TITLE_PAGES
        and before.words + draft.words <= 2 * LONG_CHAPTER
    )
    if continues and before is not None:
        before.blocks = before.blocks + draft.blocks
        before.parts += draft.parts
    else:
        drafts.append(draft)


def _divide_named(page: ReadPage, entries: list[Entry]) -> list[Draft]:
    places = _places(page)
    cuts: dict[int, Entry] = {}
    levels: dict[int, list[tuple[int, Entry]]] = defaultdict(list)
    for entry in entries:
        if not entry.hidden:
            levels[entry.depth].append((places.get(entry.fragment, 0), entry))
    if not levels:
        levels[0] = [(0, entries[0])]
    highest = min(levels)
    for index, entry in levels[highest]:
        cuts.setdefault(index, entry)
    deeper = [pair for depth in sorted(levels) if depth > highest for pair in levels[depth]]
    _cut_long(page.blocks, cuts, deeper)
    return list(_drafts(page, cuts))


def _places(page: ReadPage) -> dict[str, int]:
    """Give for each of a page's ids the block that it leads to."""
    places: dict[str, int] = {"": 0}
    for index, block in enumerate(page.blocks):
        for anchor, _inside in block.anchors:
            places.setdefault(anchor, index)
    return places


def _cut_long(
    blocks: Sequence[FlowBlock], cuts: dict[int, Entry], deeper: list[tuple[int, Entry]]
) -> None:
    """Divide what is too long at the next level of the contents, and that again."""
    words = [0, *accumulate(block.words for block in blocks)]
    deeper = sorted(deeper, key=itemgetter(0))
    places = [index for index, _entry in deeper]
    starts = sorted(cuts)
    waiting = list(pairwise([*starts, len(blocks)]))
    while waiting:
        start, end = waiting.pop()
        inside = deeper[bisect_right(places, start) : bisect_left(places, end)]
        if not inside or words[end] - words[start] <= LONG_CHAPTER:
            continue
        level = min(entry.depth for _index, entry in inside)
        new = {index: entry for index, entry in reversed(inside) if entry.depth == level}
        cuts.update(new)
        waiting += pairwise([start, *sorted(new), end])


def _drafts(page: ReadPage, cuts: dict[int, Entry]) -> Iterator[Draft]:
    starts = sorted(cuts)
    if starts[0] > 0:
        yield _unnamed(page, page.blocks[: starts[0]])
    for start, end in zip(starts, [*starts[1:], len(page.blocks)], strict=True):
        entry = cuts[start]
        source = f"{page.part}#{entry.fragment}" if entry.fragment else page.part
        draft = Draft(entry.title, source, page.blocks[start:end], linear=page.linear)
        if len(starts) == 1:
            draft.types, draft.own_title = page.types, page.title
        yield draft


def _unnamed(page: ReadPage, blocks: list[FlowBlock], source: str = "") -> Draft:
    return Draft("", source or page.part, blocks, page.types, page.title, page.linear, named=False)


def _divide_by_heads(page: ReadPage) -> list[Draft]:
    whole = _unnamed(page, page.blocks)
    levels = Counter(block.level for block in page.blocks if block.level)
    divided = sorted(level for level, count in levels.items() if count > 1)
    if whole.words <= LONG_CHAPTER or not divided:
        return [whole]
    starts = [index for index, block in enumerate(page.blocks) if block.level == divided[0]]
    starts = sorted({0, *starts})
    drafts = []
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(page.blocks)
        source = f"{page.part}#{number + 1}" if number else page.part
        drafts.append(_unnamed(page, page.blocks[start:end], source))
    return drafts


def _with_heads_moved(drafts: list[Draft]) -> list[Draft]:
    """Put headings with nothing below them at the head of the chapter that follows."""
    moved: list[Draft] = []
    for draft in reversed(drafts):
        after = moved[-1] if moved else None
        if after is not None and draft.only_heads and not draft.types & TITLE_PAGES:
            after.blocks = draft.blocks + after.blocks
            after.parts = draft.parts + after.parts
        else:
            moved.append(draft)
    return moved[::-1]

"""Write the chapters: headings in order, links resolved, everything through the sanitiser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sites.books.importers.book import ImportedChapter, provisional_uid
from sites.books.importers.deadline import Deadline
from sites.books.importers.division import Draft
from sites.books.importers.errors import ChapterTooLong
from sites.books.importers.flow_block import FlowBlock, join_blocks
from sites.books.text.clean import clean_html
from sites.books.text.errors import TextTooLong
from sites.books.text.links import rewrite_links
from sites.books.text.paragraphs import PARAGRAPH_LIMIT
from sites.books.text.words import word_count

#: A chapter, counted from 0, and a provisional paragraph id in it, or "".
Place = tuple[int, str]
#: (part, the page's own id or "") → place
Places = dict[tuple[str, str], Place]

_LINK: Final = "chapter:l"
_HIGHEST: Final = 2  # the page's own h1 is the chapter's title
_LOWEST: Final = 6


def write_chapters(
    drafts: Sequence[Draft],
    places: Places,
    targets: Sequence[tuple[str, str]],
    deadline: Deadline,
) -> list[ImportedChapter]:
    """Write the drafts; ``targets`` are the places that the provisional links lead to.

    A link whose place is not in any chapter (the cover, the contents) loses its address and keeps
    its words; one whose fragment does not exist leads to the chapter. Raises ChapterTooLong and
    TakesTooLong.
    """
    chapters = []
    for number, draft in enumerate(drafts):
        deadline.check()

        def target_of(address: str, here: int = number) -> str | None:
            if not address.startswith(_LINK):
                return address
            part, fragment = targets[int(address.removeprefix(_LINK))]
            place = places.get((part, fragment)) or places.get((part, ""))
            return _address(place, here) if place else None

        try:
            html = clean_html(rewrite_links(join_blocks(_with_levels(draft.blocks)), target_of))
        except TextTooLong as error:
            raise ChapterTooLong(draft.title) from error
        if html.count(' id="p-') > PARAGRAPH_LIMIT:
            raise ChapterTooLong(draft.title)
        chapters.append(
            ImportedChapter(
                uid=provisional_uid(number),
                title=draft.title,
                source=draft.source[:500],
                html=html,
                words=word_count(html),
            )
        )
    return chapters


def _address(place: Place, here: int) -> str | None:
    number, paragraph = place
    mark = f"#{paragraph}" if paragraph else ""
    if number == here:
        return mark or None  # a link to the chapter that it stands in
    return f"chapter:{provisional_uid(number)}{mark}"


def find_places(drafts: Sequence[Draft]) -> Places:
    """Give for each part, and each id in it, the chapter and the paragraph that it leads to."""
    places: Places = {}
    for number, draft in enumerate(drafts):
        for part in draft.parts:
            places.setdefault((part, ""), (number, ""))
        waiting: list[tuple[str, str]] = []
        for block in draft.blocks:
            waiting += [(block.part, anchor) for anchor, inside in block.anchors if not inside]
            if block.id:
                places.update((key, (number, block.id)) for key in waiting if key not in places)
                waiting.clear()
            for anchor, inside in block.anchors:
                if inside:
                    places.setdefault((block.part, anchor), (number, inside))
        for key in waiting:
            places.setdefault(key, (number, ""))
    return places


def _with_levels(blocks: Sequence[FlowBlock]) -> list[FlowBlock]:
    """Let the headings of a chapter count from h2 without gaps."""
    levels = sorted({block.level for block in blocks if block.level})
    tags = {level: f"h{min(_HIGHEST + rank, _LOWEST)}" for rank, level in enumerate(levels)}
    return [replace(block, tag=tags[block.level]) if block.level else block for block in blocks]

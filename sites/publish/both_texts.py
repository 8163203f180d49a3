"""Two texts of one chapter side by side, for somebody who has to choose."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from sites.books.actions.save_draft import DraftConflict
from sites.books.exceptions import BookError
from sites.books.models import Chapter
from sites.books.models.draft import UnstoredWords
from sites.books.text.blocks import read_blocks
from sites.books.text.compare import Version, compare
from sites.books.text.tokens import split_clean
from sites.desk.manuscript import from_writing

#: Paragraphs of one text that are shown beside the other: an evening of reading.
PARAGRAPHS_SHOWN: Final = 400
#: Characters of them: a long chapter of a novel three times over. A paragraph of millions would make
#: an answer of as many.
CHARACTERS_SHOWN: Final = 100_000


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its words, where they come from, and when that was; ``is_cut`` where there are
    more than can be shown."""

    heading: str
    title: str
    paragraphs: list[str]
    is_cut: bool
    at: datetime | None = None


def side_of(heading: str, version: Version, at: datetime | None = None) -> Side:
    """Give a side with as much of its text as is shown."""
    blocks = read_blocks(split_clean(version.text))
    paragraphs = [block.text for block in blocks if block.text]
    shown: list[str] = []
    left = CHARACTERS_SHOWN
    for words in paragraphs[:PARAGRAPHS_SHOWN]:
        if left <= 0:
            break
        shown.append(words if len(words) <= left else words[:left] + "…")
        left -= len(words)
    is_cut = len(shown) < len(paragraphs) or left < 0
    return Side(heading, version.title, shown, is_cut, at)


def typed_version(title: str, typed: str) -> Version:
    """Give what stood in a form as a version; what cannot be cleaned is shown as it is."""
    try:
        return Version(title, from_writing(typed))
    except BookError:
        return Version(title, f"<p>{html.escape(typed, quote=False)}</p>")


def both_texts(
    chapter: Chapter, mine: Version, *, draft: UnstoredWords | None = None
) -> dict[str, Any]:
    """Give what ``publish/both_texts.html`` shows: a person's words beside what the chapter says now,
    or beside their own ``draft`` from another page."""
    if draft is not None:
        heading, at = _("Yours, from another page"), draft.saved_at
        theirs = typed_version(draft.title, draft.text)
    else:
        heading, at = _stored_by(chapter), chapter.updated_at
        theirs = Version(chapter.title, chapter.text)
    return {
        "book": chapter.book,
        "chapter": chapter,
        "sides": [side_of(_("Yours"), mine), side_of(heading, theirs, at)],
        "found": compare(theirs, mine),
    }


def of_conflict(request: HttpRequest, conflict: DraftConflict, mine: Version) -> str:
    """Draw both texts of a conflict, for a page that is open."""
    shown = both_texts(conflict.chapter, mine, draft=conflict.draft)
    return render_to_string("publish/both_texts.html", {**shown, "live": True}, request)


def _stored_by(chapter: Chapter) -> str:
    """Say whose text it is: who made the change that the newest revision was kept for."""
    newest = (
        chapter.revisions.select_related("created_by").defer("text").order_by("-number").first()
    )
    if newest is None or newest.created_by is None:
        return _("Stored in the chapter")
    return _("Stored by %(name)s") % {"name": newest.created_by}

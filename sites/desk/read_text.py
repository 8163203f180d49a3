"""A chapter's text as a desk shows it to be read: as readers see it, each paragraph with a way to
comment on it, and a mark on what changed since an earlier text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.core.files.storage import default_storage
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sites.books.models import Chapter
from sites.books.text.allowed import POINTABLE
from sites.books.text.blocks import read_blocks
from sites.books.text.draw import draw_text
from sites.books.text.tokens import read_clean_tag, split_clean, tag_name

NEW, CHANGED = "new", "changed"
#: Nothing may stand before a caption in its table, nor loose in a list: the way stands before it.
_OUTSIDE = frozenset({"table", "figure"})


@dataclass(frozen=True)
class Differences:
    """What a text says since an earlier one: marks by paragraph id, and how many have gone."""

    marks: dict[str, str] = field(default_factory=dict)
    gone: int = 0

    @property
    def new(self) -> int:
        return sum(mark == NEW for mark in self.marks.values())

    @property
    def changed(self) -> int:
        return sum(mark == CHANGED for mark in self.marks.values())

    def __bool__(self) -> bool:
        return bool(self.marks or self.gone)


def differences(text: str, earlier: str) -> Differences:
    """Compare two clean texts of a chapter by their paragraphs' ids and words, in linear time."""
    before = {block.id: block.text for block in read_blocks(split_clean(earlier)) if block.id}
    marks, stayed = {}, 0
    for block in read_blocks(split_clean(text)):
        if block.id in before:
            stayed += 1
            if before[block.id] != block.text:
                marks[block.id] = CHANGED
        elif block.id:
            marks[block.id] = NEW
    return Differences(marks, len(before) - stayed)


def text_to_read(
    chapter: Chapter,
    *,
    chapter_url: Callable[[str], str | None],
    marks: Mapping[str, str],
    comments: Mapping[str, int] | None,
) -> SafeString:
    """Give the text with its pictures and links in place; no query.

    ``chapter_url(uid)`` gives the address of another chapter at this desk, or None. ``comments``
    counts those on each paragraph; None where nobody may comment.
    """
    drawn = draw_text(chapter.text, media_url=default_storage.url, chapter_url=chapter_url)
    pieces = split_clean(drawn)
    for index in range(1, len(pieces), 2):
        if tag_name(pieces[index]) not in POINTABLE or ' id="' not in pieces[index]:
            continue
        tag = read_clean_tag(pieces[index])
        paragraph = tag.attributes["id"]
        mark = marks.get(paragraph, "")
        if mark:
            tag.attributes["data-mark"] = mark
        way = "" if comments is None else _way(chapter.uid, paragraph, mark, comments)
        pieces[index] = f"{way}{tag}" if tag.name in _OUTSIDE else f"{tag}{way}"
    # Clean text by contract: what writes it goes through sites.books.text.clean.
    return mark_safe("".join(pieces))  # noqa: S308


def _way(uid: str, paragraph: str, mark: str, comments: Mapping[str, int]) -> SafeString:
    """Give the link beside a paragraph, which says what is there already."""
    count = comments.get(paragraph, 0)
    label = _("Comment on this paragraph")
    if count:
        said = ngettext("%(count)d comment so far", "%(count)d comments so far", count)
        label = f"{label} ({said % {'count': count}})"
    if mark:
        label = f"{_('New paragraph') if mark == NEW else _('Changed paragraph')}. {label}"
    return format_html(
        '<a class="desk-way-in" href="?{}#say" data-say-chapter="{}" data-say-paragraph="{}" '
        'title="{}" aria-label="{}">{}</a>',
        urlencode({"chapter": uid, "about": paragraph}),
        uid,
        paragraph,
        label,
        label,
        count or "",
    )

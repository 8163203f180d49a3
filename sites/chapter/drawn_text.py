"""A chapter's text as a page shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from sites.accounts.models import Person
from sites.books.models import Chapter
from sites.books.text.draw import draw_text
from sites.books.text.links import chapter_references
from sites.books.text.tokens import split_clean, tag_name

_WIDE = re.compile(r"<(table|pre|math)\b")


def drawn_text(chapter: Chapter, user: Person, now: datetime | None = None) -> SafeString:
    """Give the text with its pictures and links in place, in one query or none.

    Links to chapters that this person may not read become plain words.
    """
    uids = chapter_references(chapter.text)
    found = (
        Chapter.objects.readable_by(user, now)
        .filter(uid__in=uids)
        .values_list("uid", "book__slug", "number")
        if uids
        else ()
    )
    addresses = {uid: reverse("read", args=(slug, number)) for uid, slug, number in found}
    return drawn_with(chapter.text, addresses)


def drawn_with(text: str, addresses: Mapping[str, str]) -> SafeString:
    """Give a clean text with its pictures in place; links to chapters lead to ``addresses``, by uid,
    and those to others become plain words."""
    drawn = draw_text(text, media_url=default_storage.url, chapter_url=addresses.get)
    # Clean text by contract: what writes it goes through sites.books.text.clean.
    return mark_safe(_with_scrolling_boxes(drawn))  # noqa: S308


def _with_scrolling_boxes(text: str) -> str:
    """Give what may be wider than a phone a box of its own that keys can scroll.

    A table gets an element around it, because one that scrolls by itself is no table to screen
    readers any more.
    """
    if not _WIDE.search(text):
        return text
    pieces = split_clean(text)
    for index in range(1, len(pieces), 2):
        tag = pieces[index]
        name = tag_name(tag)
        if name == "table":
            pieces[index] = f'<div class="scroll" tabindex="0">{tag}'
        elif name == "/table":
            pieces[index] = f"{tag}</div>"
        elif name == "pre" or (name == "math" and ' display="block"' in tag):
            pieces[index] = f'{tag[:-1]} tabindex="0">'
    return "".join(pieces)

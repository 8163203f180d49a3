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
from sites.books.pictures import drawn_pictures
from sites.books.text.draw import draw_text, picture_keys, placeholder_rules
from sites.books.text.links import chapter_references
from sites.books.text.tokens import split_clean, tag_name


class DrawnText(SafeString):
    """A text to be written into a page as it is; ``rules`` go into a ``<style>`` of its head."""

    def __new__(cls, text: str, rules: str = "") -> DrawnText:
        made = super().__new__(cls, text)
        # Numbers and base64, made here.
        made.rules = mark_safe(rules)  # noqa: S308
        return made

    rules: SafeString


_WIDE = re.compile(r"<(table|pre|math)\b")


def drawn_text(chapter: Chapter, user: Person, now: datetime | None = None) -> DrawnText:
    """Give the text with its pictures and links in place, in a query for each of them or none.

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


def drawn_with(text: str, addresses: Mapping[str, str]) -> DrawnText:
    """Give a clean text with its pictures in place; links to chapters lead to ``addresses``, by uid,
    and those to others become plain words."""
    pictures = drawn_pictures(picture_keys(text)) if "<img" in text else {}
    drawn = draw_text(
        text, media_url=default_storage.url, chapter_url=addresses.get, pictures=pictures
    )
    # Clean text by contract: what writes it goes through sites.books.text.clean.
    return DrawnText(_with_scrolling_boxes(drawn), placeholder_rules(pictures))


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

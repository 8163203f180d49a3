"""A chapter's text as a page shows it."""

from __future__ import annotations

from datetime import datetime

from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from sites.books.models import Chapter
from sites.books.reading import Person
from sites.books.text.draw import draw_text
from sites.books.text.links import chapter_references


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
    drawn = draw_text(chapter.text, media_url=default_storage.url, chapter_url=addresses.get)
    # Clean text by contract: what writes it goes through sites.books.text.clean.
    return mark_safe(drawn)  # noqa: S308

from __future__ import annotations

from collections.abc import Mapping

from sites.books.models import ReadingProgress

BATCH = 1_000  # places in one statement


def move_readers(moved: Mapping[int, Mapping[str, str]]) -> None:
    """Lead readers from paragraphs that are gone to those that took their place.

    ``moved`` has for each chapter's key what ``Assignment.moved`` says of its text; "" leaves a
    reader to the fraction of the chapter. The chapters must be locked: who keeps a place meanwhile
    names a paragraph of the old text, and is led by the fraction.

    Links from other chapters to a paragraph that is gone stay as they are, and lead to the top of
    this one: to find them, every text of the book would be read at each save. Links within the
    chapter follow their paragraph already.
    """
    gone = {paragraph for ways in moved.values() for paragraph in ways}
    if not gone:
        return
    places = list(
        ReadingProgress.objects.select_for_update(of=("self",), no_key=True)
        .filter(chapter__in=moved, paragraph__in=gone)
        .order_by("pk")  # one order for all, so that no two wait for each other
    )
    for place in places:
        place.paragraph = moved[place.chapter_id].get(place.paragraph, place.paragraph)
    ReadingProgress.objects.bulk_update(places, ["paragraph"], batch_size=BATCH)

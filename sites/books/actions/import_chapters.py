"""Write a file's chapters into a book: uids, paragraph ids and readers' places survive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from django.db.models import Max
from django.utils.translation import ngettext

from realtime.streams import revoke
from sites.books.actions.import_plan import Kind, Occasion, Plan, plan_chapters
from sites.books.actions.move_readers import move_readers
from sites.books.importers.book import ImportedChapter
from sites.books.importers.errors import ImportRefused
from sites.books.importers.readable import short_name
from sites.books.leases import held_by_others
from sites.books.models import Book, Chapter, ChapterLease, Revision
from sites.books.rooms import room_of_chapter

NAMED: Final = 5  # chapters in a refusal: a sentence, and no list
BATCH: Final = 100  # chapters in one statement: about a megabyte of text


class ChaptersHeld(ImportRefused):
    """Others are writing in chapters that the file changes; ``leases`` say who in which."""

    def __init__(self, leases: Sequence[ChapterLease]) -> None:
        self.leases = leases
        named = [f"“{short_name(one.chapter.title)}” ({one.holder})" for one in leases[:NAMED]]
        if len(leases) > NAMED:
            named.append("…")
        sentence = ngettext(
            "Somebody else is writing in a chapter that the file changes: %(chapters)s. Nothing is "
            "imported yet. Ask for the chapter, or import the file when it is free.",
            "Others are writing in chapters that the file changes: %(chapters)s. Nothing is imported "
            "yet. Ask for the chapters, or import the file when they are free.",
            len(leases),
        )
        super().__init__(sentence % {"chapters": ", ".join(named)})


def write_imported_chapters(
    book: Book,
    stored: Sequence[Chapter],
    imported: Sequence[ImportedChapter],
    occasion: Occasion,
) -> Plan:
    """Make the chapters of ``book``, which are ``stored`` (locked, in order), those of the file.

    The rules are those of ``import_book``. Raises ``ChaptersHeld``. The queries are as many for a thousand chapters as for
    ten, but for batches of ``BATCH``.
    """
    plan = plan_chapters(book, stored, imported, occasion)
    _require_free(plan)
    _write(plan)
    return plan


def _require_free(plan: Plan) -> None:
    """Nobody else may be writing in a chapter that another text, title or status comes into; to be
    moved by a place takes no words from anybody."""
    changing = [key for key in plan.touched if "updated_at" in plan.columns[key]]
    held = held_by_others(changing, by=plan.occasion.by) if changing else []
    if held:
        raise ChaptersHeld(held)


def _write(plan: Plan) -> None:
    Chapter.objects.bulk_create(plan.new, batch_size=BATCH)
    alike: defaultdict[frozenset[str], list[Chapter]] = defaultdict(list)
    for key, chapter in plan.touched.items():
        alike[frozenset(plan.columns[key])].append(chapter)
    for columns, chapters in alike.items():
        Chapter.objects.bulk_update(chapters, sorted(columns), batch_size=BATCH)
    if plan.revisions:
        last = dict(
            Revision.objects.filter(chapter__in=[each.chapter for each in plan.revisions])
            .order_by()
            .values("chapter")
            .annotate(last=Max("number"))
            .values_list("chapter", "last")
        )
        for revision in plan.revisions:
            revision.number = last.get(revision.chapter_id, 0) + 1
        Revision.objects.bulk_create(plan.revisions, batch_size=BATCH)
    move_readers(plan.moved)
    withdrawn = [change.chapter.pk for change in plan.changes if change.kind == Kind.WITHDRAWN]
    if withdrawn:
        revoke(rooms=map(room_of_chapter, withdrawn))

"""Write a file's chapters into a book: uids, paragraph ids and readers' places survive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from sites.accounts.models import User
from sites.books.actions.move_readers import move_readers
from sites.books.actions.pair_chapters import WITHDRAWN, pair_chapters
from sites.books.importers.book import ImportedChapter
from sites.books.models import Book, Chapter, Revision, Status
from sites.books.models.chapter import new_uid
from sites.books.text.links import rewrite_links
from sites.books.text.paragraphs import Assignment, match_paragraphs

_START = 0  # no chapter's key: what stands before all of the file's
SOURCE_LENGTH = 500  # of the column
BATCH = 100  # chapters in one statement: about a megabyte of text


@dataclass(slots=True)
class ChapterChanges:
    """How many chapters the file brought, and what became of those that it no longer has."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    #: Chapters of the file that were to be published, but are drafts here and stay so.
    kept_as_drafts: int = 0
    #: Whether any row was written.
    wrote: bool = False


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who imports, when, and whether what is new in the file is published at once."""

    by: User | None
    now: datetime
    publish: bool


@dataclass(slots=True)
class _Plan:
    """What is to be written; filled in memory, then written in a few statements."""

    occasion: Occasion
    new: list[Chapter] = field(default_factory=list)
    touched: dict[int, Chapter] = field(default_factory=dict)
    #: The columns that change, by the same keys.
    columns: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    revisions: list[Revision] = field(default_factory=list)
    #: For each chapter whose text changes: old paragraph id → where its readers go.
    moved: dict[int, dict[str, str]] = field(default_factory=dict)


def write_imported_chapters(
    book: Book,
    stored: Sequence[Chapter],
    imported: Sequence[ImportedChapter],
    occasion: Occasion,
) -> ChapterChanges:
    """Make the chapters of ``book``, which are ``stored`` (locked, in order), those of the file.

    The rules are those of ``import_book``. The queries are as many for a thousand chapters as for
    ten, but for batches of ``BATCH``.
    """
    plan = _Plan(occasion)
    pairs = pair_chapters(stored, imported)
    chapters = [pairs.get(place) or _new(book, occasion.now) for place in range(len(imported))]
    texts = _texts(imported, chapters, plan)
    changes = ChapterChanges()
    for place, (chapter, new, text) in enumerate(zip(chapters, imported, texts, strict=True)):
        if place not in pairs:
            plan.new.append(chapter)
            changes.added += 1
        elif (chapter.title, chapter.text) != (new.title, text):
            _keep(plan, chapter, text)
            changes.changed += 1
        else:
            changes.unchanged += 1
        _take_over(plan, chapter, new, text)
        changes.kept_as_drafts += occasion.publish and chapter.status == Status.DRAFT
    kept = {chapter.pk for chapter in pairs.values()}
    withdrawn = [each for each in stored if each.source and each.pk not in kept]
    changes.withdrawn = _withdraw(plan, withdrawn)
    _number(plan, _in_order(stored, chapters, withdrawn))
    _write(plan)
    changes.wrote = bool(plan.new or plan.touched)
    return changes


def _new(book: Book, now: datetime) -> Chapter:
    return Chapter(book=book, uid=new_uid(), created_at=now)


def _texts(
    imported: Sequence[ImportedChapter], chapters: Sequence[Chapter], plan: _Plan
) -> list[str]:
    """Give the texts with their lasting paragraph ids, and links that lead to lasting uids."""
    matched: dict[str, tuple[Chapter, Assignment]] = {}
    for new, chapter in zip(imported, chapters, strict=True):
        assignment = match_paragraphs(new.html, chapter.text)
        matched[new.uid] = chapter, assignment
        if chapter.pk is not None and assignment.moved:
            plan.moved[chapter.pk] = assignment.moved

    def target_of(address: str) -> str | None:
        uid, mark, paragraph = address.removeprefix("chapter:").partition("#")
        if not address.startswith("chapter:") or uid not in matched:
            return address
        chapter, assignment = matched[uid]
        return f"chapter:{chapter.uid}{mark}{assignment.given.get(paragraph, paragraph)}"

    return [rewrite_links(assignment.text, target_of) for _chapter, assignment in matched.values()]


def _take_over(plan: _Plan, chapter: Chapter, new: ImportedChapter, text: str) -> None:
    wanted: dict[str, object] = {
        "title": new.title,
        "text": text,
        "words": new.words,
        "source": new.source,
    }
    is_ours = chapter._state.adding or chapter.source.startswith(WITHDRAWN)
    if plan.occasion.publish and is_ours:
        # One that comes back is not news: it keeps the time that it had.
        published = chapter.publish_at or plan.occasion.now
        wanted |= {"status": Status.PUBLISHED, "publish_at": published}
    _set(plan, chapter, wanted)


def _keep(plan: _Plan, chapter: Chapter, text: str) -> None:
    if chapter.text and chapter.text != text:
        plan.revisions.append(
            Revision(
                chapter=chapter,
                title=chapter.title,
                text=chapter.text,
                words=chapter.words,
                created_at=plan.occasion.now,
                created_by=plan.occasion.by,
            )
        )


def _withdraw(plan: _Plan, chapters: Sequence[Chapter]) -> int:
    """Make drafts of chapters that the file no longer has; give how many were none before."""
    published = [chapter for chapter in chapters if chapter.status != Status.DRAFT]
    for chapter in published:
        source = f"{WITHDRAWN}{chapter.source}"[:SOURCE_LENGTH]
        _set(plan, chapter, {"status": Status.DRAFT, "source": source})
    return len(published)


def _set(plan: _Plan, chapter: Chapter, wanted: dict[str, object]) -> None:
    """Note down what changes. A chapter is another version when its writers would see a change."""
    changed = {name for name, value in wanted.items() if getattr(chapter, name) != value}
    for name in changed:
        setattr(chapter, name, wanted[name])
    if changed & {"title", "text", "status"}:
        chapter.updated_at = plan.occasion.now
        changed.add("updated_at")
    if changed and chapter.pk is not None:
        plan.touched[chapter.pk] = chapter
        plan.columns[chapter.pk] |= changed


def _in_order(
    stored: Sequence[Chapter], imported: Sequence[Chapter], withdrawn: Sequence[Chapter]
) -> list[Chapter]:
    """Give all chapters in the file's order: what was written here stays behind the chapter that
    it stood behind, what was withdrawn goes to the end."""
    paired = {chapter.pk for chapter in imported if chapter.pk is not None}
    gone = {chapter.pk for chapter in withdrawn}
    behind: defaultdict[int, list[Chapter]] = defaultdict(list)
    before = _START
    for chapter in stored:
        if chapter.pk in paired:
            before = chapter.pk
        elif chapter.pk not in gone:
            behind[before].append(chapter)
    order = behind[_START]
    for chapter in imported:
        order.append(chapter)
        if chapter.pk is not None:
            order += behind[chapter.pk]
    return [*order, *withdrawn]


def _number(plan: _Plan, chapters: Sequence[Chapter]) -> None:
    for number, chapter in enumerate(chapters, start=1):
        _set(plan, chapter, {"number": number})


def _write(plan: _Plan) -> None:
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

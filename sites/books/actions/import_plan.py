"""Plan what a file's chapters change in a book, in memory: what is previewed is what is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from sites.accounts.models import User
from sites.books.actions.pair_chapters import WITHDRAWN, pair_chapters
from sites.books.importers.book import ImportedChapter
from sites.books.models import Book, Chapter, Revision, Status
from sites.books.models.chapter import new_uid
from sites.books.text.links import rewrite_links
from sites.books.text.paragraphs import Assignment, match_paragraphs

_START: Final = 0  # no chapter's key: what stands before all of the file's
SOURCE_LENGTH: Final = 500  # of the column


class Kind(StrEnum):
    """What becomes of a chapter."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    #: The file lacks it, and it becomes a draft.
    WITHDRAWN = "withdrawn"
    #: The file lacks it, and it stays as it is.
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class ChapterChange:
    """One chapter, with its text before and after; ``former`` is its title before, if another."""

    kind: Kind
    chapter: Chapter
    before: str = field(default="", repr=False)
    after: str = field(default="", repr=False)
    former: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who imports, when, and whether what is new in the file is published at once.

    ``chosen``: a person chose the book for this file. Then chapters that were written here are
    found again by their titles, too, and what the file lacks stays as it is.
    """

    by: User | None
    now: datetime
    publish: bool
    chosen: bool = False


@dataclass(slots=True)
class Plan:
    """What is to be written; filled in memory, then written in a few statements."""

    occasion: Occasion
    changes: list[ChapterChange] = field(default_factory=list)
    new: list[Chapter] = field(default_factory=list)
    touched: dict[int, Chapter] = field(default_factory=dict)
    #: The columns that change, by the same keys.
    columns: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    revisions: list[Revision] = field(default_factory=list)
    #: For each chapter whose text changes: old paragraph id → where its readers go.
    moved: dict[int, dict[str, str]] = field(default_factory=dict)
    #: Chapters of the file that were to be published, but are drafts here and stay so.
    kept_as_drafts: int = 0

    def count(self, kind: Kind) -> int:
        return sum(change.kind == kind for change in self.changes)


def plan_chapters(
    book: Book,
    stored: Sequence[Chapter],
    imported: Sequence[ImportedChapter],
    occasion: Occasion,
) -> Plan:
    """Plan to make the chapters of ``book``, which are ``stored`` (in order), those of the file.

    ``stored`` are changed in memory alone. Pure but for the uids and paragraph ids that it draws.
    """
    plan = Plan(occasion)
    pairs = pair_chapters(stored, imported, written_here=occasion.chosen)
    chapters = [pairs.get(place) or _new(book, occasion.now) for place in range(len(imported))]
    texts = _texts(imported, chapters, plan)
    for place, (chapter, new, text) in enumerate(zip(chapters, imported, texts, strict=True)):
        if place not in pairs:
            plan.new.append(chapter)
            plan.changes.append(ChapterChange(Kind.NEW, chapter, after=text))
        elif (chapter.title, chapter.text) != (new.title, text):
            former = chapter.title if chapter.title != new.title else ""
            change = ChapterChange(Kind.CHANGED, chapter, chapter.text, text, former)
            plan.changes.append(change)
            _keep(plan, chapter, text)
        else:
            plan.changes.append(ChapterChange(Kind.UNCHANGED, chapter))
        _take_over(plan, chapter, new, text)
        plan.kept_as_drafts += occasion.publish and chapter.status == Status.DRAFT
    kept = {chapter.pk for chapter in pairs.values()}
    missing = [each for each in stored if each.pk not in kept]
    withdrawn = [] if occasion.chosen else [each for each in missing if each.source]
    _withdraw(plan, withdrawn)
    gone = {each.pk for each in withdrawn}
    left = [each for each in missing if each.pk not in gone]
    plan.changes += [ChapterChange(Kind.KEPT, each) for each in left]
    _number(plan, _in_order(stored, chapters, withdrawn))
    return plan


def _new(book: Book, now: datetime) -> Chapter:
    return Chapter(book=book, uid=new_uid(), created_at=now)


def _texts(
    imported: Sequence[ImportedChapter], chapters: Sequence[Chapter], plan: Plan
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


def _take_over(plan: Plan, chapter: Chapter, new: ImportedChapter, text: str) -> None:
    wanted: dict[str, object] = {"title": new.title, "text": text, "words": new.words}
    if new.house_uid == chapter.uid:
        # The house's own edition says nothing of where the chapter came from.
        wanted["source"] = chapter.source.removeprefix(WITHDRAWN)
    else:
        wanted["source"] = new.source
    is_ours = chapter._state.adding or chapter.source.startswith(WITHDRAWN)
    if plan.occasion.publish and is_ours:
        # One that comes back is not news: it keeps the time that it had.
        published = chapter.publish_at or plan.occasion.now
        wanted |= {"status": Status.PUBLISHED, "publish_at": published}
    _set(plan, chapter, wanted)


def _keep(plan: Plan, chapter: Chapter, text: str) -> None:
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


def _withdraw(plan: Plan, chapters: Sequence[Chapter]) -> None:
    """Make drafts of chapters that the file no longer has; count those that were none before."""
    published = [chapter for chapter in chapters if chapter.status != Status.DRAFT]
    for chapter in published:
        source = f"{WITHDRAWN}{chapter.source}"[:SOURCE_LENGTH]
        _set(plan, chapter, {"status": Status.DRAFT, "source": source})
        plan.changes.append(ChapterChange(Kind.WITHDRAWN, chapter))


def _set(plan: Plan, chapter: Chapter, wanted: dict[str, object]) -> None:
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
    """Give all chapters in the file's order: what the file does not touch stays behind the chapter
    that it stood behind, what was withdrawn goes to the end."""
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


def _number(plan: Plan, chapters: Sequence[Chapter]) -> None:
    for number, chapter in enumerate(chapters, start=1):
        _set(plan, chapter, {"number": number})

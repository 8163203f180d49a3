from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from sites.accounts.models import User
from sites.books.actions.save_draft import DraftConflict, hold_draft, write_draft
from sites.books.leases import hold_chapter
from sites.books.models import Chapter, ChapterDraft
from sites.books.models.draft import UnstoredWords


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a form was sent with: the ``serial`` of the draft that it showed, and, where scripts ran,
    the open page with its own count of what it sent."""

    serial: int
    page: str = ""
    sent: int = 0

    def holds(self, draft: UnstoredWords) -> bool:
        """Did the form hold all that waits?"""
        if self.page and draft.page == self.page:
            return draft.sent <= self.sent
        return draft.serial == self.serial


@transaction.atomic
def throw_draft_away(chapter: Chapter, *, by: User, serial: int) -> None:
    """Let what waits of a person be gone: they have seen it, and do not want it.

    Raises ``PermissionDenied``, ``GoneMeanwhile``, and ``DraftConflict`` where other words wait than
    those that were seen.
    """
    kept = hold_chapter(chapter, by)
    draft = hold_draft(kept, by)
    if draft.is_waiting and draft.serial != serial:
        raise DraftConflict(kept, draft)
    _clear(draft)


@transaction.atomic
def clear_stored_draft(chapter: Chapter, arrived: Arrived, *, by: User) -> None:
    """Let nothing wait any more of what a form has just brought into the chapter. What the form did
    not hold stays. The page and its count are remembered, so that a browser which has kept the same
    words knows that they have arrived. Raises ``PermissionDenied`` and ``GoneMeanwhile``."""
    kept = hold_chapter(chapter, by)
    draft = hold_draft(kept, by)
    if draft.is_waiting and not arrived.holds(draft):
        return
    if arrived.page:
        draft.page, draft.sent = arrived.page, arrived.sent
    if draft.pk or arrived.page:
        _clear(draft)


def _clear(draft: ChapterDraft) -> None:
    draft.title, draft.text, draft.base = "", "", None
    write_draft(draft)

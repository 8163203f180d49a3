from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import User
from sites.books.actions.renew_lease import require_held
from sites.books.exceptions import BookError
from sites.books.leases import Hold, change_lease, from_now, hold_chapter
from sites.books.models import Chapter, ChapterDraft
from sites.books.models.draft import UnstoredWords
from sites.books.text.errors import TextTooLong

LONGEST_TITLE: Final = 300  # of the column
#: Characters of what stands in the form: a chapter's limit (``clean.TEXT_LIMIT``), which is asked for
#: again when it is stored.
LONGEST_DRAFT: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Words:
    """What an open page has: ``page`` is its name, and ``sent`` its own count of what it sends."""

    title: str
    text: str
    page: str
    sent: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What the words were made from: the chapter's ``updated_at``, and the draft's ``serial``."""

    base: datetime
    serial: int


class DraftConflict(BookError):
    """The words were made from something that is no longer the newest. ``chapter`` says what readers'
    text is now, ``draft`` what waits of the same person from another page, if that is in the way."""

    sentence = _(
        "“%(title)s” was changed while you wrote, so your words are not stored on top of it. "
        "Compare both texts and choose with which one to go on."
    )

    def __init__(self, chapter: Chapter, draft: UnstoredWords | None) -> None:
        self.chapter, self.draft = chapter, draft
        super().__init__(self.sentence % {"title": chapter.title})


@transaction.atomic
def save_draft(chapter: Chapter, words: Words, *, seen: Seen, by: User, hold: Hold) -> int:
    """Keep what a person has typed, apart from readers' text, and the lease for another ``LEASE_FOR``;
    give the draft's new serial.

    Nothing is overwritten unseen: the chapter must be the one that the words were made from, and what
    waits of the same person on another page as well. What was kept already, or is older than that
    (a request that was sent twice, or overtaken), changes nothing.

    Raises ``PermissionDenied``, ``GoneMeanwhile``, ``LeaseLost``, ``DraftConflict``, ``TextTooLong``.
    """
    if len(words.text) > LONGEST_DRAFT:
        raise TextTooLong(len(words.text), LONGEST_DRAFT)
    kept = hold_chapter(chapter, by)
    require_held(kept, by=by, hold=hold)
    draft = hold_draft(kept, by)
    change_lease(kept.pk, expires_at=from_now())
    if draft.page == words.page and words.sent <= draft.sent:
        return draft.serial
    if seen.base != kept.updated_at:
        raise DraftConflict(kept, None)
    if draft.is_waiting and draft.page != words.page and draft.serial != seen.serial:
        raise DraftConflict(kept, draft)
    draft.base = kept.updated_at
    write_words(draft, words)
    return draft.serial


def hold_draft(chapter: Chapter, by: User) -> ChapterDraft:
    """Lock a person's draft of a chapter, which must be locked; a new one is not stored yet."""
    rows = ChapterDraft.objects.select_for_update(of=("self",))
    found = rows.filter(chapter=chapter, author=by).first()
    return found or ChapterDraft(chapter=chapter, author=by)


def write_words(draft: UnstoredWords, words: Words) -> None:
    """Store these words in it."""
    draft.title, draft.text = words.title[:LONGEST_TITLE], words.text
    draft.page, draft.sent = words.page, words.sent
    write_draft(draft)


def write_draft(draft: UnstoredWords) -> None:
    """Store it with the next serial, at the database's time."""
    draft.serial += 1
    draft.saved_at = Now()
    draft.save()

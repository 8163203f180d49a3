from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts import limits
from sites.accounts.models import Person, User
from sites.books.models import Chapter
from sites.books.text.passage import Passage
from sites.books.text.passages import digest_of, find_passage, passage_at
from sites.books.text.running_text import read_running_text
from sites.community.marks import MINUTE, MOST_A_MINUTE, NotMarked, Style, tell_changed
from sites.community.models import Highlight
from sites.community.models.highlight import LONGEST_PASSAGE, HighlightQuerySet

#: Highlights of one person in one chapter: every third paragraph of a long one.
MOST_IN_CHAPTER: Final = 300
#: Of one person: what an export holds (``sites.accounts.personal_data.MOST_ROWS``).
MOST_OF_PERSON: Final = 20_000


def keep_highlight(
    user: Person, chapter: Chapter, *, selected: Passage, style: Style, now: datetime
) -> Highlight:
    """Highlight a passage of a chapter; the same passage again gets the new colour and note.

    What is kept are the chapter's own words at this moment. A page that is older than the text may
    name places that are others now; then the words count, and ``selected`` may come with words alone.

    Raises ``PermissionDenied`` without an account, ``NotMarked``, ``TooLong``, and
    ``TooManyAttempts``.
    """
    if not isinstance(user, User) or not user.is_active:
        raise PermissionDenied(_("Sign in to highlight passages and to write notes."))
    kept = style.cleaned()
    if len(selected.quote) > 2 * LONGEST_PASSAGE:
        raise _too_long()
    limits.require(f"highlight:{user.pk}", MOST_A_MINUTE, MINUTE, now)
    with transaction.atomic():
        # Locked, so that one person in two tabs does not count to the limit twice.
        User.objects.select_for_update(no_key=True).filter(pk=user.pk).first()
        fresh = Chapter.objects.readable_by(user, now).filter(pk=chapter.pk).first()
        if fresh is None:
            raise NotMarked(_("This chapter cannot be read now. Choose another one from its book."))
        place, passage = _where(fresh, selected)
        values = asdict(kept) | {"quote": passage.quote, "place": place, "edited_at": None}
        values |= {"before": passage.before, "after": passage.after}
        same = _same_place(passage) | {"digest": digest_of(fresh.text)}
        found = _hold(Highlight.objects.of(user).filter(chapter=fresh, **same))
        if found is None:
            _check_room(user, fresh)
            made = Highlight(author=user, chapter=fresh, created_at=now, **same, **values)
            made.save(force_insert=True)
            tell_changed(made, to_all=made.is_shared)
            return made
        was_shared = found.is_shared
        for name, value in (values | {"edited_at": now}).items():
            setattr(found, name, value)
        found.save()
        tell_changed(found, to_all=found.is_shared or was_shared)
        return found


def _hold(highlights: HighlightQuerySet) -> Highlight | None:
    """Lock what is there already: moderators may hide it at the same moment."""
    return highlights.select_for_update(no_key=True).first()


def _where(chapter: Chapter, selected: Passage) -> tuple[int, Passage]:
    """Find what was selected in the text as it is; give how much stands before it, and itself."""
    text = read_running_text(chapter.text)
    found = find_passage(text, selected)
    passage = passage_at(text, found) if found and found.is_same else None
    if found is None or passage is None:
        raise NotMarked(
            _("These words were not found in the chapter. Reload the page, and mark them again.")
        )
    if len(passage.quote) > LONGEST_PASSAGE:
        raise _too_long()
    return found.start, passage


def _same_place(passage: Passage) -> dict[str, str | int]:
    return {
        "paragraph": passage.paragraph,
        "start": passage.start,
        "last_paragraph": passage.last_paragraph,
        "end": passage.end,
    }


def _check_room(user: User, chapter: Chapter) -> None:
    own = Highlight.objects.of(user)
    if own.filter(chapter=chapter).count() >= MOST_IN_CHAPTER or own.count() >= MOST_OF_PERSON:
        raise NotMarked(_("You have as many highlights as there is room for. Remove some first."))


def _too_long() -> NotMarked:
    return NotMarked(
        _("Highlight at most %(most)d characters at a time.") % {"most": LONGEST_PASSAGE}
    )

"""Where a book stands on its way to readers, as a line of steps, and what keeps it from going on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.books.actions.missing_for_readers import Missing, missing_for_readers
from sites.books.models import Book, BookStatus

_Label = str | Promise
_DRAFT: Final[_Label] = gettext_lazy("Draft")
_WITH_EDITORS: Final[_Label] = gettext_lazy("With the editors")
_ON_SHELVES: Final[_Label] = gettext_lazy("On the shelves")

#: The steps of each status's line, and which of them is here.
_LINES: Final[dict[str, tuple[tuple[_Label, ...], int]]] = {
    BookStatus.DRAFT: ((_DRAFT, _WITH_EDITORS, _ON_SHELVES), 0),
    BookStatus.SUBMITTED: ((_DRAFT, _WITH_EDITORS, _ON_SHELVES), 1),
    BookStatus.CHANGES_REQUESTED: (
        (_DRAFT, gettext_lazy("Back for changes"), _WITH_EDITORS, _ON_SHELVES),
        1,
    ),
    BookStatus.REJECTED: ((_DRAFT, _WITH_EDITORS, gettext_lazy("Rejected")), 2),
    BookStatus.PUBLISHED: ((_DRAFT, _WITH_EDITORS, _ON_SHELVES), 2),
    BookStatus.WITHDRAWN: ((_DRAFT, _WITH_EDITORS, _ON_SHELVES, gettext_lazy("Withdrawn")), 3),
}


@dataclass(frozen=True)
class Stop:
    """One step of the line: ``state`` is ``done``, ``here`` or ``ahead``."""

    label: str
    state: str


@dataclass(frozen=True)
class Cure:
    """What is missing, and the address of the field or list that cures it."""

    sentence: str
    link: str


def line_of(book: Book, *, now: datetime) -> list[Stop]:
    """Give the book's way, one stop after the other."""
    labels, here = _LINES[book.status]
    states = [
        "done" if at < here else "here" if at == here else "ahead" for at in range(len(labels))
    ]
    stops = [Stop(str(label), state) for label, state in zip(labels, states, strict=True)]
    if book.status == BookStatus.PUBLISHED and not book.is_out(now) and book.publish_at:
        moment = date_format(localtime(book.publish_at), "DATETIME_FORMAT")
        stops[-1] = Stop(_("On the shelves from %(moment)s") % {"moment": moment}, "here")
    return stops


def cures_for(book: Book) -> list[Cure]:
    """List what keeps a book from being submitted, each with the way to mend it; two queries."""
    return [Cure(one.sentence, cure_link(book, one)) for one in missing_for_readers(book)]


def cure_link(book: Book, missing: Missing) -> str:
    """Give the address of the field, or of the list of chapters."""
    if missing.where == "chapters":
        return f"{reverse('publish:books_chapter_changelist')}?book__id__exact={book.pk}"
    form = reverse("publish:books_book_change", args=(book.pk,))
    names = "authorships-group"
    return f"{form}#{names if missing.where == 'authors' else f'id_{missing.where}'}"

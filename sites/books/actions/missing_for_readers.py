"""What a book lacks before editors look at it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from sites.books.exceptions import BookError
from sites.books.models import Book, Status


@dataclass(frozen=True)
class Missing:
    """``where`` is the book's field or ``chapters``; ``sentence`` is for people."""

    where: str
    sentence: str


class NotComplete(BookError):
    """A book was to be submitted that lacks something; ``missing`` lists it."""

    def __init__(self, title: str, missing: list[Missing]) -> None:
        self.missing = missing
        super().__init__(
            _("“%(title)s” cannot be submitted yet: %(missing)s")
            % {"title": title, "missing": " ".join(one.sentence for one in missing)}
        )


def missing_for_readers(book: Book) -> list[Missing]:
    """List what keeps a book from being submitted, in the order of its form; two queries."""
    missing = []
    if not book.synopsis.strip():
        missing.append(Missing("synopsis", _("Write a synopsis.")))
    if not book.opening_line.strip():
        missing.append(Missing("opening_line", _("Choose the line that the house shows first.")))
    if not book.authorships.exists():
        missing.append(Missing("authors", _("Put a name on the cover.")))
    if not book.genres.exists():
        missing.append(Missing("genres", _("Choose a genre.")))
    out = Q(status=Status.PUBLISHED)
    counts = book.chapters.aggregate(
        out=Count("pk", filter=out & Q(words__gt=0)),
        empty=Count("pk", filter=out & Q(words=0)),
    )
    if not counts["out"]:
        missing.append(
            Missing("chapters", _("Set at least one chapter with text to be published."))
        )
    if counts["empty"]:
        missing.append(
            Missing(
                "chapters",
                _("Write text in every chapter that is to be published, or make it a draft."),
            )
        )
    return missing

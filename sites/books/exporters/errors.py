"""Why a book cannot be written as a file: one sentence for people."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sites.books.exceptions import BookError


class ExportRefused(BookError):
    """The base of all reasons; nothing was written."""


class NothingToExport(ExportRefused):
    """A book without a chapter that this edition could hold."""

    def __init__(self, title: str) -> None:
        super().__init__(
            _("“%(title)s” has no chapter to export: publish or write one first.")
            % {"title": title}
        )


class TooMuchToExport(ExportRefused):
    """More chapters, text or pictures than an edition may hold."""

    def __init__(self, title: str, count: int, limit: int) -> None:
        self.count = count
        self.limit = limit
        super().__init__(
            _(
                "“%(title)s” is too large for one file (%(count)s, and %(limit)s are possible): "
                "divide it into volumes."
            )
            % {
                "title": title,
                "count": number_format(count, force_grouping=True),
                "limit": number_format(limit, force_grouping=True),
            }
        )


class ExportTakesTooLong(ExportRefused):
    """Writing takes longer than ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            ngettext(
                "Writing the file takes more than %(count)s second: try again later.",
                "Writing the file takes more than %(count)s seconds: try again later.",
                round(seconds),
            )
            % {"count": round(seconds)}
        )

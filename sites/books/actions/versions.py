"""Two people at one text: nobody's work is overwritten unseen."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from sites.books.exceptions import BookError


class ChangedMeanwhile(BookError):
    """Somebody saved the same thing after it was read for this change."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            _(
                "“%(name)s” was changed by somebody else in the meantime. "
                "Reload it and make your change again."
            )
            % {"name": name}
        )


class GoneMeanwhile(BookError):
    """Somebody deleted what was about to be saved."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            _("“%(name)s” was deleted in the meantime. Copy your text and begin a new one.")
            % {"name": name}
        )


def require_unchanged(name: str, *, seen: datetime, stored: datetime) -> None:
    """Compare when a row was last changed with what the writer had seen.

    Raises ``ChangedMeanwhile`` where they differ; the row must be locked.
    """
    if seen != stored:
        raise ChangedMeanwhile(name)

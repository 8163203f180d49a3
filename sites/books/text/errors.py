"""Why a chapter's text was refused."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sites.books.exceptions import BookError


class TextTooLong(BookError):
    """More characters than one chapter may have."""

    def __init__(self, characters: int, limit: int) -> None:
        self.characters = characters
        self.limit = limit
        super().__init__(
            _(
                "This text has %(characters)s characters and a chapter may have %(limit)s: "
                "divide it into several chapters."
            )
            % {"characters": f"{characters:,}", "limit": f"{limit:,}"}
        )


class TooManyParagraphs(BookError):
    """More paragraphs than one chapter may have."""

    def __init__(self, paragraphs: int, limit: int) -> None:
        self.paragraphs = paragraphs
        self.limit = limit
        super().__init__(
            _(
                "This text has %(paragraphs)s paragraphs and a chapter may have %(limit)s: "
                "divide it into several chapters."
            )
            % {"paragraphs": f"{paragraphs:,}", "limit": f"{limit:,}"}
        )

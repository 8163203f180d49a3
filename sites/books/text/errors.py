"""Why a chapter's text was refused."""

from __future__ import annotations

from django.utils.formats import number_format
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
            % {
                "characters": number_format(characters, force_grouping=True),
                "limit": number_format(limit, force_grouping=True),
            }
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
            % {
                "paragraphs": number_format(paragraphs, force_grouping=True),
                "limit": number_format(limit, force_grouping=True),
            }
        )


class TooManyTags(TextTooLong):
    """More tags than one chapter may have: a text too long, counted in tags."""

    def __init__(self, tags: int, limit: int) -> None:
        self.tags = tags
        self.limit = limit
        BookError.__init__(
            self,
            _(
                "This text has %(tags)s tags and a chapter may have %(limit)s: "
                "remove formatting or divide it into several chapters."
            )
            % {
                "tags": number_format(tags, force_grouping=True),
                "limit": number_format(limit, force_grouping=True),
            },
        )

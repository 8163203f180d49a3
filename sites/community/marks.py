"""How a highlight looks and what is told of it: what both marking and changing one share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from realtime.events import Event
from realtime.rooms import room_name
from realtime.streams import publish
from sites.books.places import room_of_person
from sites.community.exceptions import CommunityError
from sites.community.models import Highlight
from sites.community.models.highlight import LONGEST_NOTE, Colour
from sites.community.plain_text import clean_plain_text

#: Highlights that one person makes or changes in a minute: a second each.
MOST_A_MINUTE: Final = 60
MINUTE: Final = timedelta(minutes=1)


class NotMarked(CommunityError):
    """A passage cannot be highlighted; the text says why."""


@dataclass(frozen=True)
class HighlightsChanged(Event):
    """Somebody marked something, or changed or removed a mark, in this chapter: in the room of the
    chapter if others see it, else in the person's own. Pages fetch what is there now."""

    chapter: int


@dataclass(frozen=True)
class Style:
    """A highlight's colour, its note (nothing for none), and whether everybody sees both."""

    colour: str
    note: str = ""
    is_shared: bool = False

    def cleaned(self) -> Style:
        """Give it as it is kept. Raises ``NotMarked`` for a fifth colour, and ``TooLong``."""
        if self.colour not in Colour.values:
            raise NotMarked(_("There is no such colour. Reload the page and choose again."))
        return Style(self.colour, clean_plain_text(self.note, most=LONGEST_NOTE), self.is_shared)


def tell_changed(highlight: Highlight, *, to_all: bool) -> None:
    """Tell the pages concerned: everybody's that have the chapter open, or its author's own."""
    chapter = highlight.chapter_id
    room = room_name("chapter", chapter) if to_all else room_of_person(highlight.author_id)
    publish(room, HighlightsChanged(chapter))

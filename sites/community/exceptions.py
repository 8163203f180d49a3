"""Why something that readers say or do was refused: each says what, which, and what to do next."""

from __future__ import annotations

from django.utils.translation import gettext as _


class CommunityError(Exception):
    """The base of every refusal; its text is one sentence for people, already translated."""


class TooLong(CommunityError):
    """A text has more characters than its place takes."""

    def __init__(self, number: int, most: int) -> None:
        super().__init__(
            _("Say it in at most %(most)d characters; this has %(number)d.")
            % {"most": most, "number": number}
        )


class NothingSaid(CommunityError):
    """A text has nothing that anybody could see."""

    def __init__(self) -> None:
        super().__init__(_("Write what you want to say."))

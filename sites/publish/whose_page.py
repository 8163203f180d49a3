"""For whom an open page was drawn: its words are theirs, whoever has signed in since."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from realtime.presence import person
from sites.books.exceptions import BookError
from sites.desk.admin import person_of


class AnothersPage(BookError):
    """The page was drawn for another person than the one who is signed in now."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This page was opened in another account than the one that is signed in now, so nothing "
                "of it is stored in yours. Its words stay on the page: sign in to that account again on "
                "another page, then type on here."
            )
        )


class AnothersForm(AnothersPage):
    """The same, of a form, which comes back with its words."""

    def __init__(self) -> None:
        super(AnothersPage, self).__init__(
            _(
                "This page was opened in another account than the one that is signed in now, so nothing "
                "is stored yet. What was typed stands below; saving again stores it as yours."
            )
        )


def require_own_page(request: HttpRequest, refusal: type[AnothersPage] = AnothersPage) -> None:
    """Raises ``AnothersPage`` where what was sent says that its page is another person's. A page that
    was open before pages said so says nothing, and is taken for one's own."""
    me = person(person_of(request).pk)
    if request.POST.get("writer", me) != me:
        raise refusal

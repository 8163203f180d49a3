"""Books and what they are filed by, as the office edits them: what exists, and nothing new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from sites.accounts.models import User
from sites.accounts.roles import RUN_THE_HOUSE
from sites.desk.admin import person_of
from sites.desk.books import BookDesk, ChapterDesk, RevisionDesk
from sites.desk.catalogue import AuthorDesk, GenreDesk, TagDesk

if TYPE_CHECKING:
    from sites.desk.admin import DeskAdmin as Fields
else:
    Fields = object


def runs_the_house(user: User) -> bool:
    """Does this person change books here? Editors have the writing desk for that, and look."""
    return user.is_one_of(*RUN_THE_HOUSE)


class OfficeRules(Fields):
    """Roles from elsewhere, such as an editor's, open the eyes here and not the hands."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs_the_house(person_of(request)) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs_the_house(person_of(request)) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs_the_house(person_of(request)) and super().has_delete_permission(request, obj)


class EditsWhatExists(OfficeRules):
    """Books and chapters begin at the writing desk."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AllBooks(EditsWhatExists, BookDesk):
    pass


class AllChapters(EditsWhatExists, ChapterDesk):
    pass


class AllRevisions(RevisionDesk):
    pass


class Authors(OfficeRules, AuthorDesk):
    """With the account behind the name, which gives it rights on books."""

    list_display = ["name", "slug", "user"]
    list_select_related = ("user",)
    fields = ["name", "slug", "bio", "user"]
    autocomplete_fields = ("user",)


class Genres(OfficeRules, GenreDesk):
    pass


class Tags(OfficeRules, TagDesk):
    pass

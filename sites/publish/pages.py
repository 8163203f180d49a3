"""The writing desk's own pages, beside its lists and forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.http import HttpResponseBase
from django.urls import URLPattern, path

from sites.desk.site import DeskSite
from sites.publish.chapters import chapters
from sites.publish.chapters_preview import preview_links
from sites.publish.chapters_scheduled import scheduled_page
from sites.publish.cover import cover
from sites.publish.exporting import export
from sites.publish.importing import import_page, import_preview
from sites.publish.invitations import invitations
from sites.publish.join import profile
from sites.publish.names import names
from sites.publish.new_chapter import new_draft
from sites.publish.numbers import numbers, numbers_now
from sites.publish.revisions import bring_back, difference, revisions
from sites.publish.submit import say, submission
from sites.publish.writing import draft, lease

#: Route, name within the desk's namespace, and the view, which takes the desk before the request.
PAGES: Final[tuple[tuple[str, str, Callable[..., HttpResponseBase]], ...]] = (
    ("profile/", "profile", profile),
    ("invitations/", "invitations", invitations),
    ("import/", "import", import_page),
    ("import/<slug:token>/", "import_preview", import_preview),
    ("books/book/<int:object_id>/export/", "export", export),
    ("scheduled/", "scheduled", scheduled_page),
    ("books/book/<int:object_id>/chapters/", "chapters", chapters),
    ("books/book/<int:object_id>/preview/", "preview_links", preview_links),
    ("books/chapter/<int:object_id>/versions/", "versions", revisions),
    ("books/chapter/<int:object_id>/versions/difference/", "difference", difference),
    ("books/chapter/<int:object_id>/versions/<int:number>/back/", "bring_back", bring_back),
    ("books/chapter/<int:object_id>/lease/", "lease", lease),
    ("books/chapter/<int:object_id>/draft/", "draft", draft),
    ("books/new-chapter/", "new_draft", new_draft),
    ("books/book/<int:object_id>/names/", "names", names),
    ("books/book/<int:object_id>/numbers/", "numbers", numbers),
    ("books/book/<int:object_id>/numbers/now/", "numbers_now", numbers_now),
    ("books/book/<int:object_id>/cover/", "cover", cover),
    ("books/book/<int:object_id>/submission/", "submission", submission),
    ("books/book/<int:object_id>/submission/say/", "say", say),
)


def desk_pages(desk: DeskSite) -> list[URLPattern]:
    """Give the patterns, each behind the desk's door."""
    return [
        path(route, desk.admin_view(_named(partial(view, desk), view)), name=name)
        for route, name, view in PAGES
    ]


def _named(view: Any, original: Callable[..., HttpResponseBase]) -> Any:
    view.__name__ = original.__name__  # Django's wrappers copy it
    return view

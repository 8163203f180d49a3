"""The admin site of one room: Django's admin in Unfold's clothes, entered by role."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sites.desk.navigation import ROOM_SYMBOLS, Group, navigation, room_name, rooms
from sites.desk.search import find_everywhere
from sites.errors import permission_denied
from sites.links import host_root, host_url
from sites.returning import by_way_of, safe_return
from sites.rooms import may_enter
from sites.second_factor import is_second_factor_missing

if TYPE_CHECKING:
    # Unfold carries no types; its classes are Django's with other templates.
    from django.contrib.admin import AdminSite as UnfoldAdminSite
else:
    from unfold.sites import UnfoldAdminSite

View = Callable[..., Any]

TEMPORARY_REDIRECT = 307  # RFC 9110, section 15.4.8: the method and the form are sent on


class DeskSite(UnfoldAdminSite):
    """Base of the two sites. ``name`` is the room's key and the namespace of its addresses.

    Nobody signs in here: strangers, and the house's own people without their second factor, go to
    the auth host and come back; who is known but has no role for this room gets 403 with the reason.
    """

    enable_nav_sidebar = True
    #: The template of the first screen.
    first_screen: str
    #: The sidebar, from top to bottom; what a person may not see is left out.
    groups: tuple[Group, ...] = ()
    #: Why somebody who is signed in stands before a closed door, and what to do next.
    refusal: Any

    def get_urls(self) -> list[Any]:
        """All but "view on site", which no page here links to: it looks up any row of any model by
        what the address says, and fails on keys that are not of the model's kind."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def has_permission(self, request: HttpRequest) -> bool:
        return may_enter(request.user, self.name) and not is_second_factor_missing(request)

    def admin_view(self, view: View, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if self.has_permission(request):
                return inner(request, *args, **kwargs)
            return refused(request, *args, **kwargs)

        @never_cache
        def refused(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if may_enter(request.user, self.name):
                return self._by_way_of("second_factor", request.get_full_path())
            return self.refuse(request)

        return update_wrapper(guarded, view)

    def refuse(self, request: HttpRequest) -> HttpResponse:
        """Lead a stranger to the sign-in and back here; tell anybody else why not."""
        if not isinstance(request.user, AnonymousUser):
            return permission_denied(request, PermissionDenied(self.refusal))
        return self._to_sign_in(request.get_full_path())

    def _to_sign_in(self, path: str) -> HttpResponse:
        return self._by_way_of("sign_in", path)

    def _by_way_of(self, page: str, path: str) -> HttpResponse:
        """Lead to a page of the auth host, and from there back here."""
        return by_way_of(page, urljoin(host_root(self.name), path))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one door to the house, and it is not here."""
        return self._to_sign_in(safe_return(request, request.GET.get("next")))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """Send the form on to the auth host, which ends the session on all five."""
        if request.method != "POST":
            return HttpResponseRedirect(host_url("auth", "account"))
        response = HttpResponseRedirect(host_url("auth", "sign_out"))
        response.status_code = TEMPORARY_REDIRECT
        return response

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """A password is no matter of the desks: lead to the account, where its page will be."""
        return HttpResponseRedirect(host_url("auth", "account"))

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return HttpResponseRedirect(host_url("auth", "account"))

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """Show the room's first screen; ``first_screen_context`` fills it."""
        request.current_app = self.name
        context = {
            **self.each_context(request),
            **self.first_screen_context(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.first_screen, context)

    def first_screen_context(self, request: HttpRequest) -> dict[str, Any]:
        """Give what the first screen shows; each room has its own."""
        raise NotImplementedError

    def search(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Find by name: as a page, and as rows for Unfold's dialog, which asks by htmx.

        Nothing is kept in a cache: Unfold's own view shares one between both rooms.
        """
        term = request.GET.get("s", "")
        found = find_everywhere(self, request, term)
        if "HX-Request" in request.headers:
            return TemplateResponse(request, "desk/search_rows.html", {"results": found})
        request.current_app = self.name
        context = {
            **self.each_context(request),
            "title": _("Search"),
            "term": term,
            "results": found,
        }
        return TemplateResponse(request, "desk/search.html", context)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **super().each_context(request),
            "templates": {"navigation": "desk/navigation.html"},
            "redirect_to": request.get_full_path(),
            "groups": navigation(self, request),
            "rooms": rooms(request.user),
            "room_name": room_name(self.name),
            "room_symbol": ROOM_SYMBOLS[self.name],
        }

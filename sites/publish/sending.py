"""Where files are sent to: the addresses of ``storage.urls``, behind the desk's own door."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sites.second_factor import is_second_factor_missing
from storage.urls import urlpatterns

View = Callable[..., HttpResponseBase]


def _with_both_keys(view: View) -> View:
    """Refuse (401) those of the house who still owe a second factor, as the desk's pages do.

    ``storage`` knows no desks, and asks only whether somebody is signed in and may send.
    """

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_second_factor_missing(request):
            return JsonResponse({"error": _("Sign in first.")}, status=401)
        return view(request, *args, **kwargs)

    return answer


upload_urls: Final[list[URLPattern]] = [
    path(str(one.pattern), _with_both_keys(one.callback), name=one.name or "")
    for one in urlpatterns
]

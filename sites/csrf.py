"""Whose form is it? By a token of the visitor's; two small forms by the page's origin alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

#: Patterns of forms that change how pages look, and nothing else: the interface's language, the
#: reading settings. They stand on pages that are the same for every stranger (``sites.page_cache``),
#: which can hold no token of one visitor's.
BY_ORIGIN: Final = frozenset({"switch_language", "reading"})


class HouseCsrfMiddleware(CsrfViewMiddleware):
    """Django's protection; forms of ``BY_ORIGIN`` are also taken from a page of the same origin.

    Browsers write ``Origin`` into every form that they post, and no page can write another. Without
    it, the token is asked for.
    """

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., HttpResponseBase],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        if _is_from_same_origin(request):
            request.csrf_processing_done = True  # type: ignore[attr-defined]  # as Django marks it
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


def _is_from_same_origin(request: HttpRequest) -> bool:
    match = request.resolver_match
    return (
        match is not None
        and match.url_name in BY_ORIGIN
        and request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    )

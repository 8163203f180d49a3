"""Which pages are the same for every stranger, so that they may be kept (docs/page-cache.md).

A page may be kept in this process (``esensi.page_cache``) and by a CDN. All others are private.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch
from django.utils.cache import get_conditional_response, patch_cache_control

GetResponse = Callable[[HttpRequest], HttpResponse]

_NONE: Final = frozenset[str]()
_PAGED: Final = frozenset({"page"})
#: By host and by the name of the pattern: the parameters that the page reads. With any other, or one
#: that it does not know, it is not kept.
PAGES: Final = {
    "main": {
        "home": _NONE,
        "books": frozenset({"page", "genre", "language", "running"}),
        "book": _NONE,
        "authors": _PAGED,
        "author": _PAGED,
        "genre": _PAGED,
        "about": _NONE,
        "terms": _NONE,
        "privacy": _NONE,
        "contact": _NONE,
    },
    "chapter": {"home": _NONE, "contents": _PAGED, "read": _NONE, "chapter_highlights": _NONE},
}
#: Pages that are a book's: they change with it, where others change with everything.
_OF_BOOKS: Final = {
    ("main", "book"),
    ("chapter", "contents"),
    ("chapter", "read"),
    ("chapter", "chapter_highlights"),
}
#: Seconds that a CDN may show a page for; it hears of no change. As long as the house itself would show
#: one if it heard of none (``esensi.page_cache.store.FRESH_SECONDS``; a test holds them together).
CDN_SECONDS: Final = 15
#: Where the scope of a request carries its ``Permit``.
PERMIT: Final = "esensi.page_cache"


@dataclass
class Permit:
    """May this answer be kept? ``about`` is the slug of the book whose page it is, if it is a book's."""

    is_given: bool = False
    about: str = ""


class PageCacheMiddleware:
    """Say of each answer who may keep it, and answer 304 to whoever has it already.

    It stands outside all that knows a person, and inside what compresses.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.PAGE_CACHE_BYTES and is_for_everybody(request, response):
            return _permitted(request, response)
        if "Cache-Control" not in response:
            patch_cache_control(response, private=True)
        return response


def is_for_everybody(request: HttpRequest, response: HttpResponse) -> bool:
    """Would every stranger who asks for this, with the same language and reading settings, get this?

    Each part of the answer is made of what a request carries, and everything that could be somebody's
    own leaves a trace that is looked for here.
    """
    return (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and not response.streaming
        and is_listed(request, request.resolver_match)
        # A person, or somebody with a message or half a sign-in.
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and not request.user.is_authenticated
        and not request.session.modified
        and request.session.is_empty()
        # A token of one browser's in the page, and any cookie beside it.
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and not response.cookies
        # A nonce that somebody could read and then use in another's page.
        and getattr(request, "_csp_nonce", None) is None
        # What the view itself forbids, such as a draft.
        and "Cache-Control" not in response
    )


def is_listed(request: HttpRequest, match: ResolverMatch | None) -> bool:
    """Is this one of ``PAGES``, asked for with parameters alone that it reads?"""
    host = getattr(request, "host", None)
    parameters = PAGES.get(host.key if host else "", {}).get(match.url_name or "" if match else "")
    return parameters is not None and parameters >= request.GET.keys()


def _permitted(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    # Browsers ask each time, since signing in changes the page; CDNs need not.
    patch_cache_control(response, public=True, max_age=0, s_maxage=CDN_SECONDS)
    # Weak: it is the same page however it is compressed.
    etag = f'W/"{sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    permit: Permit | None = getattr(request, "scope", {}).get(PERMIT)
    if permit is not None:
        permit.is_given, permit.about = True, about(request, request.resolver_match)
        if request.method == "GET":
            return response  # whole, since it is to be kept; the client has asked for it by chance
    answer = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(answer, HttpResponse)  # noqa: S101 - one of the two that it was given or made
    return answer


def about(request: HttpRequest, match: ResolverMatch | None) -> str:
    """Give the slug of the book whose page this is, or nothing if it is no book's."""
    host = getattr(request, "host", None)
    if match is None or host is None or (host.key, match.url_name) not in _OF_BOOKS:
        return ""
    return str(match.kwargs["slug"])

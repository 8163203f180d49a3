"""Answers readers who are signed in out of frames, before all that a page usually goes through."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Final, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.middleware.gzip import re_accepts_gzip
from django.urls import Resolver404, ResolverMatch, resolve, set_urlconf
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from sites.accounts.reading import ReadingSettings
from sites.accounts.sessions import SessionStore
from sites.cookies import remember
from sites.frames.asking import ask
from sites.frames.frame import Builder, Frame, Personal
from sites.frames.nobody import FrameRequest, PersonInFrame
from sites.frames.pages import HOSTS, OF_ALL, Page, page_of, whole
from sites.frames.store import FrameStore, frames
from sites.page_cache import about, is_listed
from sites.shared_parts import FRESH_SECONDS

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

#: Bytes of an address; as for strangers (``esensi.page_cache.key``).
LONGEST_ADDRESS: Final = 400
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: Forms whose work is to be seen in holes alone, which are never kept: after any other, whoever sent it
#: gets no frames for a while, since what they wrote may not be in those yet.
SEEN_AT_ONCE: Final = frozenset(
    {
        "keep_place",
        "reading",
        "switch_language",
        "read_notifications",
        "shelve",
        "follow_book",
        "follow_author",
    }
)


class FrameMiddleware:
    """Give a reader a page out of a frame, where all about the request is as usual.

    Everything else goes on to Django: other hosts, methods and pages, strangers, whoever works here or
    has a name on covers, sessions that hold a message, whoever has just written something. It stands
    below what knows language, host and token, so that those do their work here as anywhere.
    """

    def __init__(self, get_response: GetResponse, store: FrameStore = frames) -> None:
        self.get_response = get_response
        self._store = store

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._framed(request) if self._store.is_awake else None
        if response is None:
            response = self.get_response(request)
        if request.method not in _SAFE and settings.PAGE_CACHE_BYTES and _has_written(request):
            remember(response, settings.WROTE_COOKIE_NAME, "1", seconds=int(FRESH_SECONDS))
        return response

    def _framed(self, request: HttpRequest) -> HttpResponse | None:
        found = _page(request)
        if found is None:
            return None
        page, match = found
        set_urlconf(request.urlconf)  # type: ignore[attr-defined]  # as Django does for what it resolves
        now = timezone.now()
        session = cast(SessionStore, request.session)  # SESSION_ENGINE's
        asked = ask(session, page.columns, match.kwargs, now)
        if asked is None:
            return None
        frame = self._frame(request, page, match, ReadingSettings.of(asked.user))
        of_page = page.personal(asked, frame) if frame else None
        if frame is None or of_page is None:
            return None
        request.resolver_match, request.user = match, asked.user
        request.csp_styles = list(frame.styles)  # type: ignore[attr-defined]  # {% inline_style %}'s
        return _answer(request, frame, whole(asked, get_token(request), of_page))

    def _frame(
        self, request: HttpRequest, page: Page, match: ResolverMatch, reading: ReadingSettings
    ) -> Frame | None:
        key = (request.host.key, request.get_full_path(), get_language(), reading)  # type: ignore[attr-defined]  # of HostMiddleware
        frame = self._store.find(key)
        if frame is None:
            mark, begun = self._store.mark(), time.time()
            try:
                frame = draw(request, page, match, reading)
            except PersonInFrame:
                if settings.ESENSI_ENV == "local":
                    raise
                # Loudly, but nobody reads less for it: the page is drawn for them alone.
                logger.exception("The page %r is drawn for each reader.", match.url_name)
            if frame is not None:
                self._store.keep(key, frame, about=about(request, match), mark=mark, now=begun)
        return frame


def draw(
    request: HttpRequest, page: Page, match: ResolverMatch, reading: ReadingSettings
) -> Frame | None:
    """Draw a page for nobody in particular; None where not everybody who reads would see it.

    Raises ``PersonInFrame`` if it asks who that is.
    """
    made = Builder(OF_ALL | page.names)
    asked = FrameRequest(request, match=match, reading=reading, frame=made)
    try:
        response = match.func(asked, *match.args, **match.kwargs)
    except Http404:
        return None
    if made.touched:
        raise PersonInFrame(made.touched[0])
    if response.status_code != 200 or response.streaming or response.cookies:
        return None
    if "Cache-Control" in response:
        return None
    return Frame(response.content.decode(), made, match=match, styles=asked.csp_styles)


def _answer(request: HttpRequest, frame: Frame, person: Personal) -> HttpResponse:
    is_gzipped = bool(re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")))
    response = HttpResponse(frame.fill(person, is_gzipped=is_gzipped))
    if is_gzipped:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


def _page(request: HttpRequest) -> tuple[Page, ResolverMatch] | None:
    """Give the page that is asked for, if it is one that may be a frame."""
    host = getattr(request, "host", None)
    if host is None or host.key not in HOSTS or request.method != "GET":
        return None
    # By the name exactly as pages write it: what else is typed for it would stand in everybody's page.
    if request.get_host() != settings.HOST_NAMES.domains[host.key]:
        return None
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    if settings.WROTE_COOKIE_NAME in request.COOKIES:
        return None
    if len(request.get_full_path()) > LONGEST_ADDRESS:
        return None
    match = _resolved(host.urlconf, request.path_info)
    if match is None or not is_listed(request, match):
        return None
    page = page_of(host.key, match.url_name or "")
    return None if page is None else (page, match)


@lru_cache(maxsize=2_000)
def _resolved(urlconf: str, path: str) -> ResolverMatch | None:
    try:
        return resolve(path, urlconf)
    except Resolver404:
        return None


def _has_written(request: HttpRequest) -> bool:
    match = request.resolver_match
    return (
        settings.SESSION_COOKIE_NAME in request.COOKIES
        and match is not None
        and match.url_name not in SEEN_AT_ONCE
    )

"""Which of the five hosts is asked? Every request is given its site, host and urlconf here.

What no host can answer is refused here as well.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.sites.models import Site
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import render

from sites import site_map
from sites.accounts.limits import TooManyAttempts
from sites.errors import bad_request, form_too_large, method_not_allowed, too_many_attempts
from sites.hosts import HOSTS

GetResponse = Callable[[HttpRequest], HttpResponse]

MISDIRECTED_REQUEST = 421  # RFC 9110, section 15.5.20


class CharsetMiddleware:
    """Refuse (400) what claims to be written in anything but UTF-8.

    Django decodes forms and queries by any codec of Python's that a request names, and ``hex``,
    ``zlib`` or ``idna`` are codecs that end in a server error. Pages of ours send UTF-8 alone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() != "utf-8":
            return bad_request(request)
        return self.get_response(request)


class LargeFormMiddleware:
    """Refuse (413) large forms before anybody takes them apart, but from those who write chapters.

    To decode a form of ``LARGEST_BODY`` keeps a processor for seconds, and the check against forged
    forms reads the form before anything else: strangers could keep an instance busy with two of them.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, *_words: object, **_more: object
    ) -> HttpResponse | None:
        if request.method in ("GET", "HEAD") or _size(request) <= settings.LARGEST_FORM:
            return None
        host = getattr(request, "host", None)
        if host is not None and host.key in ("publish", "internal") and _is_known(request):
            return None
        return form_too_large()


def _size(request: HttpRequest) -> int:
    """Give the bytes of a form, all of which the gate has read."""
    announced = str(request.META.get("CONTENT_LENGTH") or "")
    return int(announced[:20]) if announced.isdecimal() else len(request.body)


def _is_known(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated)


class MethodNotAllowedMiddleware:
    """Give 405 a page: Django's own is empty, and a person may come by an old tab or a bookmark."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return method_not_allowed(request, response)
        return response


class TooManyAttemptsMiddleware:
    """Answer 429 wherever a view or an action finds that something is tried too often."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, TooManyAttempts):
            return too_many_attempts(request, error.refusal)
        return None


class HostMiddleware:
    """Set ``request.site``, ``request.host`` and ``request.urlconf`` by the name that was asked for.

    A name outside ``ALLOWED_HOSTS`` gets Django's 400; a name under the parent domain that no host
    has gets 421; ``www.`` leads to main, path and query kept.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = canonical_name(request.get_host())
        if name == settings.HOST_NAMES.www:
            return _redirect_to_main(request)
        site = site_map.current().by_domain.get(name)
        if site is None:
            return render(request, "errors/421.html", status=MISDIRECTED_REQUEST)
        assign(request, site)
        return self.get_response(request)


def assign(request: HttpRequest, site: Site) -> None:
    """Mark the request as one for this site's host."""
    host = HOSTS[site.name]
    request.site = site
    request.host = host  # type: ignore[attr-defined]  # Django's class does not know it
    request.urlconf = host.urlconf  # type: ignore[attr-defined]  # nor this, which its handler reads


def canonical_name(name: str) -> str:
    """Give a Host header's name as the Site table has it: lower case, no final dot, no port that
    the scheme implies."""
    host, colon, port = name.lower().partition(":")
    host = host.removesuffix(".")
    implied = "443" if settings.HOST_NAMES.secure else "80"
    return host if not colon or port == implied else f"{host}:{port}"


def _redirect_to_main(request: HttpRequest) -> HttpResponse:
    names = settings.HOST_NAMES
    # get_full_path() keeps the query, and escapes what could leave the host.
    target = (
        f"{names.scheme}://{names.domains['main']}{request.get_full_path(force_append_slash=False)}"
    )
    response = HttpResponsePermanentRedirect(target)
    if request.method not in ("GET", "HEAD"):
        response.status_code = 308  # the method and the body must be repeated
    return response

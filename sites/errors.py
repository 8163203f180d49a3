"""Error pages, in the look of the host that was asked.

Each host's urls.py names these as its handlers. 500 and 503 are static pages: they must not need
anything that may be broken.
"""

from __future__ import annotations

import functools
import re
import sys
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from sites.accounts.limits import Refusal

_PAGES = Path(__file__).parent / "templates" / "errors"


#: A restart of the database takes seconds, and so does a full house to empty.
RETRY_SECONDS = 5


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: an unknown host, or a request that cannot be read. Renders without a host or session."""
    # Without the request: its context processors would ask for the host that is refused.
    return HttpResponse(render_to_string("errors/400.html"), status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason that an action gave."""
    return render(request, "errors/403.html", {"reason": str(exception or "")}, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, for what is missing and what is hidden alike."""
    return render(request, "errors/404.html", status=404)


def method_not_allowed(request: HttpRequest, refusal: HttpResponse) -> HttpResponse:
    """405, for an address that only takes forms; ``Allow`` is that of the view's refusal."""
    response = render(request, "errors/405.html", status=405)
    response["Allow"] = refusal["Allow"]
    return response


def form_too_large() -> HttpResponse:
    """413, in a sentence that scripts show as well."""
    sentence = _(
        "This form is larger than %(limit)d MB, and nothing of it was saved. "
        "Go back and send it in smaller parts."
    ) % {"limit": settings.LARGEST_FORM // 1_000_000}
    plain = "text/plain; charset=utf-8"
    response = HttpResponse(sentence, status=413, content_type=plain)
    add_never_cache_headers(response)
    return response


def too_many_attempts(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """429, with the time to wait in a sentence and in ``Retry-After``."""
    response = render(request, "errors/429.html", {"reason": str(refusal)}, status=429)
    response["Retry-After"] = str(refusal.seconds)
    add_never_cache_headers(response)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a file, read as it is; 503 where only the database is away."""
    # Django calls this while it handles the exception, and does not pass it on.
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return service_unavailable()
    return _static_page(500)


def service_unavailable() -> HttpResponse:
    """503: the same, for a house that is full, or whose database is being moved."""
    response = _static_page(503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was not ours, or whose page had lain open for too long."""
    sentence = _(
        "This form had expired or came from elsewhere. Go back, reload the page and send it again."
    )
    return render(request, "errors/403.html", {"reason": sentence}, status=403)


def _static_page(status: int) -> HttpResponse:
    page, style_hash = _read_page(status)
    response = HttpResponse(page, status=status)
    # Read by django-csp: the strict policy forbids styles in the page that it does not know.
    response._csp_update = {"style-src": [f"'sha256-{style_hash}'"]}  # type: ignore[attr-defined]
    return response


@functools.cache
def _read_page(status: int) -> tuple[bytes, str]:
    """Give a static page and the hash by which a content security policy lets its style through."""
    page = (_PAGES / f"{status}.html").read_bytes()
    style = re.search(rb"<style>(.*?)</style>", page, re.DOTALL)
    return page, b64encode(sha256(style[1] if style else b"").digest()).decode()


def static_policy(response: HttpResponse) -> str:
    """Give the policy of a static page that is sent without the middleware."""
    hashes = " ".join(response._csp_update["style-src"])  # type: ignore[attr-defined]
    return f"default-src 'none'; style-src {hashes}; frame-ancestors 'none'"


HANDLERS: dict[str, Any] = {
    "handler400": bad_request,
    "handler403": permission_denied,
    "handler404": page_not_found,
    "handler500": server_error,
}

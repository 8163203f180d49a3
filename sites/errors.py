"""Error pages, in the look of the host that was asked.

Each host's urls.py names these as its handlers. 500 is a static page: it must not need anything
that may be broken.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.shortcuts import render
from django.utils.translation import gettext as _

_SERVER_ERROR = Path(__file__).parent / "templates" / "errors" / "500.html"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: an unknown host, or a request that cannot be read. Renders without a host or session."""
    address = f"{settings.HOST_NAMES.scheme}://{settings.HOST_NAMES.domains['main']}/"
    page = render(request=None, template_name="errors/400.html", context={"address": address})  # type: ignore[arg-type]
    return HttpResponseBadRequest(page.content)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with the reason that an action gave."""
    return render(request, "errors/403.html", {"reason": str(exception or "")}, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, for what is missing and what is hidden alike."""
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a file, read as it is."""
    return HttpResponseServerError(_SERVER_ERROR.read_bytes())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was not ours, or whose page had lain open for too long."""
    sentence = _(
        "This form had expired or came from elsewhere. Go back, reload the page and send it again."
    )
    return render(request, "errors/403.html", {"reason": sentence}, status=403)


HANDLERS: dict[str, Any] = {
    "handler400": bad_request,
    "handler403": permission_denied,
    "handler404": page_not_found,
    "handler500": server_error,
}

"""Covers and pictures from the folder, where no bucket serves them."""

from __future__ import annotations

import mimetypes

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

#: Keys carry a hash of their content: what they name never changes.
A_YEAR = 365 * 24 * 3600

#: What the house itself stores; anything else is not shown in a browser.
SHOWN = {"image/svg+xml", "image/webp", "image/png", "image/jpeg", "image/gif", "image/avif"}


@require_safe
def media(request: HttpRequest, key: str) -> HttpResponseBase:
    """Serve one stored picture; 404 for what is missing or no picture."""
    kind = mimetypes.guess_type(key)[0] or ""
    if kind not in SHOWN:
        raise Http404
    try:
        file = default_storage.open(key)
    except (OSError, ValueError, SuspiciousFileOperation):
        raise Http404 from None
    response = FileResponse(file, content_type=kind)
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    # An SVG is a document: opened by itself it must be as harmless as a picture.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response

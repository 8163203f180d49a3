"""Editions as answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any, Final

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils.http import content_disposition_header

from storage.backends import private

EPUB_TYPE: Final = "application/epub+zip"
_PIECE: Final = 64 * 1024  # bytes


def kept_response(key: str, *, name: str) -> HttpResponse:
    """Lead to the kept edition under ``key``, to be saved as ``name``: the place itself sends it,
    in parts where that is asked for. The link is good for whoever has it, until it expires."""
    response = HttpResponseRedirect(private().signed_url(key, name=name))
    # The link ends before any cache would think so.
    response["Cache-Control"] = "private, no-store"
    return response


def file_response(
    request: HttpRequest, file: IO[bytes] | Any, *, name: str, size: int
) -> StreamingHttpResponse:
    """Give an open EPUB of ``size`` bytes; it is closed with the answer. The name may be of any
    script (RFC 6266)."""
    pieces = _later(file) if isinstance(request, ASGIRequest) else _now(file)
    response = StreamingHttpResponse(pieces, content_type=EPUB_TYPE)
    # Nobody begins with the pieces of an answer to HEAD, or of one whose reader has left.
    response._resource_closers.append(file.close)  # type: ignore[attr-defined]  # as FileResponse
    response["Content-Length"] = size
    response["Content-Disposition"] = str(content_disposition_header(True, name))
    # An EPUB is a zip: the middleware would take time to make it larger.
    response["Content-Encoding"] = "identity"
    response["X-Content-Type-Options"] = "nosniff"
    return response


async def _later(file: IO[bytes]) -> AsyncIterator[bytes]:
    try:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
    finally:
        file.close()


def _now(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece

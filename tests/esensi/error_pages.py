"""Addresses that end in an error page, or stream, for test_one_thread.py; each step notes its thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from threading import get_ident

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

threads: list[int] = []
#: The paths of streamed answers that were closed.
closed: list[str] = []


def noting(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """A middleware, which runs where the request's queries do."""

    def middleware(request: HttpRequest) -> HttpResponse:
        threads.append(get_ident())
        return get_response(request)

    return middleware


def raising(error: type[Exception]) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        threads.append(get_ident())
        raise error

    return view


def page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    threads.append(get_ident())
    return HttpResponse("", status=418)


def stream(request: HttpRequest, pieces: int) -> StreamingHttpResponse:
    """Send so many pieces; after a hundred, wait for ever."""

    async def told() -> AsyncIterator[bytes]:
        for _ in range(min(pieces, 100)):
            yield b"piece "
        if pieces > 100:
            await asyncio.Event().wait()

    response = StreamingHttpResponse(told())
    response._resource_closers.append(lambda: closed.append(request.path))  # type: ignore[attr-defined]  # as FileResponse
    return response


urlpatterns = [
    path("stream/<int:pieces>/", stream),
    path("missing/", raising(Http404)),
    path("forbidden/", raising(PermissionDenied)),
    path("broken/", raising(RuntimeError)),
]
handler404 = handler403 = handler500 = page

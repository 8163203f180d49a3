"""Addresses that end in an error page, for test_one_thread.py; each step notes its thread."""

from __future__ import annotations

from collections.abc import Callable
from threading import get_ident

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

threads: list[int] = []


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


urlpatterns = [
    path("missing/", raising(Http404)),
    path("forbidden/", raising(PermissionDenied)),
    path("broken/", raising(RuntimeError)),
]
handler404 = handler403 = handler500 = page

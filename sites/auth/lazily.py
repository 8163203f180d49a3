"""Views that are imported when somebody first asks for them.

Every host that links to this one reads its urlconf. allauth's views for second factors bring
cryptography and fido2 along, which nobody needs who only reads a book.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

View = Callable[..., HttpResponseBase]


def lazily(name: str, **options: Any) -> View:
    """Give a view that stands for the class-based view at the dotted ``name``; ``options`` are those
    of ``as_view``. A name that leads nowhere raises ``ImportError`` at the first request; a test
    asks for every address."""

    @functools.cache
    def made() -> View:
        view: View = import_string(name).as_view(**options)
        return view

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return made()(request, *args, **kwargs)

    return view

"""Views that are imported when somebody first asks for them (docs/decisions/0014).

Every host that links to another one reads its urlconf. Patterns alone cost little; views bring along
what they show pages with: allauth, cryptography, feeds, search.
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
    """Give a view that stands for the one at the dotted ``name``: a function, a class-based view
    with the ``options`` of its ``as_view``, or a class whose instances are views, such as a feed.

    Django reads some attributes off a view before it calls it (``csrf_exempt``): a view that has one
    cannot be imported lazily. A name that leads nowhere raises ``ImportError`` at the first request.
    Tests hold that there is no such view and no such name.
    """

    @functools.cache
    def made() -> View:
        return _made(import_string(name), options)

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return made()(request, *args, **kwargs)

    view.made = made  # type: ignore[attr-defined]  # for the tests
    view.__module__, _dot, view.__name__ = name.rpartition(".")
    return view


def _made(found: Any, options: dict[str, Any]) -> View:
    if hasattr(found, "as_view"):
        view: View = found.as_view(**options)
        return view
    return found() if isinstance(found, type) else found  # type: ignore[no-any-return]

"""Addresses of authors and genres that were merged into others lead to those."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Literal

from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from sites.books.models import MergedSlug

View = Callable[..., HttpResponseBase]


def leading_on(kind: Literal["author", "genre"], view: View) -> View:
    """Give ``view`` (of a slug) with a 301 where its page is missing and was merged into another."""

    @wraps(view)
    def found_or_led_on(request: HttpRequest, slug: str) -> HttpResponseBase:
        try:
            return view(request, slug)
        except Http404:
            kept = MergedSlug.objects.filter(slug=slug).values_list(f"{kind}__slug", flat=True)
            target = kept.exclude(**{f"{kind}__isnull": True}).first()
            if target is None or target == slug:
                raise
        return HttpResponsePermanentRedirect(reverse(kind, args=(target,)))

    return found_or_led_on

"""Template tags that every host uses: ``{% load house %}``."""

from __future__ import annotations

from typing import Any

from django import template

from sites import links

register = template.Library()


@register.simple_tag
def host_url(key: str, view: str, *args: Any, **kwargs: Any) -> str:
    """``{% host_url 'chapter' 'read' book.slug 3 %}``: an absolute address on any host."""
    return links.host_url(key, view, *args, **kwargs)

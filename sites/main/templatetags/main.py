"""Template filters of the shop window: ``{% load main %}``."""

from __future__ import annotations

import re

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def mark_found(text: str, words: str) -> SafeString:
    """Set ``<mark>`` around every place where ``words`` stand in ``text``, whatever their case."""
    if not words:
        return conditional_escape(text)
    parts = re.split(f"({re.escape(words)})", text, flags=re.IGNORECASE)
    # split() with one group: what was found stands at the odd places.
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", part) if place % 2 else part,)
            for place, part in enumerate(parts)
        ),
    )

"""What search engines and messengers read of a page: ``{% load social %}``."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

#: What would end the element, or begin another, inside a script that holds data; as Django's
#: ``json_script`` does it, whose type attribute is fixed.
_ESCAPED = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def linked_data(data: dict[str, Any]) -> SafeString:
    """``{% linked_data data %}``: JSON-LD, which browsers do not run and no policy forbids."""
    written = json.dumps(data, ensure_ascii=False).translate(_ESCAPED)
    # Everything that HTML could take for a tag is escaped above.
    return mark_safe(f'<script type="application/ld+json">{written}</script>')  # noqa: S308

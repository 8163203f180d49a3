"""Parts of a page that are drawn once for everybody: ``{% load shared %}``."""

from __future__ import annotations

import time
from typing import Any, Final

from django import template
from django.contrib.auth.models import AnonymousUser
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from sites.shared_parts import parts

register = template.Library()


class _Nobody:
    """Stands for the request within a part: whoever asks it for anything has found a mistake."""

    def __getattr__(self, name: str) -> Any:
        raise template.TemplateSyntaxError(
            f"A shared part asks the request for {name!r}, which would be one person's: move it out."
        )


#: What a part cannot see, because it is one person's.
_HIDDEN: Final = {
    "user": AnonymousUser(),
    "request": _Nobody(),
    "csrf_token": "",
    "messages": (),
    "perms": None,
    "unread": 0,
    "reading": None,
    "here": "",
    "here_absolute": "",
    "frame": None,
}


class _SharedNode(template.Node):
    def __init__(
        self,
        body: NodeList,
        names: list[FilterExpression],
        unless: FilterExpression | None,
    ) -> None:
        self._body, self._names, self._unless = body, names, unless

    def render(self, context: template.Context) -> SafeString:
        if not parts.is_awake or (self._unless is not None and self._unless.resolve(context)):
            return self._draw(context)
        names = [str(name.resolve(context)) for name in self._names]
        key = (context.get("room"), get_language(), *names)
        kept = parts.find(key)
        if kept is None:
            mark, begun = parts.mark(), time.time()
            kept = self._draw(context)
            parts.keep(key, kept, mark, begun)
        return mark_safe(kept)  # noqa: S308 - as templates drew it

    def _draw(self, context: template.Context) -> SafeString:
        with context.push(**_HIDDEN):
            return self._body.render(context)


@register.tag
def shared(parser: Parser, token: Token) -> _SharedNode:
    """``{% shared "books" parameters number unless=query.text %} … {% endshared %}``

    Everything that the part depends on is among its words, the host and the language apart. It sees no
    person and no request. What it shows is to be looked up within it, by a value that is lazy, so that
    nothing is looked up when it is there, and what is looked up is not older than its beginning. With
    ``unless`` it is drawn each time.
    """
    _tag, *words = token.split_contents()
    given = token_kwargs(words[-1:], parser) if words else {}
    names = [parser.compile_filter(word) for word in (words[:-1] if given else words)]
    body = parser.parse(("endshared",))
    parser.delete_first_token()
    return _SharedNode(body, names, given.get("unless"))

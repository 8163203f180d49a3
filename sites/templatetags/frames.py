"""What is one person's on a page that is drawn for all readers: ``{% load frames %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe

from sites.books.shown_places import card_of
from sites.frames.slots import Slot

register = template.Library()


class _HoleNode(template.Node):
    def __init__(
        self, body: NodeList, names: tuple[str, ...], key: FilterExpression | None
    ) -> None:
        self._body, self._names, self._key = body, names, key

    def render(self, context: template.Context) -> str:
        key = None if self._key is None else self._key.resolve(context)
        frame = context.get("frame")
        if frame is not None:
            return str(frame.hole(self._body, self._names, key, context))
        if key is None:
            return str(self._body.render(context))
        given = {name: _of(context.get(name), key) for name in self._names}
        with context.push(**given):
            return str(self._body.render(context))


def _of(value: Any, key: Any) -> Any:
    return value(key) if callable(value) else value


@register.tag
def hole(parser: Parser, token: Token) -> _HoleNode:
    """``{% hole place %} … {% endhole %}``, ``{% hole mark for chapter.number %} … {% endhole %}``

    Where a page is drawn for one person, its content. Where it is drawn for all (``sites.frames``), it
    is left out, and drawn for each reader, or taken from another for whom the named variables are the
    same: everything of one person that it shows is named. With ``for``, a variable that is a function
    stands for what it gives of that value.
    """
    _tag, *words = token.split_contents()
    key = None
    if "for" in words:
        at = words.index("for")
        key, words = parser.compile_filter(words[at + 1]), words[:at]
    body = parser.parse(("endhole",))
    parser.delete_first_token()
    return _HoleNode(body, tuple(words), key)


@register.simple_tag(takes_context=True)
def cards(context: template.Context, places: Any, name: str) -> SafeString:
    """``{% cards places "house/card.html" %}``: places of a reader, each as a row of a list."""
    if isinstance(places, Slot):
        return mark_safe(places)  # noqa: S308 - digits
    drawn = (card_of(name, place.book, place) for place in places)
    return mark_safe("".join(drawn))  # noqa: S308 - drawn by templates

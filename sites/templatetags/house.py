"""Template tags that every host uses: ``{% load house %}``."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django import template
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from sites import links
from sites.accounts.models import User
from sites.books.models import Book
from sites.frames.nobody import AnyReader
from sites.frames.slots import Slot
from sites.rooms import ROOMS, Room, may_enter, rooms_of

register = template.Library()

#: Arrows and whatever else has a direction: they turn round in right-to-left interfaces.
_DIRECTED_ICONS = {"back", "forward", "arrow-end", "contents", "sign-out"}
#: Full stops of the scripts that books here are written in.
_FULL_STOPS = (".", "。", "۔", "।")
#: From these lengths on (in characters) display type gets smaller, so that a sentence of 300
#: characters, the longest there is, still leaves the first screen room for the cover.
_LONG, _LONGEST = 70, 140
#: Languages of books here, and of classics, that Django's table lacks; by ISO 639.
_MORE_LANGUAGES = {
    "ban": gettext_lazy("Balinese"),
    "jv": gettext_lazy("Javanese"),
    "la": gettext_lazy("Latin"),
    "min": gettext_lazy("Minangkabau"),
    "su": gettext_lazy("Sundanese"),
    "zh": gettext_lazy("Chinese"),
}
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
#: What a page says where a colour is malformed: paper, so that the band disappears.
_NO_COLOUR = "#FCFBF8"


@register.simple_tag
def host_url(key: str, view: str, *args: Any, **kwargs: Any) -> str:
    """``{% host_url 'chapter' 'read' book.slug 3 %}``: an absolute address on any host."""
    return links.host_url(key, view, *args, **kwargs)


@register.simple_tag
def host_root(key: str) -> str:
    """``{% host_root 'publish' %}``: the address of a host's first page."""
    return f"{links.host_root(key)}/"


@register.simple_tag
def home_address() -> str:
    """Main's first page from the settings alone, for pages that no host or database answers."""
    return f"{settings.HOST_NAMES.scheme}://{settings.HOST_NAMES.domains['main']}/"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """``{% icon 'search' %}``: a symbol of the sprite, hidden from screen readers without a label."""
    classes = "icon icon-turns" if name in _DIRECTED_ICONS else "icon"
    address = f"{static('icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>',
            classes,
            label,
            address,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, address
    )


@register.simple_tag(takes_context=True)
def inline_style(context: template.Context, rules: str) -> SafeString:
    """``{% inline_style rules %}``: a ``<style>`` that the page's policy lets through by its hash, so
    that the page holds no nonce and is the same for everybody. ``rules`` are the house's own."""
    rules = rules.replace(
        "<", "\\3c "
    )  # as CSS writes it in a string; else it could end the element
    digest = b64encode(sha256(rules.encode()).digest()).decode()
    request = context["request"]
    request.csp_styles = [*getattr(request, "csp_styles", []), f"'sha256-{digest}'"]
    return mark_safe(f"<style>{rules}</style>")  # noqa: S308 - what HTML could read is escaped above


@register.simple_tag(takes_context=True)
def ground_style(context: template.Context, ground: str) -> SafeString:
    """``{% ground_style book.cover_ground %}``: the colour of the band behind a cover."""
    return inline_style(context, f":root{{--cover:{colour(ground)}}}")


@register.simple_tag
def rooms_for(user: User | AnonymousUser) -> list[Room]:
    """``{% rooms_for user as rooms %}``: the rooms that the person may enter."""
    return rooms_of(user)


@register.simple_tag
def may_join(user: User | AnonymousUser) -> bool:
    """``{% may_join user as joins %}``: could this person become an author, being none yet?"""
    return isinstance(user, User | AnyReader) and not may_enter(user, "publish")


@register.simple_tag
def room_name(key: str) -> str:
    """The name beside the wordmark; main has none, it is the house itself."""
    names = {room.key: str(room.name) for room in ROOMS if room.key != "main"}
    return names.get(key, "")


@register.filter
def red_stop(sentence: str) -> SafeString:
    """Set a sentence's full stop as the house's red point; other endings stay as they are."""
    sentence = sentence.strip()
    if sentence.endswith(_FULL_STOPS) and not sentence.endswith(".."):
        return format_html('{}<i class="point">{}</i>', sentence[:-1], sentence[-1:])
    return format_html("{}", sentence)


@register.filter
def length_class(text: str) -> str:
    """The class that sets long text smaller: nothing, ``is-long`` or ``is-longest``."""
    if len(text) < _LONG:
        return ""
    return "is-long" if len(text) < _LONGEST else "is-longest"


@register.filter
def colour(value: str) -> str:
    """A colour that may stand in a stylesheet; anything but #RRGGBB becomes paper."""
    return value if _COLOUR.fullmatch(value or "") else _NO_COLOUR


@register.filter
def blank_dye(book: Book) -> int:
    """The dye of the plain cover that a book without one gets: 0 to 3, always the same."""
    return book.pk % 4


@register.filter
def duration(minutes: int | Slot) -> str:
    """``310`` → "5 hours 10 minutes", in the reader's language."""
    if isinstance(minutes, Slot):
        return minutes.in_words
    hours, rest = divmod(int(minutes), 60)
    parts = []
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if rest or not hours:
        parts.append(ngettext("%(n)d minute", "%(n)d minutes", rest) % {"n": rest})
    return " ".join(parts)


@register.filter
def ago(moment: datetime, now: datetime) -> str:
    """How long ago ``moment`` was at ``now``; from a week on its date. The future is "just now"."""
    passed = now - moment
    if passed < timedelta(minutes=5):
        return _("just now")
    if passed < timedelta(hours=1):
        n = int(passed.total_seconds() // 60)
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", n) % {"n": n}
    if passed < timedelta(days=1):
        n = int(passed.total_seconds() // 3600)
        return ngettext("%(n)d hour ago", "%(n)d hours ago", n) % {"n": n}
    if passed < timedelta(days=7):
        return ngettext("%(n)d day ago", "%(n)d days ago", passed.days) % {"n": passed.days}
    return date_format(localtime(moment), "j F Y")


@register.filter
def is_now(moment: datetime, now: datetime) -> bool:
    """Was it within the last hour, so that the house's point marks it?"""
    return now - moment < timedelta(hours=1)


@register.filter
def language_in_words(tag: str) -> str:
    """``id`` → "Indonesian" in the reader's language; an unknown tag stays a tag.

    Django's ``language_name`` raises for those.
    """
    if (name := _MORE_LANGUAGES.get(tag.partition("-")[0])) is not None:
        return str(name)
    try:
        return str(get_language_info(tag)["name_translated"])
    except KeyError:
        return tag


@register.filter
def language_in_its_own_words(tag: str) -> str:
    """``id`` → "Bahasa Indonesia": a language in its own words."""
    try:
        return str(get_language_info(tag)["name_local"])
    except KeyError:
        return tag

"""Put a chapter's text on a page: its references become addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Final

from sites.books.text.links import rewrite_links
from sites.books.text.tokens import read_clean_tag, split_clean, tag_name

if TYPE_CHECKING:
    from sites.books.pictures import Drawn

_MEDIA: Final = "media:"


def picture_keys(text: str) -> set[str]:
    """Give the storage's keys of the pictures in a clean text."""
    return {
        read_clean_tag(tag).attributes.get("src", "").removeprefix(_MEDIA)
        for tag in split_clean(text)[1::2]
        if tag_name(tag) == "img"
    }


def draw_text(
    text: str,
    *,
    media_url: Callable[[str], str],
    chapter_url: Callable[[str], str | None],
    pictures: Mapping[str, Drawn] | None = None,
) -> str:
    """Give a clean text with the addresses that a browser needs. The result is safe to mark so.

    ``media_url(key)`` gives the address of a picture in the storage. ``chapter_url(uid)`` gives the
    address of a chapter, or None where this reader may not see it (ask the database once, with
    ``links.chapter_references``): such a link becomes plain text, as does a link to a paragraph
    that the text no longer has. ``pictures`` are those of which something was made, by their keys;
    the others are shown as they are.
    """
    ids = {
        read_clean_tag(tag).attributes.get("id")
        for tag in split_clean(text)[1::2]
        if ' id="' in tag
    }

    def target_of(address: str) -> str | None:
        if address.startswith("#"):
            return address if address[1:] in ids else None
        if not address.startswith("chapter:"):
            return address
        uid, mark, paragraph = address.removeprefix("chapter:").partition("#")
        url = chapter_url(uid)
        return url and url + mark + paragraph

    return _with_pictures(rewrite_links(text, target_of), media_url, pictures or {})


def placeholder_rules(pictures: Mapping[str, Drawn]) -> str:
    """Give the style rules of the pictures' placeholders, for a ``<style>`` of the page that shows
    them: what a browser draws of a few pixels is a blur."""
    rules = [
        f'img[data-blur="{number}"]{{background:url({picture.placeholder}) 0 0/100% 100%!important}}'
        for number, picture in enumerate(pictures.values())
        if picture.placeholder
    ]
    return "\n".join(rules)


def _with_pictures(
    text: str, media_url: Callable[[str], str], pictures: Mapping[str, Drawn]
) -> str:
    numbers = {key: number for number, key in enumerate(pictures)}
    pieces = split_clean(text)
    for index in range(1, len(pieces), 2):
        if tag_name(pieces[index]) != "img":
            continue
        tag = read_clean_tag(pieces[index])
        key = tag.attributes.get("src", "").removeprefix(_MEDIA)
        tag.attributes |= {"src": media_url(key), "loading": "lazy", "decoding": "async"}
        drawn = pictures.get(key)
        if drawn is None:
            pieces[index] = str(tag)
            continue
        if not (tag.attributes.get("width") and tag.attributes.get("height")):
            tag.attributes |= {"width": str(drawn.width), "height": str(drawn.height)}
        tag.attributes["src"] = drawn.fallback or tag.attributes["src"]
        if drawn.placeholder:
            tag.attributes["data-blur"] = str(numbers[key])
        pieces[index] = f"<picture>{_sources(drawn)}{tag}</picture>"
    return "".join(pieces)


def _sources(drawn: Drawn) -> str:
    from sites.books.pictures import PAGE_SIZES

    return "".join(
        f'<source type="{kind}" srcset="{escape(addresses)}" sizes="{PAGE_SIZES}">'
        for kind, addresses in drawn.sources
    )

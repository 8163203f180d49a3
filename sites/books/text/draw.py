"""Put a chapter's text on a page: its references become addresses."""

from __future__ import annotations

from collections.abc import Callable

from sites.books.text.links import rewrite_links
from sites.books.text.tokens import read_clean_tag, split_clean, tag_name


def draw_text(
    text: str,
    *,
    media_url: Callable[[str], str],
    chapter_url: Callable[[str], str | None],
) -> str:
    """Give a clean text with the addresses that a browser needs. The result is safe to mark so.

    ``media_url(key)`` gives the address of a picture in the storage. ``chapter_url(uid)`` gives the
    address of a chapter, or None where this reader may not see it (ask the database once, with
    ``links.chapter_references``): such a link becomes plain text, as does a link to a paragraph
    that the text no longer has.
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

    return _with_pictures(rewrite_links(text, target_of), media_url)


def _with_pictures(text: str, media_url: Callable[[str], str]) -> str:
    pieces = split_clean(text)
    for index in range(1, len(pieces), 2):
        if tag_name(pieces[index]) == "img":
            tag = read_clean_tag(pieces[index])
            key = tag.attributes.get("src", "").removeprefix("media:")
            tag.attributes |= {"src": media_url(key), "loading": "lazy", "decoding": "async"}
            pieces[index] = str(tag)
    return "".join(pieces)

"""What a clean text refers to, and how its links are rewritten."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from sites.books.text.tokens import read_clean_tag, split_clean, tag_name

_CHAPTER: Final = re.compile(r' href="chapter:([A-Za-z0-9]+)')
_MEDIA: Final = re.compile(r' src="media:([^"]+)"')


def chapter_references(text: str) -> set[str]:
    """Give the uids of the chapters that a clean text links to."""
    return {uid for tag in split_clean(text)[1::2] for uid in _CHAPTER.findall(tag)}


def media_references(text: str) -> set[str]:
    """Give the storage keys of the pictures in a clean text."""
    return {key for tag in split_clean(text)[1::2] for key in _MEDIA.findall(tag)}


def rewrite_links(text: str, target_of: Callable[[str], str | None]) -> str:
    """Give a clean text with each link's address replaced by ``target_of(address)``.

    Where that is None, the link goes and its words stay.
    """
    pieces = split_clean(text)
    kept: list[bool] = []
    for index in range(1, len(pieces), 2):
        name = tag_name(pieces[index])
        if name == "a":
            tag = read_clean_tag(pieces[index])
            target = target_of(tag.attributes.get("href", ""))
            kept.append(target is not None)
            tag.attributes["href"] = target or ""
            pieces[index] = str(tag) if target is not None else ""
        elif name == "/a" and not (kept.pop() if kept else True):
            pieces[index] = ""
    return "".join(pieces)

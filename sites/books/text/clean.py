"""Make any HTML into the clean text of a chapter: the one door for what people and files bring."""

from __future__ import annotations

import html
import re
from functools import cache
from typing import TYPE_CHECKING, Final

from sites.books.text.allowed import EDGE, TAGS, allowed_value
from sites.books.text.arrange import arrange
from sites.books.text.balance import balance
from sites.books.text.errors import TextTooLong, TooManyTags
from sites.books.text.tokens import read_any

if TYPE_CHECKING:
    import nh3

TEXT_LIMIT: Final = 2_000_000  # characters with their tags; all of Moby-Dick has 1.2 million
#: Start and end tags of one chapter, counted by their ``<``: 20,000 paragraphs, the most a chapter may
#: have, and 10,000 words set apart in them. The longest chapter of five real books has 480 tags, all
#: of Moby-Dick 5,600. Cleaning that many takes about a second.
TAG_LIMIT: Final = 60_000
#: Two passes settle what editors write, four what a fuzzer finds (see the tests).
PASSES: Final = 6

#: What neither HTML nor PostgreSQL keeps: control characters other than tab and line end.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


def clean_html(markup: str) -> str:
    """Give the part of ``markup`` that a chapter may hold, in its one clean form.

    What is allowed stands in ``allowed.py``. Loose text is put into paragraphs, h1 becomes h2,
    links out of the house get ``rel="noopener nofollow ugc"``, and no ids remain but those of
    paragraphs. Cleaning twice changes nothing. Raises TextTooLong beyond ``TEXT_LIMIT`` and
    TooManyTags beyond ``TAG_LIMIT``: of ``markup``, before any work is done, and of what becomes of it.
    """
    text = markup
    for _pass in range(PASSES):
        cleaned = _pass_once(text)
        if cleaned == text:
            return text
        text = cleaned
    # It never settles: keep the words.
    words = (piece for piece in read_any(text) if isinstance(piece, str) and piece.strip())
    return "".join(f"<p>{html.escape(piece.strip(), quote=False)}</p>" for piece in words)


def _pass_once(text: str) -> str:
    _check_length(text)
    _check_tags(text)
    balanced = balance(_readable(text))
    _check_length(balanced)  # escaping makes text longer, and clean text has a limit as well
    return arrange(_sanitiser().clean(balanced))


def _check_length(text: str) -> None:
    if len(text) > TEXT_LIMIT:
        raise TextTooLong(len(text), TEXT_LIMIT)


def _check_tags(text: str) -> None:
    tags = text.count("<")
    if tags > TAG_LIMIT:
        raise TooManyTags(tags, TAG_LIMIT)


def _readable(text: str) -> str:
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


@cache
def _sanitiser() -> nh3.Cleaner:
    import nh3  # compiled code that only cleaning needs: not at process start

    names = TAGS | {EDGE}
    known = {"href", "src", "alt", "title", "lang", "dir", "id", "class", "role"}
    from sites.books.text.allowed import ATTRIBUTES

    return nh3.Cleaner(
        tags=set(names),
        clean_content_tags={"script", "style"},
        attributes={name: known | ATTRIBUTES.get(name, frozenset()) for name in names},
        attribute_filter=allowed_value,
        link_rel=None,  # ``arrange`` sets rel on outward links only
        url_schemes={"http", "https", "mailto", "media", "chapter"},
    )

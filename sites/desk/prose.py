"""Which texts the prose editor gives back as they were, and what it is told about one.

The editor (``sites/static/unfold/prose.js``) knows a table: blocks that are edited, marks that are
carried on words, and islands, which it shows and moves whole. A text that holds anything else would
not come back the same, so it is written in the plain manuscript area instead. The browser looks
once more: where its editor would not give back what it was given, it leaves the plain area in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from sites.books.exceptions import BookError
from sites.books.text.allowed import ATTRIBUTES, INLINE, TAGS, VOID
from sites.books.text.links import media_references
from sites.books.text.tokens import Tag, read_clean_tag, split_clean

#: Shown and moved whole, never changed: what is in them comes back to the letter.
ISLANDS: Final = frozenset({"table", "dl", "pre", "figure", "ruby", "math"})
#: Blocks that hold words.
PHRASES: Final = frozenset({"p", "h2", "h3", "h4", "h5", "h6"})
#: Blocks that hold blocks; these two also hold words by themselves.
HOLDERS: Final = frozenset({"blockquote", "section", "aside", "li"})
LOOSE: Final = frozenset({"blockquote", "li"})
LISTS: Final = frozenset({"ul", "ol"})
#: What stands among words without holding any.
AMONG_WORDS: Final = frozenset({"br", "wbr", "img"})
#: Carried on words with their attributes, in any order; one kind cannot be carried twice.
MARKS: Final = INLINE - ISLANDS - AMONG_WORDS - {"rb", "rt", "rp"}
#: Of every element, beside those in ``sites.books.text.allowed``.
EVERYWHERE: Final = ("class", "dir", "id", "lang", "role")

#: Characters with their tags: four times the longest chapter of a novel. Browsers take a second to
#: show so many, and more with each that is typed.
LONGEST_TEXT: Final = 400_000
#: Pictures of one text whose addresses are asked for; a book of pictures has a few dozen a chapter.
MOST_PICTURES: Final = 500


@dataclass(frozen=True, slots=True)
class Prose:
    """A text as the editor gets it; ``reason`` says why it does not, or is empty."""

    html: str
    reason: str
    known: dict[str, Any]


def prose_of(text: str, *, typed: bool = False) -> Prose:
    """Give what the editor needs for a text that a form shows: a clean one, or one that was
    ``typed``, which is cleaned first, because the editor shows islands as they are."""
    if typed:
        from sites.books.text.clean import clean_html  # compiled code that only writing needs

        try:
            text = clean_html(text)
        except BookError as refusal:
            return Prose("", str(refusal), {})
    reason = why_plain(text)
    return Prose("" if reason else text, reason, {} if reason else _known(text))


def why_plain(text: str) -> str:
    """Say in a sentence why the editor would not give a clean text back as it was; "" if it would."""
    if len(text) > LONGEST_TEXT:
        return _("This chapter is too long for the editor, so it is shown as plain text with tags.")
    if text.count("<img ") > MOST_PICTURES:
        return _("This chapter has too many pictures for the editor: it is shown with its tags.")
    found = _Reader().first_unknown(text)
    if found is None:
        return ""
    return _(
        "The editor cannot give back “%(tag)s” as it stands in this chapter, so the text is shown "
        "with its tags."
    ) % {"tag": f"<{found}>"}


def _known(text: str) -> dict[str, Any]:
    """Give the table for the browser, with the addresses of this text's pictures."""
    return {
        "marks": {name: _attributes(name) for name in sorted(MARKS)},
        "lists": {name: _attributes(name) for name in sorted(LISTS)},
        "item": _attributes("li"),
        "picture": _attributes("img", without="src"),
        "islands": sorted(ISLANDS),
        "tags": sorted(TAGS - {"section", "aside"}),
        "attributes": {name: _attributes(name) for name in sorted(TAGS)},
        "pictures": {key: default_storage.url(key) for key in sorted(media_references(text))},
    }


def _attributes(name: str, *, without: str = "") -> list[str]:
    return sorted({*EVERYWHERE, *ATTRIBUTES.get(name, ())} - {without})


class _Reader:
    """Walks a clean text with a stack, until something is not in the table."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._marks: list[str] = []
        #: Elements open in an island, the island included.
        self._within = 0
        #: In each open holder: what came last, "words", "p" or another block.
        self._last: list[str] = [""]

    def first_unknown(self, text: str) -> str | None:
        """Give the name of the first element that would not come back as it was."""
        for index, piece in enumerate(split_clean(text)):
            if index % 2 == 0:
                unknown = self._words() if piece.strip() and not self._within else None
            else:
                unknown = self._tag(read_clean_tag(piece))
            if unknown is not None:
                return unknown
        return None

    def _tag(self, tag: Tag) -> str | None:
        if self._within:
            if tag.name not in VOID:
                self._within += -1 if tag.closing else 1
            return None
        if tag.closing:
            return self._end(tag.name)
        if tag.name in MARKS:
            twice = tag.name in self._marks
            self._marks.append(tag.name)
            return tag.name if twice else self._words()
        if tag.name in AMONG_WORDS:
            bare = not tag.attributes or tag.name == "img"
            return self._words() if bare else tag.name
        if tag.name in {"ruby", "math"}:
            self._within = 1
            return self._words()
        return self._start_block(tag)

    def _words(self) -> str | None:
        """Words stand in a block of words, or loosely in an item or a quotation: there beside lists,
        but not beside paragraphs, which would become one with them."""
        block = self._blocks[-1] if self._blocks else ""
        if block in PHRASES:
            return None
        if block not in LOOSE or self._last[-1] == "p":
            return block or "p"
        self._last[-1] = "words"
        return None

    def _start_block(self, tag: Tag) -> str | None:
        around = self._blocks[-1] if self._blocks else ""
        fits = around in LISTS if tag.name == "li" else around in HOLDERS or not around
        if not fits or (tag.name == "p" and self._last[-1] == "words"):
            return tag.name
        self._last[-1] = tag.name
        if tag.name in ISLANDS:
            self._within = 1
        elif tag.name in PHRASES | HOLDERS | LISTS:
            self._blocks.append(tag.name)
            self._last.append("")
        elif tag.name != "hr":
            return tag.name
        return None

    def _end(self, name: str) -> str | None:
        if name in MARKS:
            self._marks.pop()
            return None
        block = self._blocks.pop()
        is_empty = not self._last.pop()
        return block if is_empty and block in HOLDERS - {"li"} | LISTS else None

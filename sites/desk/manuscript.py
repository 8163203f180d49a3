"""A chapter's text as a writer sees it in a plain text area: blocks apart, ids out of the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from django import forms

from sites.books.exceptions import BookError
from sites.books.text.allowed import BLOCKS
from sites.books.text.tokens import split_clean, tag_name
from sites.desk.widgets import Manuscript, Typed

#: What begins on a line of its own, after an empty one.
_BLOCKS: Final = (
    BLOCKS - {"figcaption", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"}
) | {
    "section",
    "aside",
}
_BLOCK: Final = re.compile(rf"<(?:{'|'.join(sorted(BLOCKS))}|div|h1)\b", re.IGNORECASE)
_ID: Final = re.compile(r' id="(p-[a-z2-7]{8})"')
_TARGET: Final = re.compile(r'href="#(p-[a-z2-7]{8})"')


def for_writing(text: str) -> str:
    """Give clean text with an empty line between blocks, and without the paragraph ids that no
    link in it needs: those come back by the difference to the stored text."""
    pieces = split_clean(text)
    needed = set(_TARGET.findall("".join(pieces[1::2])))
    for index in _gaps_before_blocks(pieces):
        pieces[index] = "\n\n" if index else ""
    for index in range(1, len(pieces), 2):
        pieces[index] = _ID.sub(lambda found: found[0] if found[1] in needed else "", pieces[index])
    return "".join(pieces)


def from_writing(typed: str) -> str:
    """Give the clean text of what was typed: the empty lines between blocks go. Text without any
    block becomes a paragraph at each empty line. Raises the refusals of ``clean_html``."""
    # Cleaning needs compiled code that nothing else here does.
    from sites.books.text.clean import clean_html

    if not _BLOCK.search(typed):
        parts = re.split(r"\n[ \t]*\n\s*", typed.replace("\r\n", "\n").strip())
        typed = "".join(f"<p>{part}</p>" for part in parts if part.strip())
    pieces = split_clean(clean_html(typed))
    for index in _gaps_before_blocks(pieces):
        pieces[index] = ""
    return "".join(pieces)


def _gaps_before_blocks(pieces: list[str]) -> Iterator[int]:
    """Give where nothing but white space stands before the start of a block."""
    in_pre = False
    for index in range(1, len(pieces), 2):
        name = tag_name(pieces[index])
        if name in _BLOCKS and not in_pre and not pieces[index - 1].strip():
            yield index - 1
        in_pre = name == "pre" or (in_pre and name != "/pre")


class ManuscriptField(forms.CharField):
    """The form's side of a chapter's text. Raises ``ValidationError`` for what cannot be stored."""

    widget = Manuscript

    def bound_data(self, data: Any, initial: Any) -> Any:
        return Typed(data or "")

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, Typed) else for_writing(value or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        typed = (data or "").replace("\r\n", "\n").strip()
        return bool(for_writing(initial or "").strip() != typed)

    def clean(self, value: Any) -> str:
        try:
            return from_writing(str(super().clean(value)))
        except BookError as refusal:
            raise forms.ValidationError(str(refusal), code="refused") from None

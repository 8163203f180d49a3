"""A reader's highlights in one book, for other programs and for themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from sites.books.models import Book
from sites.community.highlights import Listed

#: What Markdown could read as its own (https://spec.commonmark.org/0.31.2/#backslash-escapes); and
#: the beginnings of lines that make lists, headings and rules.
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#~|&!])")
_BEGINNINGS: Final = re.compile(r"^([-+=])", re.MULTILINE)
_NUMBERS: Final = re.compile(r"^(\d+)([.)])", re.MULTILINE)
#: Blanks before a line, of which four make it code: no-break spaces do not.
_INDENT: Final = re.compile(r"^[ \t]+", re.MULTILINE)
_BLANK, _TAB_WIDTH = "\u00a0", 4


def as_json(book: Book, highlights: Iterable[Listed]) -> str:
    """Give them as JSON; ``found`` says whether the words still stand in the chapter."""
    document = {
        "book": {"title": book.title, "slug": book.slug, "authors": book.author_names},
        "highlights": [_record(one) for one in highlights],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _record(one: Listed) -> dict[str, Any]:
    highlight = one.highlight
    return {
        "chapter": {"number": highlight.chapter.number, "title": highlight.chapter.title},
        "paragraph": highlight.paragraph,
        "text": highlight.quote,
        "note": highlight.note,
        "colour": highlight.colour,
        "shared": highlight.is_shared,
        "found": not one.is_gone,
        "created": highlight.created_at.isoformat(),
        "changed": highlight.edited_at.isoformat() if highlight.edited_at else None,
    }


def as_markdown(book: Book, highlights: Iterable[Listed]) -> str:
    """Give them as CommonMark: a heading for each chapter, each passage as a quotation, its note
    below it. What people wrote is text there, whatever it looks like."""
    lines = [f"# {_line(book.title)}"]
    if book.author_names:
        lines.append(_line(book.author_names))
    for number, found in groupby(highlights, key=lambda one: one.highlight.chapter.number):
        group = list(found)
        lines.append(f"## {number}. {_line(group[0].highlight.chapter.title)}")
        for one in group:
            lines += _entry(one)
    return "\n\n".join(lines) + "\n"


def _entry(one: Listed) -> list[str]:
    highlight = one.highlight
    made = date_format(localtime(highlight.created_at), "j F Y")
    facts = [str(highlight.get_colour_display()), made]
    if highlight.is_shared:
        facts.append(_("shown to all readers"))
    if one.is_gone:
        facts.append(_("no longer in the text"))
    quote = "\n>\n".join(f"> {_escaped(line)}" for line in highlight.quote.split("\n"))
    entry = [quote]
    if highlight.note:
        entry.append(_escaped(highlight.note).replace("\n", "  \n"))
    return [*entry, f"*{_escaped(' · '.join(facts))}*"]


def _line(text: str) -> str:
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    """Give text that stays text in CommonMark."""
    plain = _SPECIAL.sub(r"\\\1", text)
    plain = _INDENT.sub(lambda found: _BLANK * len(found[0].expandtabs(_TAB_WIDTH)), plain)
    return _NUMBERS.sub(r"\1\\\2", _BEGINNINGS.sub(r"\\\1", plain))

"""The small part of Markdown that the demo texts are written in, made into HTML.

Paragraphs, ``## headings``, ``- lists``, ``1. lists``, ``> quotations``, ``| tables |``, ``*emphasis*``,
``**strong**`` and notes (``[^1]`` in the text, ``[^1]: …`` at its end). Beyond Markdown, a line that
begins with ``|`` and does not end with one is a line of verse.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

_BLANK: Final = re.compile(r"\n\s*\n")
_NUMBERED: Final = re.compile(r"\d+\. ")
_NOTE: Final = re.compile(r"\[\^(\d+)\]: ")
_NOTE_MARK: Final = re.compile(r"\[\^(\d+)\]")
_STRONG: Final = re.compile(r"\*\*(.+?)\*\*")
_EMPHASIS: Final = re.compile(r"\*(.+?)\*")
_DIGITS_AS_LETTERS: Final = str.maketrans("0123456789", "abcdefghij")


def to_html(source: str) -> str:
    """Give the HTML of one text. The ids in it hold its notes together and are replaced later."""
    blocks = [block.strip("\n") for block in _BLANK.split(source) if block.strip()]
    marks: dict[str, str] = {}
    return "".join(_block(block.splitlines(), marks) for block in blocks)


def _block(lines: list[str], marks: dict[str, str]) -> str:
    first = lines[0]
    if first.startswith("## "):
        return f"<h2>{_inline(first[3:])}</h2>"
    if first.startswith("| "):
        return _table(lines) if first.endswith("|") else _verse(lines)
    if first.startswith("- "):
        return _list("ul", [line[2:] for line in lines], marks)
    if _NUMBERED.match(first):
        return _list("ol", [_NUMBERED.sub("", line, count=1) for line in lines], marks)
    if first.startswith(">"):
        inside = "\n".join(line.removeprefix(">").removeprefix(" ") for line in lines)
        return f"<blockquote>{to_html(inside)}</blockquote>"
    if _NOTE.match(first):
        return "".join(_notes(lines, marks))
    return _marked("p", " ".join(lines), marks)


def _verse(lines: list[str]) -> str:
    """A stanza; each line is a paragraph, so that readers can point at it."""
    inside = "".join(f"<p>{_inline(line[2:])}</p>" for line in lines)
    return f'<section class="verse">{inside}</section>'


def _table(lines: list[str]) -> str:
    """The first line is the head, the second only rules it off."""
    head, _rule, *body = ([cell.strip() for cell in line[1:-1].split("|")] for line in lines)
    top = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in head)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>" for row in body
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"


def _list(tag: str, items: list[str], marks: dict[str, str]) -> str:
    inside = "".join(_marked("li", item, marks) for item in items)
    return f"<{tag}>{inside}</{tag}>"


def _notes(lines: list[str], marks: dict[str, str]) -> Iterator[str]:
    for line in lines:
        label = line[2 : line.index("]")]
        back = f'<a href="#{marks[label]}" role="doc-backlink">{label}</a>'
        said = _inline(_NOTE.sub("", line, count=1))
        yield f'<aside role="doc-footnote"><p id="{_anchor("note", label)}">{back} {said}</p></aside>'


def _marked(tag: str, text: str, marks: dict[str, str]) -> str:
    """A block that notes may lead back to."""
    labels = _NOTE_MARK.findall(text)
    if not labels:
        return f"<{tag}>{_inline(text)}</{tag}>"
    anchor = _anchor("mark", labels[0])
    marks.update(dict.fromkeys(labels, anchor))
    return f'<{tag} id="{anchor}">{_inline(text)}</{tag}>'


def _anchor(kind: str, label: str) -> str:
    """An id in the form of a paragraph's: ``p-`` and eight of a–z and 2–7."""
    return f"p-{kind}{label.zfill(4).translate(_DIGITS_AS_LETTERS)}"


def _inline(text: str) -> str:
    text = html.escape(text, quote=False)
    text = _STRONG.sub(r"<strong>\1</strong>", text)
    text = _EMPHASIS.sub(r"<em>\1</em>", text)
    return _NOTE_MARK.sub(
        lambda mark: f'<a href="#{_anchor("note", mark[1])}" role="doc-noteref">{mark[1]}</a>',
        text,
    )

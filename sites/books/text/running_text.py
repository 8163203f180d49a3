"""The words of a chapter in one row, each character known by its paragraph and place in it."""

from __future__ import annotations

import html
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from sites.books.text.allowed import BLOCKS, VOID
from sites.books.text.tokens import read_clean_tag, split_clean, tag_name

#: Between paragraphs, and where a line is broken; it stands in no paragraph.
BREAK: Final = "\n"
_SPACES: Final = {ord(space): " " for space in "\t\n\r\f"}


@dataclass(frozen=True, slots=True)
class Part:
    """What of one paragraph belongs to a passage: characters ``start`` to ``end`` (not included) of
    its text, counted in code points, as ``textContent`` has them in a browser."""

    paragraph: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Run:
    """Text that stands in one piece: where it begins in its paragraph, and in the row."""

    paragraph: str
    offset: int
    at: int
    length: int


@dataclass(slots=True)
class RunningText:
    """Clean text as a row of words. ``words`` has as many characters as the paragraphs' texts, line
    ends as spaces, and a ``BREAK`` between what does not run on."""

    words: str
    _runs: list[_Run]
    _starts: list[int] = field(default_factory=list)
    _of: dict[str, list[_Run]] = field(default_factory=lambda: defaultdict(list))
    #: The same words as passages are looked for in them (``passages.py``), once that was asked for.
    squeezed: tuple[str, list[int]] | None = None

    def __post_init__(self) -> None:
        self._starts = [run.at for run in self._runs]
        for run in self._runs:
            self._of[run.paragraph].append(run)

    def has(self, paragraph: str) -> bool:
        return paragraph in self._of

    def at(self, paragraph: str, offset: int, *, closing: bool = False) -> int | None:
        """Give where in the row a place in a paragraph is; ``closing`` for the end of a passage,
        which belongs to the character before it. None where the text has no such place."""
        for run in self._of.get(paragraph, ()):
            within = offset - run.offset
            if closing <= within < run.length + closing:
                return run.at + within
        return None

    def parts(self, start: int, end: int) -> list[Part]:
        """Give what the stretch of the row from ``start`` to ``end`` is made of, in order."""
        found: list[Part] = []
        index = max(0, bisect_right(self._starts, start) - 1)
        for run in self._runs[index:]:
            if run.at >= end:
                break
            first, last = max(start, run.at) - run.at, min(end, run.at + run.length) - run.at
            if first >= last:
                continue
            part = Part(run.paragraph, run.offset + first, run.offset + last)
            if found and found[-1].paragraph == part.paragraph and found[-1].end == part.start:
                part = Part(part.paragraph, found.pop().start, part.end)
            found.append(part)
        return found


def read_running_text(text: str) -> RunningText:
    """Read clean text with its paragraph ids, in time linear in its length."""
    reader = _Reader()
    pieces = split_clean(text)
    for index, piece in enumerate(pieces):
        if index % 2:
            reader.tag(piece)
        elif piece:
            reader.text(html.unescape(piece))
    return RunningText("".join(reader.words), reader.runs)


@dataclass(slots=True)
class _Reader:
    words: list[str] = field(default_factory=list)
    runs: list[_Run] = field(default_factory=list)
    length: int = 0
    #: Open elements, each with its paragraph id or nothing; and the ids alone.
    open: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    counted: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    broken: bool = True
    in_pre: bool = False

    def tag(self, piece: str) -> None:
        name = tag_name(piece)
        self.in_pre = name == "pre"
        self.broken = self.broken or name == "br" or name.lstrip("/") in BLOCKS
        if name in VOID:
            return
        if name[0] == "/":
            if self.open and (closed := self.open.pop()):
                self.inside.remove(closed)
        else:
            given = read_clean_tag(piece).attributes.get("id", "") if ' id="' in piece else ""
            self.open.append(given)
            if given:
                self.inside.append(given)

    def text(self, text: str) -> None:
        # A browser leaves out a line end right after <pre>.
        text = text[1:] if self.in_pre and text[0] == "\n" else text
        self.in_pre = False
        if not self.inside or not text:
            return
        paragraph = self.inside[-1]
        offset = self.counted[paragraph]
        for name in self.inside:
            self.counted[name] += len(text)
        goes_on = self.runs and self.runs[-1].paragraph == paragraph
        if not goes_on or self.broken:
            if text.isspace():
                return  # between blocks: nothing that can be read
            if self.runs:
                self.words.append(BREAK)
                self.length += 1
        self.broken = False
        self.runs.append(_Run(paragraph, offset, self.length, len(text)))
        self.words.append(text.translate(_SPACES))
        self.length += len(text)

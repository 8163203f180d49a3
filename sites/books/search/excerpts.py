"""The sentences that were found, with the words to mark in them.

A few paragraphs that seem to have the words are chosen here, and PostgreSQL, which knows the stems,
says which of their words are meant: in one query, with little text, for the hits of one page.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from django.db import connection

from sites.books.search.asked import askable

#: Paragraphs of one text that PostgreSQL looks at: the best may be a near miss, hardly all four.
PASSAGES: Final = 4
#: Characters of one of them, around the first of the words.
PASSAGE_LENGTH: Final = 700
#: Characters of a sentence that is shown: four lines on a phone.
LONGEST: Final = 240
#: The configuration of scripts without spaces, whose words PostgreSQL cannot mark.
PAIRS: Final = "esensi_pairs"

_BEGIN, _END = "\x02", "\x03"  # what no text of ours has
_MARKS: Final = re.compile(f"{_BEGIN}([^{_END}]*){_END}")
_BLOCK: Final = re.compile(r'<[a-z][a-z0-9]* [^<>]*?\bid="(p-[^"]+)"[^<>]*>')
_TAG: Final = re.compile(r"<[^<>]*>")
_WORD: Final = re.compile(r"\w+")
_SENTENCE: Final = re.compile(r"[.!?…؟۔]+[\"'”’»)\]]*\s+|[。！？]+[」』）”]*")

_OPTIONS: Final = f'HighlightAll=true, StartSel="{_BEGIN}", StopSel="{_END}"'
_MARK: Final = """
SELECT place, asked.matches, ts_headline(config, said, asked.query, %s)
FROM unnest(%s::int[], %s::regconfig[], %s::text[]) AS passages (place, config, said)
CROSS JOIN LATERAL (
    SELECT query, to_tsvector(config, said) @@ query AS matches
    FROM websearch_to_tsquery(config, %s) AS query
) AS asked
"""


@dataclass(frozen=True)
class Quote:
    """A text in parts, of which every second, from the second on, is what was looked for."""

    parts: list[str] = field(default_factory=list)
    #: The id of the paragraph of a chapter that it is from.
    paragraph: str = ""

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def marked(self) -> list[tuple[str, bool]]:
        """Each part, and whether it was looked for."""
        return [(part, bool(place % 2)) for place, part in enumerate(self.parts) if part]


@dataclass(frozen=True)
class Source:
    """A text to quote from: plain paragraphs, or a chapter's clean HTML. ``whole`` ones are short,
    and are quoted from end to end, whether or not the words are there."""

    config: str
    text: str
    is_html: bool = False
    whole: bool = False


@dataclass(frozen=True)
class _Passage:
    source: int
    text: str
    paragraph: str


def quotes(text: str, sources: Sequence[Source]) -> list[Quote]:
    """Give of each source the sentence that says ``text`` best, in one query; empty where none does."""
    needles = _needles(text)
    passages = [
        _Passage(place, passage, paragraph)
        for place, source in enumerate(sources)
        for paragraph, passage in _passages(source, needles)
    ]
    best: dict[int, tuple[tuple[bool, int, int], Quote]] = {}
    for passage, matches, marked in _marked(text, sources, passages):
        found = _MARKS.findall(marked)
        source = sources[passage.source]
        if not found and not source.whole:
            continue
        score = (matches, len({word.lower() for word in found}), len(found))
        if passage.source not in best or score > best[passage.source][0]:
            parts = _MARKS.split(marked) if source.whole else _sentence(marked)
            best[passage.source] = score, Quote(parts, passage.paragraph)
    return [best[place][1] if place in best else Quote() for place in range(len(sources))]


def _marked(
    text: str, sources: Sequence[Source], passages: Sequence[_Passage]
) -> Iterable[tuple[_Passage, bool, str]]:
    """Give each passage with its marks, and whether it has all that was asked."""
    words = [word for word in text.replace('"', " ").split() if word not in ("or", "-")]
    dense = re.compile("(" + "|".join(map(re.escape, words)) + ")", re.IGNORECASE)
    asked: list[int] = []
    for place, passage in enumerate(passages):
        if sources[passage.source].config != PAIRS:
            asked.append(place)
        elif words:
            yield passage, True, dense.sub(f"{_BEGIN}\\1{_END}", passage.text)
    if not asked:
        return
    configs = [sources[passages[place].source].config for place in asked]
    with connection.cursor() as cursor:
        said = [passages[place].text for place in asked]
        cursor.execute(_MARK, [_OPTIONS, asked, configs, said, askable(text)])
        for place, matches, marked in cursor.fetchall():
            yield passages[place], matches, marked


class _Folds(dict[int, str]):
    """Takes accents and capitals off, a character for a character, so that places stay."""

    def __missing__(self, key: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(key)).lower()
        self[key] = plain[:1] or chr(key)
        return self[key]


_FOLDS: Final = _Folds()


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(_FOLDS)


def _needles(text: str) -> list[str]:
    """Give what to look for in folded text: the middles of the words, since stems change both ends."""
    needles = []
    for word in _WORD.findall(_folded(text)):
        if word != "or":
            needles += _middles(word)
    return list(dict.fromkeys(needles))


def _middles(word: str) -> list[str]:
    """Give a word's beginning, and for a longer one also what its Indonesian affixes leave."""
    if len(word) <= 4:
        return [word]
    middles = [word[: max(4, len(word) - 3)]]
    without = re.sub(r"^(meng|meny|mem|men|peng|peny|pem|pen|ber|ter|per|me|di|ke|se|pe)", "", word)
    without = re.sub(r"(kan|nya|lah|kah|an|i)$", "", without)
    if without != word and len(without) >= 3:
        middles.append(without[1:] if len(without) > 4 else without)
    return middles


def _passages(source: Source, needles: Sequence[str]) -> list[tuple[str, str]]:
    """Give the paragraphs that seem to have the most of the words, with their ids."""
    if source.whole:
        return [("", source.text)]
    scored = []
    for place, (paragraph, text) in enumerate(_paragraphs(source)):
        folded = _folded(text)
        starts = [start for needle in needles if (start := folded.find(needle)) >= 0]
        if starts:
            scored.append((-len(starts), place, paragraph, _around(text, min(starts))))
    return [(paragraph, text) for _score, _place, paragraph, text in sorted(scored)[:PASSAGES]]


def _paragraphs(source: Source) -> Iterable[tuple[str, str]]:
    if not source.is_html:
        for text in source.text.split("\n\n"):
            yield "", _clear(text)
        return
    pieces = _BLOCK.split(source.text)
    for paragraph, body in zip(pieces[1::2], pieces[2::2], strict=True):
        yield paragraph, _clear(html.unescape(_TAG.sub("", body.replace("<br>", " "))))


def _clear(text: str) -> str:
    return " ".join(text.replace(_BEGIN, "").replace(_END, "").split())


def _around(text: str, start: int) -> str:
    """Give the part of a long paragraph around a place, from a word's beginning on."""
    if len(text) <= PASSAGE_LENGTH:
        return text
    begin = max(0, min(start - PASSAGE_LENGTH // 2, len(text) - PASSAGE_LENGTH))
    if begin:
        begin = text.find(" ", begin, begin + 50) + 1 or begin
    return text[begin : begin + PASSAGE_LENGTH]


def _sentence(marked: str) -> list[str]:
    """Give the sentence with the most marks, in parts; a long one around its first mark."""
    ends = [0, *(end.end() for end in _SENTENCE.finditer(marked)), len(marked)]
    sentences = [marked[begin:end] for begin, end in pairwise(ends)]
    best = max(range(len(sentences)), key=lambda place: sentences[place].count(_BEGIN))
    chosen = sentences[best]
    for following in sentences[best + 1 :]:
        if len(chosen) + len(following) > LONGEST // 2:
            break
        chosen += following
    return _shortened(_MARKS.split(_balanced(chosen).strip()))


def _balanced(text: str) -> str:
    """A mark that the sentence's end cut in two is closed, or opened, again."""
    if text.rfind(_BEGIN) > text.rfind(_END):
        text += _END
    return text if text.find(_END) >= text.find(_BEGIN) else _BEGIN + text


def _shortened(parts: list[str]) -> list[str]:
    if sum(map(len, parts)) <= LONGEST:
        return parts
    before, found = parts[0], parts[1]
    if len(before) > LONGEST // 2:
        before = "…" + before[-(LONGEST // 2) :].partition(" ")[2]
    kept, left = [before, found], LONGEST - len(before) - len(found)
    for part in parts[2:]:
        if len(part) > left:
            cut = part[: max(0, left)].rpartition(" ")[0]
            kept.append(cut + "…" if len(kept) % 2 == 0 else "…")
            break
        kept.append(part)
        left -= len(part)
    return kept

"""Read Markdown (CommonMark with tables): one text, or a zip of several with their pictures.

Facts may stand in lines before the text, as ``Title: …`` and ``Author: …``, or as pandoc's ``%``.
HTML within is cleaned like everything else.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from lxml import etree

from sites.books.importers import limits
from sites.books.importers.book import ImportedBook, Progress
from sites.books.importers.converting import convert
from sites.books.importers.deadline import Deadline
from sites.books.importers.errors import (
    FileTooLarge,
    NothingToRead,
    TooManyParts,
    UnknownEncoding,
)
from sites.books.importers.manuscript import Facts, Manuscript, read_manuscripts, short
from sites.books.importers.markup import local_name, parse_xhtml
from sites.books.importers.metadata import LANGUAGE_TAG
from sites.books.importers.package import Package

ENDINGS: Final = (".md", ".markdown", ".mdown", ".txt")
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FACT: Final = re.compile(r"([A-Za-z]{2,20})\s*:\s*(.{0,10000})")
_NAMES: Final = {
    "title": "title",
    "judul": "title",
    "subtitle": "subtitle",
    "subjudul": "subtitle",
    "author": "authors",
    "authors": "authors",
    "penulis": "authors",
    "language": "language",
    "lang": "language",
    "bahasa": "language",
    "description": "description",
    "sinopsis": "description",
}
_RULE: Final = re.compile(r"-{3,}\s*")
_NUMBERS: Final = re.compile(r"(\d{1,9})")


def read_markdown(content: bytes, *, progress: Progress, deadline: Deadline) -> ImportedBook:
    """Read one text. Raises an ``ImportRefused``."""
    facts = Facts()
    text = _manuscript("manuscript.md", content, facts)
    return read_manuscripts([text], facts, None, progress=progress, deadline=deadline)


def read_markdown_archive(
    package: Package, *, progress: Progress, deadline: Deadline
) -> ImportedBook:
    """Read the texts of a zip, in the order of their names, numbers as numbers."""
    names = sorted((name for name in package.names if is_markdown(name)), key=_in_order)
    if len(names) > limits.MANUSCRIPTS:
        raise TooManyParts(len(names), limits.MANUSCRIPTS)
    facts = Facts()
    texts = [_manuscript(name, package.read(name, limits.MANUSCRIPT_SIZE), facts) for name in names]
    if not texts:
        raise NothingToRead
    return read_manuscripts(texts, facts, package, progress=progress, deadline=deadline)


def is_markdown(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last.lower().endswith(ENDINGS) and not last.startswith((".", "_"))


def decode(content: bytes) -> str:
    """Give a text in UTF-8 or, with its mark, UTF-16. Raises UnknownEncoding."""
    try:
        if content.startswith(_UTF_16):
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeError as error:
        raise UnknownEncoding from error
    if "\0" in text:
        raise UnknownEncoding
    return text


def _manuscript(part: str, content: bytes, facts: Facts) -> Manuscript:
    if len(content) > limits.MANUSCRIPT_SIZE:
        raise FileTooLarge("", limits.MANUSCRIPT_SIZE)
    text = _take_facts(decode(content), facts)
    written = convert(text.encode(), "markdown")
    root = parse_xhtml(b"<html><body>" + written + b"</body></html>", part)
    body = (
        next((each for each in root if local_name(each) == "body"), None)
        if root is not None
        else None
    )
    return Manuscript(part, body if body is not None else etree.Element("body"))


def _take_facts(text: str, facts: Facts) -> str:
    """Read the facts before a text; give the text without them."""
    lines = text.lstrip("\ufeff\r\n").splitlines()
    place = 1 if lines and _RULE.fullmatch(lines[0]) else 0
    found: dict[str, str] = {}
    while place < len(lines):
        line = lines[place]
        fact = _FACT.fullmatch(line)
        if line.startswith("% ") and len(found) < 3:
            found[("title", "authors", "date")[len(found)]] = line[2:]
        elif fact and fact[1].lower() in _NAMES:
            found[_NAMES[fact[1].lower()]] = fact[2].strip("\"' ")
        else:
            break
        place += 1
    if not found:
        return text
    if _RULE.fullmatch(lines[0]) and place < len(lines) and _RULE.fullmatch(lines[place]):
        place += 1
    _keep(found, facts)
    return "\n".join(lines[place:])


def _keep(found: dict[str, str], facts: Facts) -> None:
    facts.title = facts.title or short(found.get("title", ""))
    facts.subtitle = facts.subtitle or short(found.get("subtitle", ""))
    facts.description = facts.description or found.get("description", "")
    names = (short(name)[:200] for name in re.split(r"[;,]|\band\b", found.get("authors", "")))
    facts.authors = facts.authors or [name for name in names if name]
    language = found.get("language", "").replace("_", "-").strip()
    if LANGUAGE_TAG.fullmatch(language) and len(language) <= 20:
        facts.language = facts.language or language


def _in_order(name: str) -> list[tuple[int, str]]:
    pieces = _NUMBERS.split(name.casefold())
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces]

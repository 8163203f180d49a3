"""Read the demo texts from their files; knows nothing of the database."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

TEXTS: Final = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class DemoAuthor:
    slug: str
    name: str
    bio: str


@dataclass(frozen=True)
class DemoGenre:
    slug: str
    english: str
    indonesian: str


@dataclass(frozen=True)
class DemoChapter:
    """One chapter in the texts' markup. A negative ``hours_ago`` is still to come."""

    number: int
    title: str
    source: str
    hours_ago: float


@dataclass(frozen=True)
class DemoBook:
    """One folder of ``texts/``. ``authors`` and ``genres`` are slugs of the house."""

    slug: str
    title: str
    subtitle: str
    language: str
    opening_line: str
    synopsis: str
    is_complete: bool
    authors: list[str]
    genres: list[str]
    tags: list[str]
    #: One for all chapters, or one for each.
    hours_ago: list[float]

    @cached_property
    def chapters(self) -> list[DemoChapter]:
        paths = sorted((TEXTS / self.slug).glob("*.md"))
        each = self.hours_ago * len(paths) if len(self.hours_ago) == 1 else self.hours_ago
        return [
            _read_chapter(path, number, ago)
            for number, (path, ago) in enumerate(zip(paths, each, strict=True), start=1)
        ]


@dataclass(frozen=True)
class House:
    """What the books share: the people on their covers, and the shelves."""

    authors: list[DemoAuthor]
    genres: list[DemoGenre]


def identifier(slug: str) -> str:
    """Give the ``Book.identifier`` by which a demo book is known again."""
    return f"demo:{slug}"


def book_slugs() -> list[str]:
    """Give the names of all demo books, without reading them."""
    return sorted(path.parent.name for path in TEXTS.glob("*/book.toml"))


def read_book(slug: str) -> DemoBook:
    """Read a book's facts; its chapters follow when they are asked for."""
    facts = tomllib.loads((TEXTS / slug / "book.toml").read_text("utf-8"))
    return DemoBook(
        slug=slug,
        title=facts["title"],
        subtitle=facts.get("subtitle", ""),
        language=facts["language"],
        opening_line=facts["opening_line"],
        synopsis=facts["synopsis"].strip(),
        is_complete=facts["complete"],
        authors=facts["authors"],
        genres=facts["genres"],
        tags=facts["tags"],
        hours_ago=facts["published_hours_ago"],
    )


def read_house() -> House:
    facts = tomllib.loads((TEXTS / "house.toml").read_text("utf-8"))
    return House(
        [DemoAuthor(a["slug"], a["name"], a["bio"].strip()) for a in facts["authors"]],
        [DemoGenre(g["slug"], g["en"], g["id"]) for g in facts["genres"]],
    )


def _read_chapter(path: Path, number: int, hours_ago: float) -> DemoChapter:
    title, _line_end, source = path.read_text("utf-8").partition("\n")
    return DemoChapter(number, title.removeprefix("# ").strip(), source.strip(), hours_ago)

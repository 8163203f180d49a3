"""What an importer gives back: a whole book in memory, safe to store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """What an import is doing, and what its progress counts."""

    READING = "reading pages"
    PICTURES = "storing pictures"
    CHAPTERS = "storing chapters"


#: Called with how much is done, of how much, and with what: 0 at a stage's start, all at its end.
Progress = Callable[[int, int, Stage], None]


def silent(done: int, total: int, stage: Stage) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class ImportedPicture:
    """One picture, re-encoded by us. ``key`` is made from its bytes; width and height in pixels."""

    key: str
    content: bytes = field(repr=False)
    type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ImportedCover:
    """A cover in its sizes. ``name`` is the key of the largest; ``ground`` a colour, #RRGGBB."""

    name: str
    files: dict[str, bytes] = field(repr=False)
    ground: str


@dataclass(frozen=True, slots=True)
class ImportedName:
    """A person; ``role`` is one of the values of Authorship.Role."""

    name: str
    role: str = "author"


@dataclass(slots=True)
class ImportedChapter:
    """A chapter. Its clean ``html`` has provisional paragraph ids, and refers to other chapters by
    their provisional uid: ``chapter:c00000000007#p-…``."""

    uid: str
    title: str
    source: str
    html: str = field(repr=False)
    words: int
    #: False for what stands before and after the text: title pages, copyright, contents.
    is_story: bool = True
    #: Of a chapter in an edition that the house wrote: the uid that it has here.
    house_uid: str = ""


@dataclass(slots=True)
class ImportedBook:
    """A book as its file tells it. ``notes`` say, in sentences, what was left out."""

    title: str
    identifier: str
    language: str
    #: Whether the file says its language; a text without any takes that of the book it goes into.
    knows_language: bool = True
    direction: str = "ltr"
    writing_mode: str = "horizontal-tb"
    subtitle: str = ""
    description: str = ""
    authors: list[ImportedName] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    cover: ImportedCover | None = None
    chapters: list[ImportedChapter] = field(default_factory=list)
    pictures: dict[str, ImportedPicture] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


UID_FORM: Final = "c{:011d}"


def provisional_uid(number: int) -> str:
    """Give the uid by which the chapters of a file refer to one another before they are stored."""
    return UID_FORM.format(number)

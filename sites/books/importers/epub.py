"""Read an EPUB, 2 or 3, into a book that can be stored.

The steps, each a module: ``package`` (the archive), ``package_document``, ``metadata``,
``contents``, ``pages`` (with ``flow``, ``phrases``, ``structures``, ``picture_shelf``),
``division`` into chapters, ``titles``, ``writing``.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from sites.books.importers import limits
from sites.books.importers.book import (
    ImportedBook,
    ImportedChapter,
    ImportedPicture,
    Progress,
    Stage,
    silent,
)
from sites.books.importers.contents import Contents, read_contents
from sites.books.importers.deadline import Clock, Deadline
from sites.books.importers.division import Draft, divide
from sites.books.importers.errors import NothingToRead
from sites.books.importers.house_edition import HouseReader, has_drawn_cover, is_house_edition
from sites.books.importers.markup import get, local_name, parse_xhtml
from sites.books.importers.metadata import Metadata, read_metadata
from sites.books.importers.notes import Notes
from sites.books.importers.package import Package, Source, open_package
from sites.books.importers.package_document import PackageDocument, read_package_document
from sites.books.importers.pages import PageReader, ReadPage
from sites.books.importers.picture_shelf import PictureShelf
from sites.books.importers.titles import settle_titles
from sites.books.importers.writing import Places, find_places, write_chapters
from sites.books.text.links import media_references

#: Languages whose scripts run from right to left, by their primary subtag (BCP 47).
RIGHT_TO_LEFT: Final = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
)
_BEFORE_THE_TEXT: Final = frozenset(
    {"frontmatter", "titlepage", "halftitlepage", "cover", "copyright-page", "dedication"}
    | {"epigraph", "colophon", "toc", "preface", "foreword", "acknowledgments", "imprint"}
)
_THE_TEXT: Final = frozenset({"bodymatter", "chapter", "doc-chapter", "part", "prologue"})
#: Where nothing says where the text begins: at the first chapter with that many words.
_SOME_WORDS: Final = 150


def read_epub(
    source: Source,
    *,
    progress: Progress = silent,
    clock: Clock = time.monotonic,
    seconds: float = limits.READING_SECONDS,
) -> ImportedBook:
    """Read the EPUB at a path, or in a binary file that can seek.

    All in the result is safe to store: clean HTML, re-encoded pictures, plain text. ``progress``
    is called at the start and after each page. Raises an ``ImportRefused``, at the latest after
    ``seconds``; what can be spared is left out, and said in the book's ``notes``.
    """
    with open_package(source) as package:
        document = read_package_document(package)
        metadata = read_metadata(document)
        shelf = PictureShelf(package, Notes(), Deadline(clock, seconds))
        if is_house_edition(document):
            return _read_own(package, document, metadata, shelf, progress)
        contents = read_contents(package, document)
        reader = PageReader(package, shelf, shelf.notes, metadata.language, _expected(metadata))
        pages = _read_pages(reader, document, progress)
        cover = _cover_part(package, document, metadata)
        drafts = divide(_for_reading(pages, document, shelf, cover), contents)
        if not any(draft.words or _has_pictures(draft) for draft in drafts):
            raise NothingToRead
        with translation.override(house_language(metadata.language)):
            settle_titles(drafts, metadata.title, contents.body_label)
        places = find_places(drafts)
        chapters = write_chapters(drafts, places, reader.targets, shelf.deadline)
        _mark_what_comes_before(chapters, drafts, _start_of_text(drafts, contents, places))
        book = _book(metadata, chapters, _used(chapters, shelf), shelf)
        book.title = metadata.title or _title_of(pages) or _("Untitled")
        book.direction = _direction(reader, metadata)
        book.writing_mode = _writing_mode(reader, metadata)
        book.cover = shelf.cover(cover) if cover else None
        return book


def _read_own(
    package: Package,
    document: PackageDocument,
    metadata: Metadata,
    shelf: PictureShelf,
    progress: Progress,
) -> ImportedBook:
    """Read what the house itself wrote."""
    reader = HouseReader(package, document, shelf)
    chapters: list[ImportedChapter] = []
    progress(0, reader.count, Stage.READING)
    for chapter in reader.chapters():
        chapters.append(chapter)
        progress(len(chapters), reader.count, Stage.READING)
    cover = "" if has_drawn_cover(document) else _cover_part(package, document, metadata)
    book = _book(metadata, chapters, reader.pictures, shelf)
    book.cover = shelf.cover(cover) if cover else None
    book.title = metadata.title or _("Untitled")
    if get(document.root, "dir") in {"ltr", "rtl"}:
        book.direction = get(document.root, "dir")
    if metadata.writing_mode in {"vertical-rl", "vertical-lr"}:
        book.writing_mode = metadata.writing_mode
    return book


def _book(
    metadata: Metadata,
    chapters: list[ImportedChapter],
    pictures: dict[str, ImportedPicture],
    shelf: PictureShelf,
) -> ImportedBook:
    return ImportedBook(
        title=metadata.title,
        subtitle=metadata.subtitle,
        identifier=metadata.identifier,
        language=metadata.language,
        description=metadata.description,
        authors=metadata.authors,
        subjects=metadata.subjects,
        chapters=chapters,
        pictures=pictures,
        notes=shelf.notes.sentences,
    )


def _used(chapters: Sequence[ImportedChapter], shelf: PictureShelf) -> dict[str, ImportedPicture]:
    """Give the pictures that the chapters still show."""
    used = set().union(*(media_references(chapter.html) for chapter in chapters))
    return {key: shelf.by_key[key] for key in sorted(used)}


def _read_pages(
    reader: PageReader, document: PackageDocument, progress: Progress
) -> list[ReadPage]:
    """Read the spine; what stands outside the reading order (notes, answers) goes to the end."""
    spine = sorted(document.pages, key=lambda page: not page.linear)
    pages = []
    progress(0, len(spine), Stage.READING)
    for done, page in enumerate(spine, start=1):
        pages.append(reader.read(page.item, linear=page.linear))
        progress(done, len(spine), Stage.READING)
    return pages


def _for_reading(
    pages: Sequence[ReadPage], document: PackageDocument, shelf: PictureShelf, cover_part: str
) -> list[ReadPage]:
    """Leave out the page that only shows the cover: the house shows it elsewhere."""
    cover = shelf.picture("", cover_part) if cover_part else None
    cover_page = document.guide.get("cover", ("", ""))[0]
    kept = []
    for number, page in enumerate(pages):
        pictures = [key for block in page.blocks for key in block.pictures]
        only_picture = len(pictures) == 1 and not any(block.words for block in page.blocks)
        is_cover = (
            "cover" in page.types
            or page.part == cover_page
            or (number == 0 and cover is not None and pictures[:1] == [cover.key])
        )
        if not (only_picture and (is_cover or not page.linear)):
            kept.append(page)
    return kept


def _cover_part(package: Package, document: PackageDocument, metadata: Metadata) -> str:
    """Give the part that is the cover's picture: EPUB 3's property, EPUB 2's meta, the guide."""
    item = document.by_property("cover-image") or document.items.get(metadata.cover)
    if item is None and metadata.cover:
        found = package.resolve(document.part, metadata.cover)
        if found:
            return found[0]
    if item is not None and item.type.startswith("image/"):
        return item.part
    page = item.part if item else document.guide.get("cover", ("", ""))[0]
    return _picture_on(package, page) if page else ""


def _picture_on(package: Package, part: str) -> str:
    if part.lower().endswith((".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg")):
        return part
    root = parse_xhtml(package.read(part, limits.DOCUMENT_SIZE), part)
    for element in root.iter() if root is not None else ():
        name = local_name(element)
        reference = get(element, "src") if name == "img" else ""
        if name == "image":
            reference = get(element, "xlink:href") or get(element, "href")
        found = package.resolve(part, reference) if reference else None
        if found:
            return found[0]
    return ""


def _expected(metadata: Metadata) -> str:
    """Give the direction that pages have when they say nothing."""
    return "rtl" if metadata.language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def _direction(reader: PageReader, metadata: Metadata) -> str:
    """Decide by the language, else by what the pages say.

    Pages that turn from right to left say nothing: vertical Japanese does so, too.
    """
    if _expected(metadata) == "rtl":
        return "rtl"
    votes = Counter({key: count for key, count in reader.directions.items() if count})
    return "rtl" if votes["rtl"] > votes.total() / 2 else "ltr"


def _writing_mode(reader: PageReader, metadata: Metadata) -> str:
    if metadata.writing_mode in {"vertical-rl", "vertical-lr"}:
        return metadata.writing_mode
    votes = Counter({key: count for key, count in reader.writing_modes.items() if count})
    mode, count = votes.most_common(1)[0] if votes else ("", 0)
    return mode if mode and count > votes.total() / 2 else "horizontal-tb"


def _start_of_text(drafts: Sequence[Draft], contents: Contents, places: Places) -> int:
    """Give the number of the chapter with which the text proper begins, from 0."""
    if contents.body is not None:
        place = places.get(contents.body) or places.get((contents.body[0], ""))
        if place is not None:
            return place[0]
    for number, draft in enumerate(drafts):
        if draft.types & _THE_TEXT and not draft.types & _BEFORE_THE_TEXT:
            return number
    for number, draft in enumerate(drafts):
        if draft.words >= _SOME_WORDS and not draft.types & _BEFORE_THE_TEXT:
            return number
    return 0


def _mark_what_comes_before(
    chapters: Sequence[ImportedChapter], drafts: Sequence[Draft], start: int
) -> None:
    for number, (chapter, draft) in enumerate(zip(chapters, drafts, strict=True)):
        chapter.is_story = number >= start and draft.linear


def _has_pictures(draft: Draft) -> bool:
    return any(block.pictures for block in draft.blocks)


def _title_of(pages: Sequence[ReadPage]) -> str:
    titles = (page.title[: limits.METADATA_LENGTH] for page in pages)
    return next((title for title in titles if title), "")


def house_language(language: str) -> str:
    """Give the language for titles that we have to make up: the book's, where the house speaks it."""
    spoken = dict(settings.LANGUAGES)
    base = language.partition("-")[0]
    return base if base in spoken else settings.LANGUAGE_CODE

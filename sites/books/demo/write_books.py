"""Write demo books with their chapters, authors and shelves, a few statements for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F
from django.utils.text import slugify

from sites.books.actions.save_book import free_slug
from sites.books.demo.shelf import (
    DemoAuthor,
    DemoBook,
    DemoChapter,
    DemoGenre,
    identifier,
    read_house,
)
from sites.books.models import Author, Authorship, Book, Chapter, Genre, Status, Tag

#: A text was written so long before it was published.
WRITING: Final = timedelta(days=3)


def write_books(
    wanted: Sequence[DemoBook], *, now: datetime, tell: Callable[[str], None]
) -> list[Book]:
    """Write these books, which must not be there yet, and give their rows.

    Authors, genres and tags of the same name that are there are taken as they are. Times are
    counted from ``now``; ``tell`` hears a line for each book.
    """
    books = Book.objects.bulk_create([_book(demo, now) for demo in wanted])
    pairs = list(zip(wanted, books, strict=True))
    chapters: list[Chapter] = []
    for demo, book in pairs:
        chapters += [_chapter(book, demo.slug, chapter, now) for chapter in demo.chapters]
        tell(f"{book.title}: {len(demo.chapters)} chapters.")
    Chapter.objects.bulk_create(chapters)
    _credit_and_shelve(pairs)
    # The models have set these to the real time, which is not this function's.
    Book.objects.filter(pk__in=[book.pk for book in books]).update(
        updated_at=F("created_at"), written_at=F("created_at")
    )
    Chapter.objects.filter(book__in=books).update(updated_at=F("created_at"))
    return books


def _book(demo: DemoBook, now: datetime) -> Book:
    first = demo.chapters[0]
    return Book(
        title=demo.title,
        subtitle=demo.subtitle,
        slug=free_slug(demo.title),
        language=demo.language,
        synopsis=demo.synopsis,
        opening_line=demo.opening_line,
        is_complete=demo.is_complete,
        identifier=identifier(demo.slug),
        status=Status.PUBLISHED,
        publish_at=_publish_at(first, now),
        created_at=_created_at(first, now),
    )


def _chapter(book: Book, slug: str, demo: DemoChapter, now: datetime) -> Chapter:
    # The cleaner is compiled code that only writing needs.
    from sites.books.demo.markup import to_html
    from sites.books.demo.stable import stable_ids, stable_name
    from sites.books.models.chapter import UID_LENGTH
    from sites.books.text.clean import clean_html
    from sites.books.text.paragraphs import assign_paragraph_ids
    from sites.books.text.words import word_count

    seed = f"{slug}/{demo.number}"
    text = assign_paragraph_ids(clean_html(to_html(demo.source)), new_id=stable_ids(seed))
    return Chapter(
        book=book,
        uid=stable_name(seed, UID_LENGTH),
        number=demo.number,
        title=demo.title,
        text=text,
        words=word_count(text),
        status=Status.PUBLISHED,
        publish_at=_publish_at(demo, now),
        announced_at=now if demo.hours_ago >= 0 else None,
        created_at=_created_at(demo, now),
    )


def _publish_at(demo: DemoChapter, now: datetime) -> datetime:
    return now - timedelta(hours=demo.hours_ago)


def _created_at(demo: DemoChapter, now: datetime) -> datetime:
    """Nothing was written in the future, not even what will be published there."""
    return min(_publish_at(demo, now), now) - WRITING


def _credit_and_shelve(pairs: Sequence[tuple[DemoBook, Book]]) -> None:
    house = read_house()
    authors = _authors(house.authors)
    genres = _genres(house.genres)
    tags = _tags(name for demo, _book in pairs for name in demo.tags)
    Authorship.objects.bulk_create(
        Authorship(book=book, author=authors[slug], position=position)
        for demo, book in pairs
        for position, slug in enumerate(demo.authors, start=1)
    )
    on_shelf, tagged = Book.genres.through, Book.tags.through
    on_shelf.objects.bulk_create(
        on_shelf(book=book, genre=genres[slug]) for demo, book in pairs for slug in demo.genres
    )
    tagged.objects.bulk_create(
        tagged(book=book, tag=tags[slugify(name)]) for demo, book in pairs for name in demo.tags
    )


def _authors(wanted: Sequence[DemoAuthor]) -> dict[str, Author]:
    Author.objects.bulk_create(
        [Author(slug=demo.slug, name=demo.name, bio=demo.bio) for demo in wanted],
        ignore_conflicts=True,
    )
    return Author.objects.in_bulk([demo.slug for demo in wanted], field_name="slug")


def _genres(wanted: Sequence[DemoGenre]) -> dict[str, Genre]:
    Genre.objects.bulk_create(
        [Genre(slug=demo.slug, name_en=demo.english, name_id=demo.indonesian) for demo in wanted],
        ignore_conflicts=True,
    )
    return Genre.objects.in_bulk([demo.slug for demo in wanted], field_name="slug")


def _tags(names: Iterable[str]) -> dict[str, Tag]:
    by_slug = {slugify(name): name for name in names}
    Tag.objects.bulk_create(
        [Tag(slug=slug, name=name) for slug, name in by_slug.items()], ignore_conflicts=True
    )
    return Tag.objects.in_bulk(list(by_slug), field_name="slug")

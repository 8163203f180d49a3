"""What search knows of books and chapters.

PostgreSQL keeps these rows true by itself, with triggers on the books, their authors and chapters
(the migration that makes these tables has them): whoever writes a title, a name or a text, in
whatever way, need not think of search. No code writes here but ``sites.books.search.index``, which
fills in what was written before there were triggers.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from sites.books.models.book import Book
from sites.books.models.chapter import Chapter

#: The longest name of a text search configuration (PostgreSQL's NAMEDATALEN, less its end).
CONFIG_LENGTH = 63


class SearchableBook(models.Model):
    """The words of a book's cover and blurb, those that readers cannot see yet included."""

    # The database deletes the row with its book, for all writers alike.
    book = models.OneToOneField(
        Book,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    #: The text search configuration that the words went through.
    config = models.CharField(max_length=CONFIG_LENGTH)
    #: Title and subtitle alone, since books that are named so come first.
    title = SearchVectorField()
    #: Title (weight A), names (B), synopsis and opening line (C).
    vector = SearchVectorField()

    class Meta:
        default_permissions = ()
        indexes = (
            GinIndex(fields=("title",), name="books_searchable_title"),
            GinIndex(fields=("vector",), name="books_searchable_book"),
        )

    def __str__(self) -> str:
        return f"{self.book_id} ({self.config})"


class SearchableChapter(models.Model):
    """The words of a published chapter; a draft has no row."""

    chapter = models.OneToOneField(
        Chapter,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    book = models.ForeignKey(
        Book, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    config = models.CharField(max_length=CONFIG_LENGTH)
    #: The moment from which the chapter itself is out; what its book says comes on top.
    out_from = models.DateTimeField()
    #: Title (weight C) and text (D).
    vector = SearchVectorField()

    class Meta:
        default_permissions = ()
        indexes = (GinIndex(fields=("vector",), name="books_searchable_chapter"),)

    def __str__(self) -> str:
        return f"{self.chapter_id} ({self.config})"

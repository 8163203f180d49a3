"""Fill the index of words with what was written before its triggers were there.

Every write since then keeps its own rows true (see ``sites.books.models.search``); a run that finds
nothing to do is quick, so that a deployment may always begin one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import connection, transaction
from django.db.models import Max, Model

from sites.books.models import Book, Chapter

#: Chapters in one transaction: a second of work, so that writers hardly wait for their rows.
CHAPTERS_AT_ONCE: Final = 200
BOOKS_AT_ONCE: Final = 500

#: Told how many rows were looked at, and how many there are.
Progress = Callable[[int, int], None]

# FOR SHARE: a chapter that is made a draft meanwhile is either seen as one here, or waits, and then
# its trigger takes the row away again.
_CHAPTERS: Final = """
WITH batch AS MATERIALIZED (
    SELECT c.id, c.book_id, c.title, c.text, c.publish_at FROM books_chapter c
    WHERE c.id > %(after)s AND c.id <= %(last)s AND c.status = 'published' AND (%(all)s OR NOT EXISTS (
        SELECT FROM books_searchablechapter e JOIN books_book b ON b.id = c.book_id
        WHERE e.chapter_id = c.id AND e.config = books_search_config(b.language)))
    ORDER BY c.id LIMIT %(limit)s FOR SHARE OF c
), written AS (
    INSERT INTO books_searchablechapter (chapter_id, book_id, config, out_from, vector)
    SELECT batch.id, batch.book_id, books_search_config(b.language),
        books_search_out_from(batch.publish_at),
        books_search_chapter(books_search_config(b.language), batch.title, batch.text)
    FROM batch JOIN books_book b ON b.id = batch.book_id
    ON CONFLICT (chapter_id) DO UPDATE SET book_id = excluded.book_id, config = excluded.config,
        out_from = excluded.out_from, vector = excluded.vector
)
SELECT max(id), count(*) FROM batch
"""
_BOOKS: Final = """
WITH batch AS MATERIALIZED (
    SELECT b.id FROM books_book b
    WHERE b.id > %(after)s AND b.id <= %(last)s AND (%(all)s OR NOT EXISTS (
        SELECT FROM books_searchablebook e
        WHERE e.book_id = b.id AND e.config = books_search_config(b.language)))
    ORDER BY b.id LIMIT %(limit)s
)
SELECT max(batch.id), count(books_search_book(batch.id)) FROM batch
"""


def index_books(*, again: bool = False, progress: Progress = lambda _done, _all: None) -> int:
    """Index the books that are missing, or all of them ``again``; give how many.

    ``again`` is for the day when a new PostgreSQL stems words in another way.
    """
    return _run(_BOOKS, Book, BOOKS_AT_ONCE, again, progress)


def index_chapters(*, again: bool = False, progress: Progress = lambda _done, _all: None) -> int:
    """Index the published chapters that are missing, or all of them ``again``; give how many."""
    return _run(_CHAPTERS, Chapter, CHAPTERS_AT_ONCE, again, progress)


def _run(statement: str, model: type[Model], limit: int, again: bool, progress: Progress) -> int:
    """Run the statement batch by batch, by keys. What was done stays done when it is stopped.

    Rows that are added meanwhile have their triggers.
    """
    after, indexed = 0, 0
    last: int = model._default_manager.aggregate(last=Max("pk"))["last"] or 0
    with connection.cursor() as cursor:
        while True:
            progress(after, last)
            values = {"after": after, "last": last, "all": again, "limit": limit}
            with transaction.atomic():
                cursor.execute(statement, values)
                reached, count = cursor.fetchone()
            if reached is None:
                break
            after, indexed = reached, indexed + count
    progress(last, last)
    return indexed

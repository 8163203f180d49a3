"""Does a page take longer in a house a hundred times as large?"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg

from benchmarks.harness import REPEATS, Figure, Row, at_most, ratio, take_turns
from benchmarks.servers import environment, fetch, manage, running, wait_for_200
from esensi import postgres
from tests.waiting import free_port

LIMIT = 1.3
CHAPTERS_PER_BOOK = 20
SMALL, LARGE = 1_000, 100_000  # chapters
REQUESTS = 20  # of one page, for one sample

#: Pages that are equally full in both houses, so that only what lies behind them differs.
PAGES = (
    ("main", "/"),
    ("main", "/books/"),
    ("main", "/books/?q=book"),
    ("main", "/books/?q=needle"),
    ("main", "/books/?genre=novel&language=en"),
    ("main", "/books/book-3/"),
    ("main", "/authors/"),
    ("main", "/authors/keeper/"),
    ("main", "/genres/novel/"),
    ("chapter", "/"),
    ("chapter", "/book-7/"),
    ("chapter", "/book-7/3/"),
    ("auth", "/sign-in/"),
)

#: Four authors on each cover, each on one cover alone: a house a hundred times as large has a hundred
#: times as many names, and the page of 120 is equally full in both. And one, the keeper, who wrote the
#: same five books in both.
FILL = """
INSERT INTO books_genre (slug, name_en, name_id) VALUES ('novel', 'Novel', 'Novel');
INSERT INTO books_author (name, slug, bio)
  SELECT 'Author ' || n, 'author-' || n, 'Writes.' FROM generate_series(1, {books} * 4) n;
INSERT INTO books_author (name, slug, bio) VALUES ('Keeper', 'keeper', 'Keeps.');
INSERT INTO books_book (title, subtitle, slug, language, direction, writing_mode, synopsis,
    opening_line, is_complete, cover, cover_ground, status, publish_at, created_at, updated_at)
  SELECT CASE WHEN n <= 5 THEN 'Needle ' ELSE 'Book ' END || n, '', 'book-' || n, 'en', 'ltr',
    'horizontal-tb', 'A story.', 'It began.', n % 3 > 0, '', '#FCFBF8', 'published',
    now() - n * interval '1 minute', now(), now()
  FROM generate_series(1, {books}) n;
INSERT INTO books_authorship (book_id, author_id, role, position)
  SELECT b.id, a.id, 'author', place FROM books_book b, generate_series(1, 4) place, books_author a
  WHERE b.title NOT LIKE 'Needle%' AND a.slug = 'author-' || (substr(b.slug, 6)::int * 4 + place - 4);
INSERT INTO books_authorship (book_id, author_id, role, position)
  SELECT b.id, a.id, 'author', 1 FROM books_book b, books_author a
  WHERE b.title LIKE 'Needle%' AND a.slug = 'keeper';
INSERT INTO books_book_genres (book_id, genre_id)
  SELECT b.id, g.id FROM books_book b, books_genre g WHERE b.id % 2 = 0;
INSERT INTO books_chapter (book_id, uid, number, title, text, words, source, status, publish_at,
    created_at, updated_at)
  SELECT b.id, substr(md5(b.id || '-' || n), 1, 12), n, 'Chapter ' || n,
    repeat('<p id="p-aaaaaaaa">' || md5(n::text || b.id) || ' the sea remembers all.</p>', 30),
    210, '', 'published', now() - (b.id * 20 + n) * interval '1 second', now(), now()
  FROM books_book b, generate_series(1, {chapters}) n;
ANALYZE;
"""


def rows(repeats: int = REPEATS) -> list[Row]:
    """Ask both houses for every page by turns; one row per page with the ratio of the medians."""
    with ExitStack() as stack:
        small = stack.enter_context(_house(SMALL))
        large = stack.enter_context(_house(LARGE))
        return [_row(small, large, host, path, repeats) for host, path in PAGES]


def _row(small: int, large: int, host: str, path: str, repeats: int) -> Row:
    cases = {
        "small": lambda: _sample(small, host, path),
        "large": lambda: _sample(large, host, path),
    }
    for case in cases.values():
        case()  # once without counting
    samples = take_turns(cases, repeats)
    compared = ratio(samples["large"], samples["small"])
    question = (
        f"{host} {path}: {LARGE:,} chapters against {SMALL:,} ({Figure.of(samples['large'], 'ms')})"
    )
    return Row(question, compared, None, f"≤ {LIMIT} ×", at_most(compared, LIMIT))


def _sample(port: int, host: str, path: str) -> float:
    """Milliseconds for one page, over ``REQUESTS`` of them."""
    name = f"esensi.localhost:{port}" if host == "main" else f"{host}.esensi.localhost:{port}"
    begun = time.perf_counter()
    for _ in range(REQUESTS):
        status, _body = fetch(port, name, path)
        if status != 200:
            raise RuntimeError(f"{name}{path} answered {status}.")
    return (time.perf_counter() - begun) * 1000 / REQUESTS


@contextmanager
def _house(chapters: int) -> Iterator[int]:
    """A running house with so many chapters; gives its port."""
    port = free_port()
    with postgres.throwaway() as database:
        manage(database, "migrate", "--verbosity", "0", port=port)
        manage(database, "sync_sites", port=port)
        books = chapters // CHAPTERS_PER_BOOK
        with psycopg.connect(database, autocommit=True) as connection:
            script = FILL.format(books=books, chapters=CHAPTERS_PER_BOOK)
            connection.execute(script.encode())
        words = [
            sys.executable,
            "-m",
            "uvicorn",
            "--log-level",
            "error",
            "--port",
            str(port),
            "esensi.asgi:application",
        ]
        with running(words, environment(database, port)) as process:
            wait_for_200(port, f"esensi.localhost:{port}", "/", process)
            yield port

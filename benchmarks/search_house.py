"""A house for the benchmark of search: books in two languages whose words are as rare as in real ones."""

from __future__ import annotations

import itertools
import random

import psycopg

CHAPTERS_PER_BOOK = 20
#: Words of a chapter: from the shortest to the longest, evenly, so that the median is 450.
SHORTEST, LONGEST = 250, 650
VOCABULARY = 20_000  # words of each language
PARAGRAPH = 50  # words
#: Zipf's law with Mandelbrot's shift: the word of rank r is 1 / (r + SHIFT) as frequent.
SHIFT = 2.7
WRITTEN = "2026-01-01T00:00Z"
#: Real function words in front, since those are the ones that a configuration may drop.
FUNCTION_WORDS = {
    "en": "the of and to a in that he was it his is with as for had you not be her on at by which "
    "have or from this him but all she they were my are me one their so an said them we who would",
    "id": "yang di dan itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena tersebut "
    "bisa ada mereka lebih kata tahun sudah atau saat oleh menjadi orang ia telah adalah seperti",
}
_SYLLABLES = [a + b for a, b in itertools.product("bcdfghjklmnprst", "aeiou")]
_COLUMNS = (
    "book_id, uid, number, title, text, words, source, status, publish_at, created_at, updated_at"
)


def vocabulary(language: str) -> list[str]:
    """Give a language's words, the most frequent first; the same on every machine."""
    chance = random.Random(language)
    words = dict.fromkeys(FUNCTION_WORDS[language].split())
    while len(words) < VOCABULARY:
        words["".join(chance.choices(_SYLLABLES, k=chance.choice((2, 2, 3, 3, 4))))] = None
    return list(words)


def fill(connection: psycopg.Connection, chapters: int) -> None:
    """Write so many published chapters with their books and authors, past the triggers.

    Deterministic; every second book is Indonesian. Titles and names are words of the vocabulary.
    """
    books = chapters // CHAPTERS_PER_BOOK
    words = {language: vocabulary(language) for language in FUNCTION_WORDS}
    weights = list(itertools.accumulate(1 / (rank + SHIFT) for rank in range(1, VOCABULARY + 1)))
    chance = random.Random(chapters)
    # The index is filled afterwards, all at once.
    connection.execute("SET session_replication_role = replica")
    titles = [_title(words, number, chance) for number in range(books)]
    # Several statements with values: the client puts them in.
    psycopg.ClientCursor(connection).execute(_BOOKS.encode(), {"titles": titles})
    columns = f"COPY books_chapter ({_COLUMNS}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(columns.encode()) as copy:
        for number in range(chapters):
            book = number // CHAPTERS_PER_BOOK
            text, length = _text(words[_language(book)], weights, chance)
            place = number % CHAPTERS_PER_BOOK + 1
            row = (book + 1, f"u{number:011}", place, f"Chapter {place}", text, length, "")
            copy.write_row((*row, "published", WRITTEN, WRITTEN, WRITTEN))
    connection.execute("SET session_replication_role = origin")


_BOOKS = """
INSERT INTO books_author (id, name, slug, bio)
  SELECT n, initcap(split_part(title, ' ', 3) || ' ' || split_part(title, ' ', 1)), 'author-' || n, ''
  FROM unnest(%(titles)s::text[]) WITH ORDINALITY AS said (title, n);
INSERT INTO books_book (id, title, subtitle, slug, language, direction, writing_mode, synopsis,
    opening_line, is_complete, cover, cover_ground, status, publish_at, created_at, updated_at)
  SELECT n, initcap(title), '', 'book-' || n, CASE n %% 2 WHEN 0 THEN 'id' ELSE 'en' END, 'ltr',
    'horizontal-tb', 'A story.', 'It began.', n %% 3 > 0, '', '#FCFBF8', 'published',
    timestamptz '2026-01-01' - n * interval '1 minute', now(), now()
  FROM unnest(%(titles)s::text[]) WITH ORDINALITY AS said (title, n);
INSERT INTO books_authorship (book_id, author_id, role, position)
  SELECT id, id, 'author', 1 FROM books_book;
"""


def _language(book: int) -> str:
    return "id" if book % 2 else "en"


def _title(words: dict[str, list[str]], book: int, chance: random.Random) -> str:
    """Three words that are neither very frequent nor very rare."""
    return " ".join(chance.sample(words[_language(book)][200:8000], 3))


def _text(words: list[str], weights: list[float], chance: random.Random) -> tuple[str, int]:
    length = chance.randint(SHORTEST, LONGEST)
    drawn = chance.choices(words, cum_weights=weights, k=length)
    lines = (" ".join(drawn[at : at + PARAGRAPH]) for at in range(0, length, PARAGRAPH))
    marked = (f'<p id="p-{n:08}">{line}.</p>' for n, line in enumerate(lines))
    return "".join(marked), length

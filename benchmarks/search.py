"""How long does a search take at 100,000 chapters, and does a frequent word cost more than a rare one?

Chapters have 250 to 650 words (median 450) of a vocabulary of 20,000 words in each of two languages,
as frequent as Zipf's law has them. The times are those of the whole page, from another process.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote

import psycopg

from benchmarks.harness import REPEATS, Figure, Row, at_most, ratio
from benchmarks.search_house import fill, vocabulary
from benchmarks.servers import ROOT, environment, fetch, manage, running, wait_for_200
from esensi import postgres
from tests.waiting import free_port

SMALL, LARGE = 1_000, 100_000  # chapters
#: Milliseconds that 95 of 100 searches may take, in the large house.
LIMIT = 100
#: A large house may take so much longer than a small one.
GROWTH = 1.3
WORDS = 20  # different ones of each kind, for one sample
#: Ranks in the vocabulary from which words are drawn.
FREQUENT, MIDDLING, RARE = (60, 140), (300, 2_000), (15_000, 20_000)
#: In every chapter of its language, and dropped by no configuration.
EVERYWHERE = ["yang", "dan", "itu", "untuk", "dengan"] * (WORDS // 5)


@dataclass(frozen=True)
class House:
    """A running house: where it answers, its database, and how many chapters a second it indexed."""

    port: int
    database: str
    speed: float
    megabytes: tuple[float, float]


def rows(repeats: int = REPEATS) -> list[Row]:
    """Ask both houses for words of every kind by turns."""
    with ExitStack() as stack:
        small = stack.enter_context(_house(SMALL))
        large = stack.enter_context(_house(LARGE))
        kinds = _kinds(large.database)
        measured = [
            row for kind in kinds for row in _rows(kind, kinds[kind], (small, large), repeats)
        ]
        return [*measured, *_peers(small, large, repeats), *_index(large)]


def _rows(kind: str, words: list[str], houses: tuple[House, House], repeats: int) -> list[Row]:
    small, large = houses
    cases: Mapping[str, Callable[[], list[float]]] = {
        "small": lambda: _milliseconds(small.port, words),
        "large": lambda: _milliseconds(large.port, words),
    }
    for case in cases.values():
        case()  # once without counting
    turns: dict[str, list[list[float]]] = {"small": [], "large": []}
    for _ in range(repeats):
        for name, case in cases.items():
            turns[name].append(sorted(case()))
    medians = {name: [statistics.median(each) for each in turns[name]] for name in turns}
    # The second slowest of twenty: 95 of 100 are no slower.
    slow = Figure.of([each[-2] for each in turns["large"]], "ms")
    half = Figure.of(medians["large"], "ms")
    grown = ratio(medians["large"], medians["small"])
    return [
        Row(f"{kind}: p95 of the page at {LARGE:,} chapters (p50 {half})", slow, None, f"≤ {LIMIT} ms",
            at_most(slow, LIMIT)),
        Row(f"{kind}: p50 against {SMALL:,} chapters", grown, None, f"≤ {GROWTH} ×",
            at_most(grown, GROWTH)),
    ]  # fmt: skip


def _milliseconds(port: int, words: list[str]) -> list[float]:
    taken = []
    for word in words:
        begun = time.perf_counter()
        path = f"/books/?q={quote(word)}"
        status, _body = fetch(port, f"esensi.localhost:{port}", path)
        taken.append((time.perf_counter() - begun) * 1000)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}.")
    return taken


def _kinds(database: str) -> dict[str, list[str]]:
    """Give the words of each kind; half of them English, half Indonesian."""
    chance = random.Random(1)
    both = [vocabulary(language) for language in ("en", "id")]

    def draw(ranks: tuple[int, int]) -> list[str]:
        return [word for words in both for word in chance.sample(words[slice(*ranks)], WORDS // 2)]

    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT name FROM books_author ORDER BY md5(slug) LIMIT 20")
        names = [name for (name,) in found]
    frequent, others = draw(FREQUENT), draw(MIDDLING)
    pairs = list(zip(others, others[1:] + others[:1], strict=True))
    return {
        "rare word": draw(RARE),
        "middling word": others,
        "frequent word": frequent,
        "word of every chapter": EVERYWHERE,
        "two words": [" ".join(pair) for pair in pairs],
        "phrase": [f'"{word} {other}"' for word, other in pairwise(frequent)],
        "author's name": names,
        "misspelt name": [_misspelt(name) for name in names],
    }


def _misspelt(name: str) -> str:
    """The longest word of a name with two letters in each other's place."""
    word = max(name.split(), key=len).lower()
    middle = len(word) // 2
    return word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]


def _peers(small: House, large: House, repeats: int) -> list[Row]:
    """Ours beside what there was, and beside what one writes first, as queries alone."""
    words = json.dumps(vocabulary("en")[slice(*MIDDLING)][:repeats])
    of_large = _probe(large, ["ours", "ilike"], words)
    of_small = _probe(small, ["ours", "vector"], words)
    return [
        Row(
            f"the search alone, {LARGE:,} chapters; peer: ILIKE through trigrams, no chapters",
            Figure.of(of_large["ours"], "ms"),
            Figure.of(of_large["ilike"], "ms"),
        ),
        Row(
            f"the search alone, {SMALL:,} chapters; peer: SearchVector without an index",
            Figure.of(of_small["ours"], "ms"),
            Figure.of(of_small["vector"], "ms"),
        ),
    ]


def _probe(house: House, names: list[str], words: str) -> dict[str, list[float]]:
    """Time these of ``search_probe`` by turns, in a process with this house's settings."""
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.search_probe", ",".join(names), words],
        cwd=ROOT,
        env=environment(house.database, house.port),
        capture_output=True,
        text=True,
        check=True,
    )
    samples: dict[str, list[float]] = json.loads(ended.stdout)
    return samples


def _index(house: House) -> list[Row]:
    """What the index costs: time to fill it, and room on the disk."""
    texts, index = (Figure.of([size], "MB") for size in house.megabytes)
    return [
        Row("manage.py index_books, without the index of words", Figure.of([house.speed], "chapters/s")),
        Row(f"size of the index at {LARGE:,} chapters; peer: the chapters themselves", index, texts),
    ]  # fmt: skip


@contextmanager
def _house(chapters: int) -> Iterator[House]:
    """A running house with so many chapters."""
    port = free_port()
    with postgres.throwaway() as database:
        manage(database, "migrate", "--verbosity", "0", port=port)
        manage(database, "sync_sites", port=port)
        with psycopg.connect(database, autocommit=True) as connection:
            fill(connection, chapters)
            speed = _fill_index(connection, database, chapters)
            sizes = connection.execute(_SIZES).fetchone()
        words = [sys.executable, "-m", "uvicorn", "--log-level", "error", "--port", str(port)]
        with running([*words, "esensi.asgi:application"], environment(database, port)) as process:
            wait_for_200(port, f"esensi.localhost:{port}", "/", process)
            yield House(port, database, speed, sizes or (0.0, 0.0))


_SIZES = """
SELECT pg_total_relation_size('books_chapter') / 1e6::float8,
    (pg_total_relation_size('books_searchablechapter') + pg_total_relation_size('books_searchablebook'))
    / 1e6::float8
"""


def _fill_index(connection: psycopg.Connection, database: str, chapters: int) -> float:
    """Fill the index as the command does, and build that of words at the end, which is quicker; give
    chapters a second of the first."""
    connection.execute("DROP INDEX books_searchable_chapter")
    begun = time.perf_counter()
    manage(database, "index_books")
    speed = chapters / (time.perf_counter() - begun)
    connection.execute("SET maintenance_work_mem = '256MB'")
    connection.execute(
        "CREATE INDEX books_searchable_chapter ON books_searchablechapter USING gin (vector)"
    )
    connection.execute("VACUUM ANALYZE")
    return speed

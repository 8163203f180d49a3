"""How fast is a book of 150 chapters brought in, and how much memory does that take?"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.harness import REPEATS, Figure, Row
from benchmarks.servers import ROOT, environment, manage
from esensi import postgres
from tests.sites.books.importers.epub_builder import Epub

CHAPTERS = 150
WORDS = 2_000  # a chapter; 150 of them are a long novel
#: Without pictures or a browser's tolerance for it: what a person waits for without wondering.
LIMIT_MB = 300


def rows(repeats: int = REPEATS) -> list[Row]:
    """Import the same new book into a fresh house each time, each in a process of its own."""
    seconds, memory, again = [], [], []
    with tempfile.TemporaryDirectory() as folder, postgres.throwaway() as database:
        manage(database, "migrate", "--verbosity", "0")
        manage(database, "sync_sites")
        for turn in range(repeats):
            path = Path(folder) / f"book-{turn}.epub"
            path.write_bytes(_long_book(f"urn:bench:{turn}"))
            taken, peak = _import(database, path, folder)
            seconds.append(taken)
            memory.append(peak)
            again.append(_import(database, path, folder)[0])
    speed = Figure.of([CHAPTERS / taken for taken in seconds], "chapters/s")
    peak_figure = Figure.of(memory, "MB")
    return [
        Row(f"import of {CHAPTERS} chapters of {WORDS:,} words, start of Python included", speed),
        Row(
            "the same file once more: nothing changes",
            Figure.of([CHAPTERS / t for t in again], "chapters/s"),
        ),
        Row(
            "peak memory of that import",
            peak_figure,
            None,
            f"≤ {LIMIT_MB} MB",
            peak_figure.low <= LIMIT_MB,
        ),
    ]


def _long_book(identifier: str) -> bytes:
    """A novel in which no paragraph stands twice."""
    book = Epub(title=f"The Long Book {identifier}", identifier=identifier)
    for number in range(1, CHAPTERS + 1):
        paragraphs = "".join(
            f"<p>{number}.{line}: {' '.join(f'word{number * line % 997 + n}' for n in range(98))}.</p>"
            for line in range(1, WORDS // 100 + 1)
        )
        book.page(
            f"c{number}.xhtml",
            f"<h1>Chapter {number}</h1>{paragraphs}",
            toc_title=f"Chapter {number}",
        )
    return book.build()


def _import(database: str, path: Path, media: str) -> tuple[float, float]:
    """Run the command; seconds and peak megabytes of its process."""
    words = [sys.executable, "manage.py", "import_book", str(path)]
    env = environment(database, 8000) | {"ESENSI_MEDIA_ROOT": media}
    begun = time.perf_counter()
    process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    # wait4, because it tells the memory of this one child.
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"import_book ended with {process.returncode}.")
    return time.perf_counter() - begun, _megabytes(usage)


def _megabytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024  # Linux counts in kibibytes

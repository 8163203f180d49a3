from __future__ import annotations

from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sites.books.search.index import index_books, index_chapters

#: Where nobody is watching a line, one is printed for each so many per cent.
STEP = 10


class Command(BaseCommand):
    """Bring what was written before there was a search into its index."""

    help = (
        "Bring what was written before there was a search into its index, in small transactions. "
        "What is written since is there by itself; a run that was stopped goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--again",
            action="store_true",
            help="index everything anew, as after an update of PostgreSQL that stems otherwise",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        again: bool = options["again"]
        books = index_books(again=again, progress=partial(self._show, "Books"))
        chapters = index_chapters(again=again, progress=partial(self._show, "Chapters"))
        self.stdout.write(f"Indexed {books} books and {chapters} chapters.")

    def _show(self, what: str, done: int, last: int) -> None:
        percent = 100 * done // last if last else 100
        if self.stdout.isatty():
            self.stdout.write(f"\r{what}: {percent} %\x1b[K", ending="\n" if done == last else "")
        elif percent // STEP != self._told.get(what):
            self._told[what] = percent // STEP
            self.stdout.write(f"{what}: {percent} %")
        self.stdout.flush()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._told: dict[str, int] = {}

"""Somebody who writes while the fleet changes, in a process of their own: ``python -m
tests.esensi.fleet.author`` makes a book, says its number, and then commits what it is told to."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from esensi.fleet.machine import ROOT

SLUG = "the-fleet-at-sea"


class Author:
    """The process, and what it has committed: numbers that count on."""

    def __init__(self, process: asyncio.subprocess.Process, book: int) -> None:
        self._process, self.book = process, book
        self.committed: list[int] = []
        self._task: asyncio.Task[None] | None = None
        self._is_over = asyncio.Event()

    @classmethod
    async def begin(cls, environment: Mapping[str, str]) -> Author:
        """Make the book."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.esensi.fleet.author",
            cwd=ROOT,
            env=dict(environment),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        author = cls(process, 0)
        author.book = await author._hear()
        return author

    @property
    def room(self) -> str:
        return f"book.{self.book}"

    def write(self, every: float) -> None:
        """Commit an event every so many seconds from now on."""
        self._task = asyncio.create_task(self._write(every))

    async def _write(self, every: float) -> None:
        number = 0
        while not self._is_over.is_set():
            number += 1
            await self.publish(number)
            await asyncio.sleep(every)

    async def publish(self, number: int) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{number}\n".encode())
        assert await self._hear() == number
        self.committed.append(number)

    async def stop_writing(self) -> list[int]:
        self._is_over.set()
        if self._task:
            await self._task
        return self.committed

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()

    async def _hear(self) -> int:
        assert self._process.stdout
        line = await self._process.stdout.readline()
        assert line, "The author's process has ended."
        return int(json.loads(line))


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esensi.settings")
    django.setup()
    from django.db import transaction

    from realtime.streams import publish
    from sites.books.rooms import ChaptersPublished, room_of_book
    from tests.sites.main.factory import make_book

    book = make_book(SLUG)
    _say(book.pk)
    for line in sys.stdin:
        with transaction.atomic():
            publish(room_of_book(book.pk), ChaptersPublished(int(line), "", 1))
        _say(int(line))


def _say(words: Any) -> None:
    print(json.dumps(words), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()

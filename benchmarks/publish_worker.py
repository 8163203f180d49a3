"""A process that publishes or follows as it is told: `python -m benchmarks.publish_worker SPEC`, spoken
to as `tests.realtime.actor` is."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from tests.realtime.actor import main, make_layer
from tests.realtime.stream_actor import StreamActor

#: What a business row and an event carry.
FACTS = {"number": 7, "title": "The lighthouse keeper's daughter"}

#: Transactions before the clock starts: a pool's connections were made long ago, and their sessions have
#: planned what they run often (PostgreSQL keeps a plan from the sixth time on).
WARM = 10


class Arrivals:
    """A follower that notes when each event arrived."""

    def __init__(self) -> None:
        self.at: dict[int, float] = {}

    def events(self, _room: str, _epoch: str, events: Sequence[Any]) -> None:
        now = time.time()
        for event in events:
            self.at[event.data["n"]] = now

    def transient(self, *_words: Any) -> None:
        """Nothing is sent here that leaves no trace."""

    def restarted(self, *_words: Any) -> None:
        raise AssertionError("A stream began anew.")


class Worker(StreamActor):
    async def do_arrivals(self) -> dict[int, float]:
        at, self.notebook.at = self.notebook.at, {}  # type: ignore[attr-defined]
        return at

    async def do_note_arrivals(self) -> None:
        self.notebook = Arrivals()  # type: ignore[assignment]

    async def do_transactions(self, **plan: Any) -> float:
        """Give the transactions a second; see ``transactions``."""
        return await asyncio.to_thread(transactions, **plan)

    async def do_pace(self, room: str, first: int, count: int, every: float) -> dict[int, float]:
        """Publish at a pace; give when each commit had returned."""
        return await asyncio.to_thread(pace, room, range(first, first + count), every)


def transactions(kind: str, writers: int, seconds: float, work: float, one_room: bool) -> float:
    """Run transactions of one updated row in ``writers`` threads for some seconds, each with ``work``
    seconds before its end, and by ``kind`` with nothing more, a plain insert, or something published;
    give how many end in a second."""
    done, ends, begun = [0] * writers, [0.0] * writers, [0.0]
    together = threading.Barrier(
        writers, lambda: begun.__setitem__(0, time.monotonic()), timeout=60
    )

    def lane(number: int) -> None:
        from django.db import connection

        once = _transaction(kind, number, work, one_room)
        for _ in range(WARM):
            once()
        together.wait()
        while time.monotonic() < begun[0] + seconds:
            once()
            done[number] += 1
        ends[number] = time.monotonic()
        connection.close()

    threads = [threading.Thread(target=lane, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (max(ends) - begun[0])


def _transaction(kind: str, number: int, work: float, one_room: bool) -> Callable[[], None]:
    from django.db import transaction

    change = _business(f"{os.getpid()}{number}")
    more = _more(kind, "all" if one_room else number)

    def once() -> None:
        with transaction.atomic():
            change()
            more()
            if work:
                time.sleep(work)

    return once


def _business(name: str) -> Callable[[], Any]:
    from django.db.models import F

    from realtime.models import Instance

    row = Instance.objects.create(id=uuid.uuid4(), machine=name, region="", version="")
    return lambda: Instance.objects.filter(pk=row.pk).update(sockets=F("sockets") + 1)


def _more(kind: str, lane: object) -> Callable[[], Any]:
    from realtime.models import Instance
    from realtime.streams import publish
    from tests.realtime.rooms_of_tests import Counted

    if kind == "publish":
        room = f"hall.bench-{lane}"
        return lambda: publish(room, Counted(n=7, by=FACTS["title"]))  # type: ignore[arg-type]
    if kind == "insert":
        words = {"machine": "insert", "region": "", "version": "", "facts": FACTS}
        return lambda: Instance.objects.create(id=uuid.uuid4(), **words)
    return lambda: None


def pace(room: str, numbers: range, every: float) -> dict[int, float]:
    from django.db import connection, transaction

    from realtime.streams import publish
    from tests.realtime.rooms_of_tests import Counted

    committed = {}
    change = _business("pace")
    for number in numbers:
        with transaction.atomic():
            change()
            publish(room, Counted(n=number, by=FACTS["title"]))  # type: ignore[arg-type]
        committed[number] = time.time()
        time.sleep(every)
    connection.close()
    return committed


if __name__ == "__main__":
    # Not in the loop: Django makes no tables there.
    made = make_layer(json.loads(sys.argv[1]))
    from tests.realtime import rooms_of_tests  # noqa: F401 - registers its kind

    asyncio.run(main(Worker(made), os.fdopen(int(sys.argv[2]), "w")))

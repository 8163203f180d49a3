"""A process that publishes and follows: `python -m tests.realtime.stream_actor SPEC`, spoken to as
`tests.realtime.actor` is."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from tests.realtime.actor import Actor, main, make_layer


class Notebook:
    """A follower that writes everything down."""

    def __init__(self) -> None:
        #: By room: a line with epoch, offset and number of each event, in the order of arrival. Fifty
        #: thousand tuples would leave 4 MB in the allocator, which is looked into at the end.
        self.heard: dict[str, bytearray] = {}
        self.waved: list[tuple[str, str]] = []
        self.restarts: list[tuple[str, str]] = []
        self.late: list[float] = []

    def events(self, room: str, epoch: str, events: Sequence[Any]) -> None:
        now, heard = time.time(), self.heard.setdefault(room, bytearray())
        for event in events:
            heard += f"{epoch} {event.offset} {event.data['n']}\n".encode()
            if event.data["by"].startswith("at "):
                self.late.append(now - float(event.data["by"][3:]))

    def transient(self, room: str, kind: str, data: Mapping[str, Any]) -> None:
        self.waved.append((room, data["hand"]))

    def restarted(self, room: str, epoch: str) -> None:
        self.restarts.append((room, epoch))


class StreamActor(Actor):
    def __init__(self, layer: Any) -> None:
        super().__init__(layer)
        self.notebook = Notebook()
        self.feed: Any = None

    async def do_let_go(self) -> None:
        await super().do_let_go()
        self.notebook.heard.clear()

    async def do_follow(
        self, rooms: list[str], look_every: float = 3.0, linger: float = 60.0
    ) -> list[list[Any]]:
        from channels.layers import get_channel_layer

        from realtime.feed import Feed

        if self.feed is None:
            self.feed = Feed(get_channel_layer(), look_every=look_every, linger=linger)
            await self.feed.start()
        places = [self.feed.follow(room, self.notebook) for room in rooms]
        return [list(place) for place in await asyncio.gather(*places)]

    async def do_unfollow(self, rooms: list[str]) -> None:
        for room in rooms:
            self.feed.unfollow(room, self.notebook)

    async def do_refused(self, rooms: list[str]) -> str:
        """Give the name of the error that following ends with."""
        try:
            await self.do_follow(rooms)
        except Exception as error:  # noqa: BLE001 - it is the answer
            return type(error).__name__
        return ""

    async def do_publish_to_all(self, rooms: list[str]) -> None:
        """Publish to many rooms in one transaction."""

        def work() -> None:
            from django.db import connection, transaction

            from realtime.streams import publish
            from tests.realtime.rooms_of_tests import Counted

            with transaction.atomic():
                for number, room in enumerate(rooms):
                    publish(room, Counted(n=number))
            connection.close()

        await asyncio.to_thread(work)

    async def do_number_heard(self) -> int:
        return sum(heard.count(b"\n") for heard in self.notebook.heard.values())

    async def do_known(self) -> list[str]:
        return list(self.feed.known())

    async def do_look(self) -> None:
        self.feed.look_soon()

    async def do_heard(self, room: str) -> list[Any]:
        lines = (line.split() for line in self.notebook.heard.get(room, b"").decode().splitlines())
        return [(epoch, int(offset), int(number)) for epoch, offset, number in lines]

    async def do_waved(self) -> list[Any]:
        return self.notebook.waved

    async def do_restarts(self) -> list[Any]:
        return self.notebook.restarts

    async def do_late(self) -> list[float]:
        late, self.notebook.late = self.notebook.late, []
        return late

    async def do_counts_of_feed(self) -> dict[str, int]:
        from realtime import metrics

        return {"statements": self.feed._reader.statements, "gaps": metrics.GAPS.total}

    async def do_catch_up(self, asks: list[Any]) -> list[Any]:
        from realtime.streams import Position

        caught = await self.feed.catch_up(
            [(room, since and Position(*since)) for room, since in asks]
        )
        return [
            [one.room, list(one.position), one.recovered, [event.offset for event in one.events]]
            for one in caught
        ]

    async def do_transient(self, room: str, hand: str) -> None:
        from realtime.streams import atransient
        from tests.realtime.rooms_of_tests import Waved

        await atransient(room, Waved(hand))

    async def do_apublish(self, room: str, n: int) -> None:
        from realtime.streams import apublish
        from tests.realtime.rooms_of_tests import Counted

        await apublish(room, Counted(n=n))

    async def do_deafen(self) -> None:
        """Have nothing heard any more by the channel layer."""

        async def never(_channel: str) -> Any:
            await asyncio.Event().wait()

        self.layer.receive = self.feed._ears._layer.receive = never
        self.feed._ears._listening.cancel()

    async def do_mute(self) -> None:
        """Have no wake-up sent any more by this process."""
        from realtime import wake

        wake.say = lambda _messages: True  # type: ignore[assignment]

    async def do_publish(self, **plan: Any) -> list[Any]:
        """Publish in threads; give what was committed: room and number."""
        return await asyncio.to_thread(publish, Plan(**plan))

    async def do_refer(self, room: str, count: int, program: str) -> None:
        """Publish beside a row that refers to another by a deferred constraint, or that is held."""

        def work() -> None:
            from django.db import connection, transaction

            from realtime.streams import publish
            from tests.realtime.rooms_of_tests import Counted

            statement = {
                "refer": "INSERT INTO child VALUES (1)",
                "hold": "SELECT 1 FROM parent WHERE id = 1 FOR UPDATE",
            }[program]
            for number in range(count):
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement)
                    publish(room, Counted(n=number))
            connection.close()

        await asyncio.to_thread(work)

    async def do_publish_until_killed(self, room: str, first: int) -> None:
        """Publish, and end by SIGKILL between a commit and its wake-up."""
        from realtime import wake

        wake.tell = lambda _written: os.kill(os.getpid(), 9)  # type: ignore[assignment]
        await asyncio.to_thread(publish, Plan([room], 1, first=first))


class Plan:
    """``rooms`` may each be published to, in ``count`` transactions by each of ``threads``; ``chaos``
    adds more rooms to a transaction, in any order, savepoints and roll-backs, ``pause`` seconds between
    two transactions and ``work`` seconds in each."""

    def __init__(  # noqa: PLR0913 - the words of a request
        self,
        rooms: list[str],
        count: int,
        *,
        threads: int = 1,
        first: int = 0,
        chaos: bool = False,
        pause: float = 0.0,
        work: float = 0.0,
        timed: bool = False,
    ) -> None:
        self.rooms, self.count, self.threads, self.first = rooms, count, threads, first
        self.chaos, self.pause, self.work, self.timed = chaos, pause, work, timed


class _Undone(Exception):
    """A transaction, or a part of it, is to be rolled back."""


def publish(plan: Plan) -> list[tuple[str, int]]:
    committed: list[tuple[str, int]] = []
    errors: list[BaseException] = []

    def work(lane: int) -> None:
        from django.db import connection

        try:
            for number in range(plan.first + lane, plan.first + plan.count, plan.threads):
                committed.extend(_transaction(plan, number))
                time.sleep(plan.pause)
        except BaseException as error:  # noqa: BLE001 - raised below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(lane,)) for lane in range(plan.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return committed


def _transaction(plan: Plan, number: int) -> list[tuple[str, int]]:
    from django.db import transaction

    from realtime.streams import publish
    from tests.realtime.rooms_of_tests import Counted

    chance = random.Random(number)
    done: list[tuple[str, int]] = []

    def tell(room: str, kept: list[tuple[str, int]]) -> None:
        publish(room, Counted(n=number, by=f"at {time.time()}" if plan.timed else ""))
        kept.append((room, number))

    try:
        with transaction.atomic():
            for room in chance.sample(plan.rooms, chance.randint(1, len(plan.rooms))):
                inner: list[tuple[str, int]] = []
                try:
                    with transaction.atomic():
                        tell(room, inner)
                        if plan.chaos and chance.random() < 0.2:
                            raise _Undone
                except _Undone:
                    continue
                done += inner
                if not plan.chaos:
                    break
            time.sleep(plan.work)
            if plan.chaos and chance.random() < 0.15:
                raise _Undone
    except _Undone:
        return []
    return done


if __name__ == "__main__":
    # Not in the loop: Django makes no tables there.
    made = make_layer(json.loads(sys.argv[1]))
    from tests.realtime import rooms_of_tests  # noqa: F401 - registers its kind

    asyncio.run(main(StreamActor(made), os.fdopen(int(sys.argv[2]), "w")))

"""What a transaction costs that publishes, beside the same without and with one plain insert; how fast
one room is while its publishers still work; and how soon another process is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.harness import REPEATS, Figure, Row, at_most, ratio, take_turns
from esensi import postgres
from tests.realtime.conftest import ours
from tests.realtime.faults.streams_scene import streams
from tests.realtime.stage import Actor, stage
from tests.waiting import until

PROGRAM = "benchmarks.publish_worker"
SECONDS = 0.5
#: Publishers of one room, who work for 5 ms after they have published.
WRITERS, WORK = 8, 0.005
#: Events of one repeat of the latencies, at 100 a second.
PACED, EVERY = 100, 0.01
RATE, MS = "transactions/s", "ms"


def rows() -> list[Row]:
    with postgres.throwaway() as address, stage() as start:
        start(ours(address), migrate=True)
        spec = streams(address)
        instance, command, follower = (start(spec, program=PROGRAM) for _ in range(3))
        # An instance with sockets: its event loop sends the wake-ups, a command does so itself.
        instance("follow", rooms=["hall.bench-own"])
        return [*_rates(instance, command), *_latencies(instance, follower)]


def _rates(instance: Actor, command: Actor) -> list[Row]:
    def case(
        kind: str, writers: int = 1, work: float = 0.0, by: Actor = instance
    ) -> Callable[[], float]:
        plan: dict[str, Any] = {"kind": kind, "writers": writers, "work": work}
        return lambda: by("transactions", **plan, seconds=SECONDS, one_room=True)

    samples = take_turns(
        {
            "nothing": case("nothing"),
            "insert": case("insert"),
            "publish": case("publish"),
            "command": case("publish", by=command),
            "8 nothing": case("nothing", WRITERS),
            "8 publish": case("publish", WRITERS),
            "busy": case("publish", WRITERS, WORK),
        }
    )
    busy = Figure.of(samples["busy"], RATE)
    return [
        _row("publish, against nothing more", samples["publish"], samples["nothing"], 0.5),
        _row("publish, against a plain insert", samples["publish"], samples["insert"], 0.8),
        _row(
            "8 writers, one room, against nothing more", samples["8 publish"], samples["8 nothing"]
        ),
        Row(
            "8 writers, one room, 5 ms of work after the publish",
            busy,
            target="≥ 900 transactions/s",
            met=busy.high >= 900,
        ),
    ]


def _row(question: str, mine: list[float], peer: list[float], bound: float | None = None) -> Row:
    found = ratio(mine, peer)
    target = f"≥ {bound}×; it is {found}" if bound else f"it is {found}"
    met = found.high >= bound if bound else None
    return Row(question, Figure.of(mine, RATE), Figure.of(peer, RATE), target, met)


def _latencies(publisher: Actor, follower: Actor) -> list[Row]:
    follower("note_arrivals")
    follower("follow", rooms=["hall.bench-pace"])
    medians, highs = [], []
    for repeat in range(REPEATS):
        late = _paced(publisher, follower, repeat * PACED)
        medians.append(late[len(late) // 2])
        highs.append(late[int(len(late) * 0.99)])
    median, high = Figure.of(medians, MS), Figure.of(highs, MS)
    return [
        Row(
            "commit → told in another process, median",
            median,
            target="≤ 1 ms",
            met=at_most(median, 1),
        ),
        Row("the same, 99th percentile", high, target="≤ 3 ms", met=at_most(high, 3)),
    ]


def _paced(publisher: Actor, follower: Actor, first: int) -> list[float]:
    plan = {"room": "hall.bench-pace", "first": first, "count": PACED, "every": EVERY}
    committed: dict[str, float] = publisher("pace", **plan, patience=60)
    arrived: dict[str, float] = {}

    def all_there() -> bool:
        arrived.update(follower("arrivals"))
        return len(arrived) == len(committed)

    until(all_there)
    return sorted(1000 * (arrived[number] - at) for number, at in committed.items())

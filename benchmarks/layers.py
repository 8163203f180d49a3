"""Our channel layer beside its peers: what it carries, how fast, and how late.

Every repeat gives each layer, in turn, three new processes: one publishes, two have members. Servers
are a PostgreSQL that is thrown away and a local Redis, both as they come, over loopback and sockets.
"""

from __future__ import annotations

import contextlib
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.harness import REPEATS, Figure, Row, ratio
from esensi import postgres
from tests.realtime.conftest import channels_postgres, ours, redis
from tests.realtime.stage import Actor, Spec, stage
from tests.waiting import free_port, until

OURS, PUBSUB, CORE, POSTGRES = "ours", "redis-pubsub", "redis-core", "channels-postgres"
#: Messages of a channel: none is dropped by any layer.
CAPACITY = 200_000
#: Deliveries of one scenario, and seconds without one after which the rest counts as lost.
MOST_DELIVERIES, SILENCE = 60_000, 2.0
SUBSCRIBERS = 2


@dataclass(frozen=True)
class Plan:
    """How the publisher publishes; see ``layer_worker.Worker.do_publish``."""

    senders: int = 1
    size: int = 120
    count: int = 10**9
    seconds: float = 0.6
    pause: float = 0.0
    channels: bool = False


#: Scenarios by name: members in each subscriber, and the plan.
SCENARIOS: dict[str, tuple[int, Plan]] = {
    "32 senders, 1 member": (1, Plan(senders=32)),
    "one at a time, 1 member": (1, Plan()),
    "at a pace, 1 member": (1, Plan(pause=0.005, seconds=1.0)),
    "20 KB": (1, Plan(size=20_000, pause=0.05, count=12, seconds=5)),
    "500 KB": (1, Plan(size=500_000, pause=0.1, count=8, seconds=5)),
    "32 senders, 100 members": (100, Plan(senders=32)),
    "to channels, 32 senders": (100, Plan(senders=32, channels=True)),
    "to channels, one at a time": (100, Plan(channels=True)),
    "32 senders, 1000 members": (1000, Plan(senders=32)),
}
CONNECTS = "connect and disconnect"


@dataclass(frozen=True)
class Target:
    """``question`` about ``measure`` of a scenario: at least (or at most) ``bound`` times a peer's."""

    question: str
    scenario: str
    measure: str
    peer: str
    bound: float
    at_least: bool = True


RATE, P50, P99, TIMES = "deliveries/s", "ms", "ms (p99)", "times/s"
TARGETS = (
    Target("group_send, 32 senders, 1 member", "32 senders, 1 member", RATE, PUBSUB, 4),
    Target("group_send, 100 members", "32 senders, 100 members", RATE, PUBSUB, 1.2),
    Target("group_send, 100 members", "32 senders, 100 members", RATE, POSTGRES, 10),
    Target("group_send, 1000 members", "32 senders, 1000 members", RATE, PUBSUB, 1.2),
    Target("group_send, 1000 members", "32 senders, 1000 members", RATE, POSTGRES, 10),
    Target("group_send, one at a time", "one at a time, 1 member", RATE, PUBSUB, 0.9),
    Target("send, 32 senders", "to channels, 32 senders", RATE, PUBSUB, 3),
    Target("send, one at a time", "to channels, one at a time", RATE, PUBSUB, 0.8),
    Target("paced, median", "at a pace, 1 member", P50, PUBSUB, 1.0, at_least=False),
    Target("paced, 99th percentile", "at a pace, 1 member", P99, PUBSUB, 1.2, at_least=False),
    Target("20 KB, median", "20 KB", P50, PUBSUB, 1.5, at_least=False),
    Target("500 KB, median", "500 KB", P50, PUBSUB, 1.2, at_least=False),
    Target(CONNECTS, CONNECTS, TIMES, PUBSUB, 5),
    Target(CONNECTS, CONNECTS, TIMES, CORE, 5),
)

#: Samples by layer and by (scenario, measure).
Samples = dict[str, dict[tuple[str, str], list[float]]]


def rows() -> list[Row]:
    """Run all, and answer. Faults and losses are printed, and all layers side by side."""
    samples = measure(REPEATS)
    print(side_by_side(samples), end="\n\n", flush=True)
    return [_row(target, samples) for target in TARGETS if target.peer in samples]


def measure(repeats: int) -> Samples:
    """Run all scenarios with all layers, which take turns."""
    with _specs() as specs:
        samples: Samples = {name: {} for name in specs}
        names = list(specs)
        for repeat in range(repeats):
            turn = repeat % len(names)
            for name in names[turn:] + names[:turn]:
                for key, value in _one_pass(specs[name]).items():
                    samples[name].setdefault(key, []).append(value)
    return samples


def side_by_side(samples: Samples) -> str:
    """Give medians as a Markdown table: a line for each question, a column for each layer."""
    names = [name for name in (OURS, PUBSUB, CORE, POSTGRES) if name in samples]
    lines = [
        f"| | {' | '.join(names)} | target |",
        f"|---|{'---:|' * len(names)}---|",
    ]
    for (question, key), targets in _by_question().items():
        figures = [_written(statistics.median(samples[name][key])) for name in names]
        said = "; ".join(_verdict(one, samples) for one in targets if one.peer in samples)
        unit = key[1].removesuffix(" (p99)")
        lines.append(f"| {question}, {unit} | {' | '.join(figures)} | {said} |")
    return "\n".join(lines)


def _by_question() -> dict[tuple[str, tuple[str, str]], list[Target]]:
    found: dict[tuple[str, tuple[str, str]], list[Target]] = {}
    for target in TARGETS:
        found.setdefault((target.question, (target.scenario, target.measure)), []).append(target)
    return found


def _verdict(target: Target, samples: Samples) -> str:
    row = _row(target, samples)
    return f"{row.target.replace('; it is', f' {target.peer}:')}{'' if row.met else ', missed'}"


def _written(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.2f}"


def _row(target: Target, samples: Samples) -> Row:
    key = (target.scenario, target.measure)
    mine, theirs = samples[OURS][key], samples[target.peer][key]
    found = ratio(mine, theirs)
    # Missed only where the whole interval misses it.
    met = found.high >= target.bound if target.at_least else found.low <= target.bound
    sign = "≥" if target.at_least else "≤"
    return Row(
        f"{target.question}, against {target.peer}",
        Figure.of(mine, target.measure),
        Figure.of(theirs, target.measure),
        f"{sign} {target.bound}×; it is {found}",
        met,
    )


@contextlib.contextmanager
def _specs() -> Iterator[dict[str, Spec]]:
    """Give the layers, with their servers running."""
    with postgres.throwaway() as address, contextlib.ExitStack() as servers:
        with stage() as start:
            start(ours(address), migrate=True)
        specs = {OURS: ours(address), POSTGRES: channels_postgres(address)}
        program = shutil.which("redis-server")
        if program is None:
            print("There is no Redis here: its layers are not measured.")
        else:
            redis_address = servers.enter_context(_redis(program))
            specs[PUBSUB] = redis(redis_address, "pubsub")
            specs[CORE] = redis(redis_address, "core")
        large = {name: {"capacity": CAPACITY} for name in (OURS, PUBSUB, CORE)}
        yield {name: spec.with_config(**large.get(name, {})) for name, spec in specs.items()}


@contextlib.contextmanager
def _redis(program: str) -> Iterator[str]:
    port = free_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def _one_pass(spec: Spec) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    with stage() as start:
        publisher, *subscribers = (
            start(spec, program="benchmarks.layer_worker") for _ in range(1 + SUBSCRIBERS)
        )
        there, group = 0, ""
        channels: list[str] = []
        for number, (scenario, (members, plan)) in enumerate(SCENARIOS.items()):
            if members != there:
                group, there = f"bench.{publisher.process.pid}.{members}", members
                channels = _gather(publisher, subscribers, group, members)
            to = channels if plan.channels else [group]
            each = 1 if plan.channels else members * SUBSCRIBERS
            words = {**asdict(plan), "lane": 1000 * (number + 1)}
            words["count"] = min(plan.count, max(20, MOST_DELIVERIES // each))
            measured = _measure(publisher, subscribers, words, to, each)
            found.update({(scenario, name): value for name, value in measured.items()})
            if measured["lost"] or measured["faults"]:
                print(f"{spec.name}, {scenario}: {measured}", flush=True)
        found[CONNECTS, TIMES] = publisher("connects", seconds=0.5, at_once=32)
    return found


def _gather(publisher: Actor, subscribers: list[Actor], group: str, members: int) -> list[str]:
    """Have members in all subscribers, and wait until all hear."""
    for one in subscribers:
        one("leave", patience=60)
    lists = [one("members", patience=120, group=group, count=members) for one in subscribers]

    def all_hear() -> bool:
        for one in subscribers:
            one("reset")
        words = {**asdict(Plan(count=1)), "lane": 0}
        publisher("publish", plan=words, to=[group])
        time.sleep(0.3)
        return all(one("count") >= members for one in subscribers)

    until(all_hear, patience=30)
    return [channel for pair in zip(*lists, strict=True) for channel in pair]


def _measure(
    publisher: Actor, subscribers: list[Actor], plan: dict[str, Any], to: list[str], each: int
) -> dict[str, float]:
    for one in subscribers:
        one("reset")
    said = publisher("publish", patience=60, plan=plan, to=to)
    due = said["sent"] * each
    _wait(lambda: sum(one("count", patience=60) for one in subscribers), due)
    results = [one("result", patience=60) for one in subscribers]
    latencies = sorted(late for result in results for late in result["latencies"])
    seconds = (max(result["last"] for result in results) - said["begin"]) / 1e9
    return {
        RATE: len(latencies) / seconds,
        P50: latencies[len(latencies) // 2] / 1e6,
        P99: latencies[int(len(latencies) * 0.99)] / 1e6,
        "lost": due - len(latencies),
        "faults": sum(result["faults"] for result in results),
    }


def _wait(count: Callable[[], int], due: int) -> None:
    """Wait until all have come, or nothing comes any more."""
    got, since = -1, time.monotonic()
    while (now := count()) < due and time.monotonic() < since + SILENCE:
        if now != got:
            got, since = now, time.monotonic()
        time.sleep(0.02)

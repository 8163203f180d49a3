"""A fleet in which nothing runs: how long does the first visitor wait for a page?

The edge starts an instance as deployed (production's settings, collected files), waits until it listens, and
leads the request there. What the same page takes once the instance runs is the peer.
"""

from __future__ import annotations

import asyncio
import http.client
import tempfile
import time
from pathlib import Path

from benchmarks.harness import REPEATS, Figure, Row, at_most
from benchmarks.servers import deployed_environment, manage
from benchmarks.start import BUCKETS
from esensi import postgres
from esensi.fleet.edge import Place
from esensi.fleet.fleet import Fleet
from esensi.fleet.flyfile import read
from esensi.fleet.machine import ROOT, Recipe

#: Seconds that a visitor of a house that sleeps may wait.
LIMIT = 3.0
HOST = "esensi.online"


def rows(repeats: int = REPEATS) -> list[Row]:
    """Let the one machine rest, and be its first visitor, again and again."""
    with tempfile.TemporaryDirectory() as name, postgres.throwaway() as database:
        folder = Path(name)
        environment = deployed_environment(database, 8080, folder / "static") | BUCKETS
        for words in (
            ("migrate", "--verbosity", "0"),
            ("sync_sites",),
            ("collectstatic", "--no-input"),
        ):
            manage(database, *words, env=environment)
        recipe = Recipe(read(ROOT / "fly.toml"), environment, folder)
        first, next_ = asyncio.run(_measure(recipe, repeats))
    waited = Figure.of(first, "s")
    return [
        Row(
            "from zero to the first page, through the edge",
            waited,
            Figure.of(next_, "s"),
            f"≤ {LIMIT:g} s",
            at_most(waited, LIMIT),
        )
    ]


async def _measure(recipe: Recipe, repeats: int) -> tuple[list[float], list[float]]:
    fleet = Fleet(recipe, Place("sin", frozenset({HOST}), is_secure=True), rest_every=3600)
    first, following = [], []
    try:
        await fleet.open()
        await fleet.scale(1)
        await asyncio.to_thread(_page, fleet.edge.port)  # once without counting, for the bytecode
        for _ in range(repeats):
            await fleet.scale(0)
            first.append(await asyncio.to_thread(_page, fleet.edge.port))
            following.append(await asyncio.to_thread(_page, fleet.edge.port))
    finally:
        await fleet.close()
    return first, following


def _page(port: int) -> float:
    """Ask for main's first page; the seconds that it took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        begun = time.perf_counter()
        connection.request("GET", "/", headers={"Host": HOST})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"The first page is answered with {answer.status}.")
        return time.perf_counter() - begun
    finally:
        connection.close()

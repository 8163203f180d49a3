"""Questions that arrive together are asked together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from django.db import OperationalError

from realtime.asking import LONGEST_WAIT, MOST, SHORTEST_WAIT, Asking, Unavailable


async def test_each_gets_its_own_answer_from_one_batch() -> None:
    batches: list[list[int]] = []

    async def double(asked: Sequence[int]) -> list[int]:
        batches.append(list(asked))
        return [one * 2 for one in asked]

    asking: Asking[int, int] = Asking(double)
    assert await asyncio.gather(*(asking.ask(one) for one in range(50))) == [
        one * 2 for one in range(50)
    ]
    assert batches == [list(range(50))]
    assert await asking.ask(7) == 14


async def test_the_wait_grows_in_a_storm_and_shrinks_after_it() -> None:
    async def same(asked: Sequence[int]) -> Sequence[int]:
        return asked

    asking: Asking[int, int] = Asking(same)
    for _ in range(6):
        await asyncio.gather(*(asking.ask(one) for one in range(20)))
    assert asking._wait == LONGEST_WAIT
    for _ in range(6):
        await asking.ask(1)
    assert asking._wait == SHORTEST_WAIT


async def test_a_batch_is_never_too_large() -> None:
    sizes: list[int] = []

    async def same(asked: Sequence[int]) -> Sequence[int]:
        sizes.append(len(asked))
        return asked

    asking: Asking[int, int] = Asking(same)
    await asyncio.gather(*(asking.ask(one) for one in range(MOST + 10)))
    assert sizes == [MOST, 10]


async def test_a_batch_that_fails_says_so_to_all_and_the_next_works() -> None:
    failures = iter([OperationalError("away")])

    async def same(asked: Sequence[int]) -> Sequence[int]:
        for failure in failures:
            raise failure
        return asked

    asking: Asking[int, int] = Asking(same)
    found = await asyncio.gather(asking.ask(1), asking.ask(2), return_exceptions=True)
    assert [type(one) for one in found] == [Unavailable, Unavailable]
    assert await asking.ask(3) == 3


async def test_whoever_stops_waiting_holds_up_nobody() -> None:
    async def same(asked: Sequence[int]) -> Sequence[int]:
        return asked

    asking: Asking[int, int] = Asking(same)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asking.ask(1), 0.001)
    assert await asking.ask(2) == 2

"""What is told after a commit, and that nothing of it reaches whoever committed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction

from realtime import wake
from realtime.models import Event
from realtime.streams import publish, transient
from tests.realtime.rooms_of_tests import Counted, Waved
from tests.waiting import auntil

committing = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("realtime_alone"),
]


class Layer:
    """Notes what groups are told, or cannot be reached."""

    def __init__(self, *, is_broken: bool = False) -> None:
        self.is_broken = is_broken
        self.told: list[tuple[str, dict[str, Any]]] = []

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if self.is_broken:
            raise ConnectionError("The layer is away.")
        self.told.append((group, message))

    def notice(self, group: str, message: dict[str, Any]) -> tuple[str, str]:
        if self.is_broken:
            raise ConnectionError("The layer is away.")
        self.told.append((group, message))
        return "nobody_listens", "x"


class Ours(Layer):
    """The same as our own: what it is asked for begins at once."""

    def __init__(self, *, is_broken: bool = False) -> None:
        super().__init__(is_broken=is_broken)
        self.together: list[int] = []

    def groups_say(
        self, messages: Sequence[tuple[str, dict[str, Any]]]
    ) -> list[asyncio.Future[None]]:
        self.together.append(len(messages))
        if self.is_broken and messages[0][1]["room"] == "hall.0":
            raise ConnectionError("The layer is away.")
        return [self._told(*one) for one in messages]

    def _told(self, group: str, message: dict[str, Any]) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.is_broken:
            done.set_exception(ConnectionError("The layer is away."))
        else:
            self.told.append((group, message))
            done.set_result(None)
        return done


@pytest.fixture
def room() -> str:
    return f"hall.{secrets.token_hex(4)}"


@pytest.fixture
def layer(monkeypatch: pytest.MonkeyPatch) -> Layer:
    made = Layer()
    monkeypatch.setattr(wake, "_layer", lambda: made)
    return made


class TestWithoutALoop:
    pytestmark = committing

    def test_small_events_are_in_the_wake_up(self, room: str, layer: Layer) -> None:
        with transaction.atomic():
            publish(room, Counted(n=1))
            publish(room, Counted(n=2))
        ((group, message),) = layer.told
        assert group == f"room.{room}"
        assert (message["type"], message["room"], message["first"]) == (wake.EVENTS, room, 1)
        assert [text for _kind, _at, text in message["told"]] == [
            '{"n":1,"by":""}',
            '{"n":2,"by":""}',
        ]

    def test_of_large_ones_it_says_the_head(self, room: str, layer: Layer) -> None:
        with transaction.atomic():
            publish(room, Counted(n=1))
            publish(room, Counted(n=2, by="é" * 2000))
        ((_group, message),) = layer.told
        assert (message["type"], message["head"]) == (wake.HEAD, 2)

    def test_what_rolls_back_is_not_told(self, room: str, layer: Layer) -> None:
        with transaction.atomic():
            publish(room, Counted(n=1))
            transaction.set_rollback(True)
        with transaction.atomic():
            """Nothing is published in this one."""
        assert layer.told == []

    def test_a_layer_that_is_away_is_nobody_s_error(self, room: str, layer: Layer) -> None:
        layer.is_broken, ran = True, []
        with transaction.atomic():
            transaction.on_commit(lambda: ran.append(1))
            publish(room, Counted(n=1))
        transient(room, Waved("left"))
        assert ran == [1]
        assert Event.objects.count() == 1

    def test_a_project_may_have_no_layer(self, room: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wake, "_layer", lambda: None)
        with transaction.atomic():
            publish(room, Counted(n=1))
        assert Event.objects.count() == 1


@pytest.mark.parametrize("kind", [Layer, Ours])
async def test_a_loop_tells_for_threads(kind: type[Layer]) -> None:
    layer = kind()
    speaker = wake.Speaker(layer)
    messages: list[wake.Message] = [{"room": f"hall.{n}", "type": wake.HEAD} for n in range(100)]
    try:
        for number in range(0, 100, 10):
            said = await asyncio.to_thread(wake.say, messages[number : number + 10])
            assert said
        async with asyncio.timeout(5):
            while len(layer.told) < 100:  # noqa: ASYNC110 - nobody tells this test
                await asyncio.sleep(0.001)
    finally:
        speaker.close()
    assert [message for _group, message in layer.told] == messages
    assert not wake.say(messages)


async def test_what_is_said_soon_after_something_left_leaves_together_and_none_is_left_at_the_end() -> (
    None
):
    layer = Ours()
    speaker = wake.Speaker(layer, rest=0.02)
    messages: list[wake.Message] = [{"room": f"hall.{n}", "type": wake.HEAD} for n in range(6)]
    speaker.say(messages[:1])
    await auntil(lambda: layer.together == [1], what="the first leaves at once")
    for message in messages[1:4]:
        speaker.say([message])
    await auntil(lambda: layer.together == [1, 3], what="the next leave together")
    speaker.say(messages[4:])
    speaker.close()
    assert [message for _group, message in layer.told] == messages


async def test_a_loop_that_does_not_keep_up_holds_a_bounded_number(
    layer: Layer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(wake, "MOST_WAITING", 3)
    speaker = wake.Speaker(layer)
    try:
        for number in range(5):
            assert speaker.say([{"room": f"hall.{number}", "type": wake.HEAD}])
        await asyncio.sleep(0.05)
    finally:
        speaker.close()
    assert [message["room"] for _group, message in layer.told] == ["hall.0", "hall.1", "hall.2"]
    assert "does not keep up" in caplog.text


def test_a_loop_that_has_ended_takes_nothing(layer: Layer) -> None:
    async def make() -> wake.Speaker:
        return wake.Speaker(layer)

    speaker = asyncio.run(make())
    assert not wake.say([{"room": "hall.1", "type": wake.HEAD}])
    assert speaker not in wake._speakers


@pytest.mark.parametrize("kind", [Layer, Ours])
@pytest.mark.parametrize("first", [0, 1])
async def test_a_layer_that_is_away_is_said_once_and_harms_nobody(
    kind: type[Layer], first: int, caplog: pytest.LogCaptureFixture
) -> None:
    speaker = wake.Speaker(kind(is_broken=True))
    try:
        some = [{"room": f"hall.{number}", "type": wake.HEAD} for number in range(first, 50)]
        assert speaker.say(some)
        async with asyncio.timeout(20):
            while not caplog.records or speaker._sending:  # noqa: ASYNC110 - nobody tells this test
                await asyncio.sleep(0.001)
    finally:
        speaker.close()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "followers will look" in caplog.text

"""Random sequences of what one does with a layer, faults among them, against a simple model.

The model: a member has each message to its group that was sent while it was one, in order, but for
those sent while its listener was away. Nothing is ever repeated, out of order, or somebody else's.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.realtime.conftest import ours
from tests.realtime.faults.scene import assert_in_order_and_once, listener_of, terminate
from tests.realtime.stage import Actor
from tests.waiting import until

PROCESSES, GROUPS = (0, 1), ("red", "blue")
process = st.sampled_from(PROCESSES)
group = st.sampled_from(GROUPS)


class Member:
    """A channel of a process: its groups, and what it must have got, in order."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.groups: set[str] = set()
        self.due: list[int] = []


class House(RuleBasedStateMachine):
    """Two processes, each with one member; processes are started anew where they were killed."""

    address = ""
    actors: list[Actor]
    start_actor: Callable[[], Actor]

    @initialize()
    def open(self) -> None:
        self.salt, self.number = secrets.token_hex(4), 0
        self.members = [self._member(number) for number in PROCESSES]

    def _member(self, number: int) -> Member:
        actor = self.actors[number]
        channel = actor("new_channel")
        actor("collect", channel=channel)
        return Member(channel)

    def _name(self, group: str) -> str:
        return f"{self.salt}.{group}"

    def _message(self) -> dict[str, Any]:
        self.number += 1
        return {"type": "n", "n": self.number}

    @rule(who=process, group=group)
    def join(self, who: int, group: str) -> None:
        # What was said just before may be heard just after, and both were right: with a message of
        # its own the member knows that all before it has been heard.
        self.send(who, who)
        member = self.members[who]
        self.actors[who]("group_add", group=self._name(group), channel=member.channel)
        member.groups.add(group)

    @rule(who=process, group=group)
    def leave(self, who: int, group: str) -> None:
        self._settle()  # what is on its way would else come or not, and both were right
        member = self.members[who]
        self.actors[who]("group_discard", group=self._name(group), channel=member.channel)
        member.groups.discard(group)

    @rule(by=process, group=group, long=st.booleans())
    def send_to_group(self, by: int, group: str, long: bool) -> None:
        message = self._message()
        pad = "x" * (70_000 if long else 10)
        self.actors[by]("group_send", group=self._name(group), message={**message, "pad": pad})
        self._due(message, [member for member in self.members if group in member.groups])

    @rule(by=process, to=process)
    def send(self, by: int, to: int) -> None:
        message, member = self._message(), self.members[to]
        self.actors[by]("send", channel=member.channel, message=message)
        self._due(message, [member])

    def _due(self, message: dict[str, Any], members: list[Member]) -> None:
        for member in members:
            member.due.append(message["n"])
        self._settle()

    @precondition(lambda self: self.number > 0)
    @rule(who=process)
    def kill_listener(self, who: int) -> None:
        self._settle()
        member, actor = self.members[who], self.actors[who]
        before = actor("counts")["reconnects"]
        pid = until(lambda: listener_of(self.address, member.channel))
        terminate(self.address, pid)
        # Lost while it is away, as the promise allows: the model says nothing of it.
        self.actors[1 - who]("group_send", group=self._name("grey"), message=self._message())
        until(lambda: actor("counts")["reconnects"] == before + 1)

    @rule(who=process)
    def close(self, who: int) -> None:
        self._settle()
        self.actors[who]("stop", channel=self.members[who].channel)
        self.actors[who]("close")
        self.members[who] = self._member(who)

    @rule(who=process)
    def kill(self, who: int) -> None:
        self._settle()
        self.actors[who].kill()
        self.actors[who] = self.start_actor()
        self.members[who] = self._member(who)

    def _settle(self) -> None:
        for actor, member in zip(self.actors, self.members, strict=True):
            if member.due:
                until(
                    lambda actor=actor, member=member: _got(actor, member)[-1:] == member.due[-1:]
                )

    @invariant()
    def everybody_has_what_was_due(self) -> None:
        for actor, member in zip(self.actors, getattr(self, "members", []), strict=False):
            got = _got(actor, member)
            assert_in_order_and_once(got)
            assert got == member.due

    def teardown(self) -> None:
        for actor, member in zip(self.actors, getattr(self, "members", []), strict=False):
            with contextlib.suppress(Exception):
                actor("stop", channel=member.channel)
                actor("close")


def _got(actor: Actor, member: Member) -> list[int]:
    return [one["n"] for one in actor("collected", channel=member.channel)]


@pytest.mark.parametrize(
    ("examples", "steps"), [(10, 15), pytest.param(200, 50, marks=pytest.mark.soak)]
)
@pytest.mark.timeout(1200)
def test_the_layer_does_what_the_model_does(
    examples: int, steps: int, layer_database: str, start: Callable[..., Actor]
) -> None:
    def start_actor() -> Actor:
        return start(ours(layer_database))

    facts = {
        "address": layer_database,
        "actors": [start_actor() for _ in PROCESSES],
        "start_actor": staticmethod(start_actor),
    }
    house = type("House", (House,), facts)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        house,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        ),
    )

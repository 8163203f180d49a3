"""``fly-replay``: each sentence of Fly's on the fields that this house uses is a row."""

from __future__ import annotations

from typing import Any

import pytest

from esensi.fleet import replay
from esensi.fleet.balance import Candidate, State
from esensi.fleet.flyfile import Limits
from esensi.fleet.replay import (
    LARGEST,
    MISSED,
    BadReplay,
    NoSuchMachine,
    ReplayedBefore,
    TooLong,
    Wish,
    narrow,
    parse,
    source,
    wish_of,
)
from realtime import placement

LIMITS = Limits(soft=10, hard=20)


def machine(id: str, region: str = "sin", state: State = "started", **more: Any) -> Candidate:
    return Candidate(id, region, state, **more)


READ = {
    "instance=m2": Wish(instance="m2"),
    "prefer_instance=m2": Wish(preferred="m2"),
    "elsewhere=true": Wish(besides="m1"),
    "region=syd": Wish(region="syd"),
    'region="syd,nrt"': Wish(region="syd,nrt"),
    "prefer_instance=m2; state=page-7": Wish(preferred="m2", state="page-7"),
}


@pytest.mark.parametrize("value", READ)
def test_fields_are_joined_by_semicolons(value: str) -> None:
    assert parse(value, sent_by="m1") == READ[value]


@pytest.mark.parametrize(
    "value",
    ["", "elsewhere", "instance=a;instance=b", "machine=a", "app=other", "fallback=force_self"],
)
def test_other_fields_are_refused_by_name(value: str) -> None:
    with pytest.raises(BadReplay, match="fly-replay"):
        parse(value, sent_by="m1")


def test_all_that_our_own_instances_send_is_read() -> None:
    sent = ["elsewhere=true", "instance=4d891e7c", "prefer_instance=4d891e7c"]
    assert all(parse(value, sent_by="m1") != Wish() for value in sent)
    assert placement.LARGEST_REPLAYED == LARGEST


def test_a_megabyte_is_replayed_and_not_a_byte_more() -> None:
    replay.check(size=LARGEST, was_replayed=False)
    for size in (LARGEST + 1, None):
        with pytest.raises(TooLong):
            replay.check(size=size, was_replayed=False)


def test_a_second_replay_is_a_loop() -> None:
    with pytest.raises(ReplayedBefore):
        replay.check(size=0, was_replayed=True)


def test_the_next_machine_is_told_who_sent_it_and_when() -> None:
    assert source("m1", "sin", at=1.5) == "instance=m1;region=sin;t=1500000"
    assert source("m1", "sin", at=1.5, state="x") == "instance=m1;region=sin;t=1500000;state=x"


M1, M2, FAR = machine("m1"), machine("m2"), machine("far", "syd")
NARROWED: dict[str, tuple[Wish, list[Candidate], list[str], dict[str, str]]] = {
    "nobody is asked for: all": (Wish(), [M1, M2], ["m1", "m2"], {}),
    "elsewhere is not who sent it": (Wish(besides="m1"), [M1, M2], ["m2"], {}),
    "an instance is that one alone": (Wish(instance="m2"), [M1, M2], ["m2"], {}),
    "a preferred instance is that one where it takes requests": (
        Wish(preferred="m2"),
        [M1, M2],
        ["m2"],
        {},
    ),
    "a missed preference goes to anybody, and says so": (
        Wish(preferred="gone"),
        [M1, M2],
        ["m1", "m2"],
        {MISSED: "gone"},
    ),
    "a full one is missed": (
        Wish(preferred="m2"),
        [M1, machine("m2", load=20)],
        ["m1", "m2"],
        {MISSED: "m2"},
    ),
    "a cordoned one is missed": (
        Wish(preferred="m2"),
        [M1, machine("m2", is_led_to=False)],
        ["m1", "m2"],
        {MISSED: "m2"},
    ),
    "a stopped one is started instead": (
        Wish(preferred="m2"),
        [M1, machine("m2", state="stopped")],
        ["m2"],
        {},
    ),
    "a region is forced": (Wish(region="syd"), [M1, FAR], ["far"], {}),
    "or one of several": (Wish(region="nrt,syd"), [M1, FAR], ["far"], {}),
    "a region is preferred": (Wish(near_region="syd"), [M1, FAR], ["far"], {}),
    "and missed in silence": (Wish(near_region="ams"), [M1, FAR], ["m1", "far"], {}),
}


@pytest.mark.parametrize("row", NARROWED)
def test_among_whom_a_request_chooses(row: str) -> None:
    wish, machines, expected, told = NARROWED[row]
    left, headers = narrow(machines, wish, LIMITS)
    assert ([one.id for one in left], headers) == (expected, told)


@pytest.mark.parametrize(
    "wish",
    [Wish(instance="gone"), Wish(region="ams"), Wish(besides="m1")],
    ids=["an instance", "a region", "elsewhere than the only one"],
)
def test_what_is_forced_knows_no_other_way(wish: Wish) -> None:
    with pytest.raises(NoSuchMachine):
        narrow([M1], wish, LIMITS)


def test_clients_name_machines_by_headers() -> None:
    assert wish_of({"fly-force-instance-id": "m1"}) == Wish(instance="m1")
    assert wish_of({"fly-prefer-instance-id": "m1"}) == Wish(preferred="m1")
    assert wish_of({"fly-force-region": "syd"}) == Wish(region="syd")
    assert wish_of({"fly-prefer-region": "syd"}) == Wish(near_region="syd")

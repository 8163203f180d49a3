"""What an operator does with a fleet, and what it does by itself: rest, waking, faults, deploys."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from esensi.fleet import machine
from esensi.fleet.deploy import DeployFailed, Deployment
from esensi.fleet.fleet import NoSuchMachine
from esensi.fleet.flyfile import Strategy
from esensi.fleet.release import ReleaseFailed
from tests.esensi.fleet.scene import PATIENCE, STUB, file, scene

RELEASE = f"{STUB[0]} -m {STUB[2]}"


async def test_scaling_makes_machines_and_puts_them_to_rest(tmp_path: Path) -> None:
    async with scene(tmp_path, count=3) as there:
        assert [one.state for one in there.fleet.machines] == ["started"] * 3
        await there.fleet.scale(1)
        assert sorted(one.state for one in there.fleet.machines) == ["started", *["stopped"] * 2]
        await there.fleet.scale(2)
        assert len(there.fleet.machines) == 3
        assert len(there.fleet.running) == 2


async def test_from_zero_one_machine_starts_for_many_requests(tmp_path: Path) -> None:
    async with scene(tmp_path, count=2) as there:
        await there.fleet.scale(0)
        said = await asyncio.gather(*(there.get() for _ in range(2)))
        assert {one.status for one in said} == {200}
        assert len(there.fleet.running) == 1


async def test_over_the_soft_limit_another_starts(tmp_path: Path) -> None:
    async with scene(tmp_path, count=2) as there:
        await there.fleet.scale(1)
        held = [await there.socket() for _ in range(3)]
        assert len({machine for _socket, machine in held}) == 2
        await asyncio.gather(*(socket.close() for socket, _machine in held))


async def test_without_autostart_nobody_is_started(tmp_path: Path) -> None:
    service = {"http_service": {"auto_start_machines": False}}
    async with scene(tmp_path, file(**service)) as there:
        await there.fleet.scale(0)
        assert (await there.get()).status == 503


@pytest.mark.parametrize(("way", "state"), [("stop", "stopped"), ("suspend", "suspended")])
async def test_a_pass_sends_sockets_away_before_a_machine_rests(
    tmp_path: Path, way: str, state: str
) -> None:
    service = {"auto_stop_machines": way, "concurrency": {"soft_limit": 20}}
    async with scene(tmp_path, file(http_service=service), count=2) as there:
        held = {who: socket for socket, who in [await there.socket() for _ in range(2)]}
        assert len(held) == 2
        (resting,) = await there.fleet.rest_once()
        ended = await held.pop(resting).receive(timeout=PATIENCE)
        assert (ended.type, ended.data) == (aiohttp.WSMsgType.CLOSE, 1001)
        assert there.fleet.find(resting).state == state
        # The last one is held by its socket.
        assert await there.fleet.rest_once() == []
        await there.fleet.start(resting)
        assert (await there.get(headers={"fly-force-instance-id": resting})).status == 200


async def test_what_was_led_to_a_machine_arrives_before_its_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it may be accepted and not yet read, and a server that ends drops it."""
    loads, send = [], asyncio.subprocess.Process.send_signal
    monkeypatch.setattr(machine, "ARRIVES_IN", PATIENCE)
    async with scene(tmp_path) as there:
        (ending,) = there.fleet.machines

        def note(process: asyncio.subprocess.Process, number: int) -> None:
            loads.append(ending.load)
            send(process, number)

        monkeypatch.setattr(asyncio.subprocess.Process, "send_signal", note)
        asked = asyncio.create_task(there.get("/?slow=0.3"))
        await there.until(lambda: ending.served == 1)
        await there.fleet.stop(ending.id)
        assert (await asked).status == 200
        assert loads == [0]


async def test_the_last_machine_rests_once_it_has_no_load(tmp_path: Path) -> None:
    async with scene(tmp_path) as there:
        (last,) = there.fleet.machines
        assert await there.fleet.rest_once() == [last.id]
        assert last.state == "stopped"


async def test_a_failing_check_stops_routing_and_restarts_nobody(tmp_path: Path) -> None:
    async with scene(tmp_path, variables={"VERSION_SICK": "1"}, patience=1.0) as there:
        (sick,) = there.fleet.machines
        await there.until(lambda: sick.healths == ["failing"])
        assert (await there.get()).status == 503
        assert (sick.state, sick.restarts) == ("started", 0)


@pytest.mark.parametrize("strategy", ["rolling", "bluegreen", "canary", "immediate"])
async def test_a_deploy_brings_the_version_onto_all(tmp_path: Path, strategy: Strategy) -> None:
    app = file(deploy={"strategy": strategy, "release_command": RELEASE})
    async with scene(tmp_path, app, count=2) as there:
        before = {one.id for one in there.fleet.machines}
        deploy = asyncio.create_task(Deployment(there.fleet).run())
        while not deploy.done():
            assert (await there.get()).status == 200
        await deploy
        assert {one.version for one in there.fleet.machines} == {2}
        after = {one.id for one in there.fleet.machines}
        assert len(after) == 2
        assert after.isdisjoint(before) if strategy == "bluegreen" else after == before
        assert (await there.get()).json["version"] == "2"


async def test_a_release_that_fails_stops_the_deploy(tmp_path: Path) -> None:
    app = file(deploy={"release_command": RELEASE})
    async with scene(tmp_path, app, variables={"RELEASE_FAILS": "3"}) as there:
        with pytest.raises(ReleaseFailed, match="ended with 3"):
            await Deployment(there.fleet).run()
        assert [one.version for one in there.fleet.machines] == [1]
        assert (await there.get()).json["version"] == "1"


@pytest.mark.parametrize("strategy", ["rolling", "bluegreen", "canary"])
async def test_a_version_that_does_not_get_well_goes_no_further(
    tmp_path: Path, strategy: Strategy
) -> None:
    app = file(deploy={"strategy": strategy, "wait_timeout": "1s"})
    async with scene(tmp_path, app, count=2, variables={"VERSION_SICK": "2"}) as there:
        with pytest.raises(DeployFailed):
            await Deployment(there.fleet).run()
        old = [one.version for one in there.fleet.machines].count(1)
        assert old == (1 if strategy == "rolling" else 2)
        sick = [one for one in there.fleet.machines if one.version == 2]
        # Whoever was not looked at yet is led to (Fly's rule): a busy machine looks late.
        await there.until(lambda: all(one.healths == ["failing"] for one in sick))
        assert (await there.get()).json["version"] == "1"


async def test_machines_are_named_by_the_beginning_of_their_id(tmp_path: Path) -> None:
    async with scene(tmp_path, count=2) as there:
        one = there.fleet.machines[0]
        assert there.fleet.find(one.id[:9]) is one
        with pytest.raises(NoSuchMachine, match=one.id):
            there.fleet.find("nobody")

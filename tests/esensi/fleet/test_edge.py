"""The edge with real processes behind it: what goes through, what is replayed, what is refused."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import aiohttp
import pytest

from esensi.fleet.replay import LARGEST
from tests.esensi.fleet.scene import FILE, PATIENCE, Scene, file, scene
from tests.waiting import free_port


async def test_requests_and_answers_go_through_as_they_are(tmp_path: Path) -> None:
    async with scene(tmp_path) as there:
        said = await there.get("/a%2Fb/?x=1%20", method="PUT", data=b"y" * 70_000)
        assert (said.json["method"], said.json["path"]) == ("PUT", "/a%2Fb/")
        assert said.json["length"] == 70_000
        assert said.json["headers"]["host"] == "stub.test"
        assert said.json["headers"]["fly-client-ip"] == "127.0.0.1"
        assert said.json["headers"]["x-forwarded-proto"] == "http"
        assert said.headers.getall("Set-Cookie") == ["a=1", "b=2"]
        assert said.headers["Server"] == "Fly"
        for status in (204, 301, 304, 404, 500):
            assert (await there.get(f"/?status={status}")).status == status
        assert (await there.get(method="HEAD")).text == ""


async def test_a_long_body_streams_through(tmp_path: Path) -> None:
    async with scene(tmp_path) as there:
        said = await there.get(method="POST", data=io.BytesIO(b"z" * (3 * LARGEST)))
        assert said.json["length"] == 3 * LARGEST


async def test_a_name_without_a_certificate_is_led_nowhere(tmp_path: Path) -> None:
    async with scene(tmp_path) as there:
        assert (await there.get(headers={"Host": "other.test"})).status == 404
        assert (await there.get(headers={"Host": "stub.test:8000"})).status == 200


async def test_requests_are_spread_over_the_least_loaded(tmp_path: Path) -> None:
    async with scene(tmp_path, count=2) as there:
        socket, machine = await there.socket()
        said = [await there.get() for _ in range(4)]
        assert machine not in {one.json["machine"] for one in said}
        await socket.close()


async def test_at_the_hard_limit_requests_wait_and_then_go(tmp_path: Path) -> None:
    async with scene(tmp_path) as there:
        said = await asyncio.gather(*(there.get("/?slow=0.4") for _ in range(7)))
        assert [one.status for one in said] == [200] * 7
        assert there.fleet.machines[0].served == 7


async def test_who_waits_too_long_gets_503(tmp_path: Path) -> None:
    async with scene(tmp_path, patience=0.5) as there:
        held = [await there.socket() for _ in range(3)]
        assert (await there.get()).status == 503
        await asyncio.gather(*(socket.close() for socket, _machine in held))


async def test_a_machine_that_takes_no_connections_keeps_nobody_for_ever(tmp_path: Path) -> None:
    unchecked = file(http_service={**FILE["http_service"], "checks": []})
    async with scene(tmp_path, unchecked, patience=1.0) as there:
        there.fleet.machines[0].port = free_port()
        assert (await asyncio.wait_for(there.get(), PATIENCE)).status == 503


async def test_elsewhere_is_led_to_another_machine_with_all_it_had(tmp_path: Path) -> None:
    async with scene(tmp_path, count=2) as there:
        said = await there.get("/?replay=elsewhere%3Dtrue%3Bstate%3Dx", method="POST", data=b"abc")
        assert (said.status, said.json["length"], said.json["method"]) == (200, 3, "POST")
        told = dict(part.split("=") for part in said.json["headers"]["fly-replay-src"].split(";"))
        assert told["instance"] != said.json["machine"]
        assert (told["region"], told["state"]) == ("sin", "x")
        assert "fly-replay" not in said.headers
        assert there.fleet.edge.replays == 1


async def test_an_instance_is_asked_for_by_name(tmp_path: Path) -> None:
    async with scene(tmp_path, count=3) as there:
        for machine in there.fleet.machines:
            said = await there.get(f"/?replay=instance%3D{machine.id}")
            assert said.json["machine"] == machine.id
        missed = await there.get("/?replay=prefer_instance%3Dgone")
        assert missed.json["headers"]["fly-preferred-instance-unavailable"] == "gone"
        assert (await there.get("/?replay=instance%3Dgone")).status == 502


async def test_a_loop_is_refused(tmp_path: Path) -> None:
    async with scene(tmp_path, count=2) as there:
        said = await there.get("/?replay=elsewhere%3Dtrue&again=1")
        assert (said.status, "loop" in said.text) == (502, True)


@pytest.mark.parametrize(("length", "status"), [(LARGEST, 200), (LARGEST + 1, 502)])
async def test_a_megabyte_is_replayed_and_no_more(tmp_path: Path, length: int, status: int) -> None:
    async with scene(tmp_path, count=2) as there:
        said = await there.get(
            "/?replay=elsewhere%3Dtrue", method="POST", data=io.BytesIO(b"x" * length)
        )
        assert said.status == status


async def test_sockets_go_both_ways_and_end_as_they_are_ended(tmp_path: Path) -> None:
    async with scene(tmp_path) as there:
        socket, machine = await there.socket()
        assert machine == there.fleet.machines[0].id
        await socket.send_str("hello")
        await socket.send_bytes(b"\x00\x01")
        assert await socket.receive_str(timeout=PATIENCE) == "hello"
        assert await socket.receive_bytes(timeout=PATIENCE) == b"\x00\x01"
        await socket.send_str("close")
        ended = await socket.receive(timeout=PATIENCE)
        assert (ended.type, ended.data, ended.extra) == (aiohttp.WSMsgType.CLOSE, 4001, "enough")
        await there.until(lambda: there.fleet.machines[0].load == 0)


async def test_a_refused_handshake_keeps_its_status_and_headers(tmp_path: Path) -> None:
    async with scene(tmp_path) as there:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await there.socket("/refused/")
        assert refused.value.status == 503
        assert refused.value.headers is not None
        assert refused.value.headers["Retry-After"] == "2"


async def test_a_handshake_is_replayed(tmp_path: Path) -> None:
    async with scene(tmp_path, count=2) as there:
        socket, _machine = await there.socket("/elsewhere/")
        assert there.fleet.edge.replays == 1
        await socket.close()


async def test_a_killed_machine_costs_what_was_in_flight_there_alone(tmp_path: Path) -> None:
    async with scene(tmp_path, count=2) as there:
        socket, machine = await there.socket()
        slow = asyncio.create_task(there.get("/?slow=50", headers=_force(machine)))
        await there.until(lambda: "is slow" in there.fleet.find(machine).log.read_text())
        there.fleet.kill(machine)
        assert (await slow).status == 502
        cut = await socket.receive(timeout=PATIENCE)
        assert cut.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
        assert socket.close_code == 1006
        said = await asyncio.gather(*(there.get() for _ in range(6)))
        assert {one.status for one in said} == {200}
        # The restart policy has it back.
        await there.until(lambda: there.fleet.find(machine).state == "started")
        assert (await there.get(headers=_force(machine))).json["machine"] == machine


async def test_an_answer_that_breaks_off_is_not_taken_for_whole(tmp_path: Path) -> None:
    async with scene(tmp_path) as there:
        with pytest.raises(aiohttp.ClientError):
            await there.get("/?break=1")


def _force(machine: str) -> dict[str, str]:
    return {"fly-force-instance-id": machine}


async def test_with_limits_of_requests_connections_are_kept(tmp_path: Path) -> None:
    limits = {"type": "requests", "soft_limit": 2, "hard_limit": 3}
    async with scene(tmp_path, file(concurrency=limits)) as there:
        assert await _statuses(there, 5) == {200}


async def _statuses(there: Scene, count: int) -> set[int]:
    return {(await there.get()).status for _ in range(count)}

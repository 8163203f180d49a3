"""A second terminal and a running fleet; and what a terminal shows."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from rich.console import Console

from esensi.fleet.control import Control, NotDone, NotRunning, say
from esensi.fleet.view import picture
from tests.esensi.fleet.scene import file, scene


async def test_a_second_terminal_is_obeyed(tmp_path: Path) -> None:
    note = tmp_path / "note"
    with pytest.raises(NotRunning, match="make fleet"):
        say(["status"], note=note)
    async with scene(tmp_path, file(deploy={"strategy": "immediate"})) as there:
        control = Control(there.fleet, tmp_path / "control", note=note)
        await control.open()
        try:
            found = await asyncio.to_thread(say, ["scale", "2"], note=note)
            assert [one["state"] for one in found["machines"]] == ["started"] * 2
            first = found["machines"][0]["id"]
            for words in (["suspend", first], ["start", first], ["deploy", "rolling"]):
                found = await asyncio.to_thread(say, words, note=note)
            assert {one["version"] for one in found["machines"]} == {2}
            for words, sentence in (
                (["dance"], "none of scale"),
                (["scale"], "how many"),
                (["kill"], "which machine"),
                (["kill", "nobody"], first),
                (["deploy", "purple"], "none of rolling"),
            ):
                with pytest.raises(NotDone, match=sentence):
                    await asyncio.to_thread(say, words, note=note)
        finally:
            await control.close()
    assert not note.exists()


def test_a_terminal_of_80_columns_shows_all() -> None:
    machine = {
        **{"id": "8d9b0c44695b97", "region": "sin", "state": "suspended", "version": 12},
        **{"checks": ["passing"], "load": 801, "sockets": 790, "served": 120, "restarts": 0},
    }
    earlier = {
        **{"app": "esensi", "at": 1.0, "port": 8000, "version": 12, "replays": 3},
        **{"limits": {"kind": "connections", "soft": 800, "hard": 1000}},
        **{"machines": [{**machine, "served": 100}], "answers": {"200": 7}, "told": ["it starts"]},
    }
    now = {**earlier, "at": 3.0, "machines": [machine]}
    shown = io.StringIO()
    Console(file=shown, width=80).print(picture(now, earlier))
    text = shown.getvalue()
    for word in ("8d9b0c44695b97", "suspended", "passing", "801", "790", "10.0", "7 × 200"):
        assert word in text
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "soft limit 800, hard limit 1000" in text.replace("\n", " ")
    assert "…" not in text

"""Autobahn's suite against uvicorn as the house configures it, with an application that echoes.

The suite needs a Python 2.7, and a virtual environment of its own:

    virtualenv -p python2.7 FOLDER && FOLDER/bin/pip install autobahntestsuite
    WSTEST=FOLDER/bin/wstest python -m pytest -m soak tests/realtime/test_autobahn.py

Without it, tests/realtime/test_frames_on_the_wire.py holds the rules that concern the house.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.server import ROOT
from tests.waiting import free_port

pytestmark = pytest.mark.soak

#: Groups 1 to 7 and 10, as deployed. Group 9 sends up to 16 MB in a message, which the house would
#: refuse (``server.LARGEST_FRAME``): there the limit alone is raised. Groups 12 and 13 are compression.
AS_DEPLOYED = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"]
LARGE = ["9.*"]
PROGRAM = """
import sys
from esensi import server

async def echo(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message.get("text"), "bytes": message.get("bytes")})

configuration = server.configuration(access_log=False, grace=1)
configuration.app, configuration.lifespan = echo, "off"
configuration.ws_max_size = int(sys.argv[2]) or configuration.ws_max_size
listener = server.bind("127.0.0.1", int(sys.argv[1]))
server.Server(configuration, lambda: print("open", flush=True)).run(sockets=[listener])
"""
#: OK, what differs within the rules, and what has no verdict; anything else is a failure.
FINE = {"OK", "NON-STRICT", "INFORMATIONAL"}


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("cases", "largest"), [(AS_DEPLOYED, 0), (LARGE, 17_000_000)])
def test_autobahn_finds_no_failure(cases: list[str], largest: int, tmp_path: Path) -> None:
    wstest = os.environ.get("WSTEST") or shutil.which("wstest")
    if not wstest:
        pytest.skip("There is no wstest here, and WSTEST names none: see the head of this file.")
    port = free_port()
    words = [sys.executable, "-c", PROGRAM, str(port), str(largest)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout
            assert server.stdout.readline() == b"open\n"
            results = _fuzz(wstest, port, cases, tmp_path)
        finally:
            server.terminate()
    verdicts = Counter(one["behavior"] for one in results.values())
    print(dict(verdicts))  # noqa: T201 - the figures of a soak
    bad = {
        name: one
        for name, one in results.items()
        if one["behavior"] not in FINE or one["behaviorClose"] not in FINE
    }
    assert results
    assert not bad


def _fuzz(wstest: str, port: int, cases: list[str], tmp_path: Path) -> dict[str, dict[str, Any]]:
    spec = tmp_path / "spec.json"
    spec.write_text(
        json.dumps(
            {
                "outdir": str(tmp_path / "report"),
                "servers": [{"agent": "house", "url": f"ws://127.0.0.1:{port}"}],
                "cases": cases,
                "exclude-cases": [],
                "exclude-agent-cases": {},
            }
        )
    )
    words = [wstest, "-m", "fuzzingclient", "-s", str(spec)]
    ended = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    found: dict[str, dict[str, Any]] = json.loads((tmp_path / "report/index.json").read_text())[
        "house"
    ]
    return found

"""Both fly.toml files against Fly's facts, and against the program that they describe."""

from __future__ import annotations

import copy
import re
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import get_commands
from jsonschema import Draft202012Validator

from esensi import health, server
from esensi.env import VARIABLES
from tests.fly.files import ROOT, TOMLS, schema, toml

KNOWN = {variable.name: variable for variable in VARIABLES}


def problems(document: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft202012Validator(schema()).iter_errors(document)]


@pytest.fixture(params=TOMLS)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return toml(str(request.param))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_each_file_is_valid(document: dict[str, Any]) -> None:
    assert problems(document) == []


def _set(*path: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


MISTAKES = {
    "an unknown key at the top": _set("kil_timeout", value=5),
    "an unknown key of the service": _set("http_service", "auto_stop", value="stop"),
    "an unknown key of the limits": _set("http_service", "concurrency", "hard", value=1),
    "an unknown key of a check": _set("http_service", "checks", 0, "url", value="/"),
    "an unknown key of a size": _set("vm", 0, "ram", value="1gb"),
    "an unknown strategy": _set("deploy", "strategy", value="blue-green"),
    "limits by nothing": _set("http_service", "concurrency", "type", value="sockets"),
    "a number where a text belongs": _set("env", "PORT", value=8080),
    "a name that Fly keeps for itself": _set("env", "FLY_REGION", value="sin"),
    "a check in milliseconds": _set("http_service", "checks", 0, "interval", value=15),
    "a check that waits too long": _set("http_service", "checks", 0, "grace_period", value="90s"),
    "a stop that takes too long": _set("kill_timeout", value=301),
    "a region without PostgreSQL": _set("primary_region", value="cdg"),
    "auto stop by a boolean": _set("http_service", "auto_stop_machines", value=True),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_found(mistake: str, document: dict[str, Any]) -> None:
    broken = copy.deepcopy(document)
    MISTAKES[mistake](broken)
    assert problems(broken)


def test_every_variable_is_known_and_can_be_read(document: dict[str, Any]) -> None:
    for name, value in document["env"].items():
        assert name in KNOWN, f"{name} is not in esensi/env.py"
        assert not KNOWN[name].secret, f"{name} is a secret, and this file is public"
        KNOWN[name].read(value)


def test_ports_and_paths_are_the_programs(document: dict[str, Any]) -> None:
    service = document["http_service"]
    assert service["internal_port"] == int(document["env"]["PORT"])
    assert {check["path"] for check in service["checks"]} == {health.PATH}
    for metrics in document.get("metrics", ()):
        assert str(metrics["port"]) == document["env"]["METRICS_PORT"]


def test_the_stop_signal_is_obeyed_and_leaves_time_to_drain(document: dict[str, Any]) -> None:
    # uvicorn obeys these two; the drain ends before Fly's patience does.
    assert document["kill_signal"] in (signal.SIGINT.name, signal.SIGTERM.name)
    drain = float(KNOWN["REALTIME_DRAIN_SECONDS"].default or 0)
    assert document["kill_timeout"] >= drain + server.GRACE + 5


def test_sockets_go_elsewhere_before_pages_wait(document: dict[str, Any]) -> None:
    limits = document["http_service"]["concurrency"]
    full_at = int(document["env"]["REALTIME_FULL_AT"])
    assert limits["soft_limit"] <= full_at < limits["hard_limit"]


def test_the_release_command_exists(document: dict[str, Any]) -> None:
    python, program, command, *words = document["deploy"]["release_command"].split()
    assert (python, program, words) == ("python", "manage.py", [])
    assert get_commands()[command] == "esensi"


def test_no_volume_is_mounted_and_all_machines_may_stop(document: dict[str, Any]) -> None:
    assert "mounts" not in document
    assert document["http_service"]["auto_stop_machines"] == "stop"
    assert document["http_service"]["min_machines_running"] == 0


def test_development_differs_by_name_and_environment_alone() -> None:
    production, development = (toml(name) for name in TOMLS)
    assert (production["app"], development["app"]) == ("esensi", "esensi-dev")
    assert production["env"].pop("ESENSI_ENV") == "production"
    assert development["env"].pop("ESENSI_ENV") == "development"
    production.pop("app"), development.pop("app")
    assert production == development


def test_one_commented_line_keeps_a_machine_warm() -> None:
    lines = (ROOT / "fly.toml").read_text().splitlines()
    assert [line.strip() for line in lines if re.match(r"\s*# min_machines", line)] == [
        "# min_machines_running = 1"
    ]

"""How a fly.toml is read: Fly's defaults and refusals, key by key."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from esensi.fleet.flyfile import BadFlyFile, FlyFile, parse, read, seconds
from tests.fly.files import ROOT, TOMLS

SERVICE: dict[str, Any] = {"internal_port": 8080}
CHECK = {"path": "/healthz"}


def value(parsed: Any, path: str) -> Any:
    for name in path.split("."):
        parsed = parsed[int(name)] if name.isdigit() else getattr(parsed, name)
    return parsed


DEFAULTS = {
    "kill_signal": signal.SIGINT,
    "kill_timeout": 5.0,
    "deploy.strategy": "rolling",
    "deploy.max_unavailable": 0.33,
    "deploy.wait_timeout": 300.0,
    "deploy.release_timeout": 300.0,
    "service.port": 8080,
    "service.auto_stop": "off",
    "service.auto_start": True,
    "service.least_running": 0,
    "service.limits.kind": "connections",
    "service.limits.soft": 20,
    "service.limits.hard": None,
}


@pytest.mark.parametrize("path", DEFAULTS)
def test_what_is_not_said_is_flys_default(path: str) -> None:
    assert value(parse({}), path) == DEFAULTS[path]


SAID: dict[str, tuple[dict[str, Any], str, Any]] = {
    "a kill_timeout is whole seconds": ({"kill_timeout": 30}, "kill_timeout", 30.0),
    "a kill_timeout is at most 300 s": ({"kill_timeout": "10m"}, "kill_timeout", 300.0),
    "a bare number of a check is milliseconds": (
        {"http_service": {"checks": [{**CHECK, "interval": 15000}]}},
        "service.checks.0.interval",
        15.0,
    ),
    "so 15 is less than a second, which is clamped": (
        {"http_service": {"checks": [{**CHECK, "interval": 15}]}},
        "service.checks.0.interval",
        1.0,
    ),
    "no grace period is over 60 s": (
        {"http_service": {"checks": [{**CHECK, "grace_period": "5m"}]}},
        "service.checks.0.grace",
        60.0,
    ),
    "a method is written as HTTP does": (
        {"http_service": {"checks": [{**CHECK, "method": "get"}]}},
        "service.checks.0.method",
        "GET",
    ),
    "max_unavailable may be a count": (
        {"deploy": {"max_unavailable": 2}},
        "deploy.max_unavailable",
        2.0,
    ),
    "memory has units": ({"vm": [{"memory": "1gb"}]}, "memory", 1024),
    "a restart policy has retries": ({"restart": [{"retries": 5}]}, "retries", 5),
}


@pytest.mark.parametrize("row", SAID)
def test_what_is_said_is_read(row: str) -> None:
    words, path, expected = SAID[row]
    assert value(parse(words), path) == expected


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "bluegreen needs a check": ({"deploy": {"strategy": "bluegreen"}}, "needs a check"),
    "bluegreen refuses volumes": (
        {
            "deploy": {"strategy": "bluegreen"},
            "mounts": {"source": "data"},
            "http_service": {"checks": [CHECK]},
        },
        "refuses volumes",
    ),
    "canary refuses volumes": (
        {"deploy": {"strategy": "canary"}, "mounts": {"source": "data"}},
        "refuses volumes",
    ),
    "names that begin with FLY_ are Fly's": ({"env": {"FLY_REGION": "sin"}}, "FLY_"),
    "variables are texts": ({"env": {"PORT": 8080}}, "as a text"),
    "an unknown strategy": ({"deploy": {"strategy": "blue-green"}}, "none of rolling"),
    "limits by nothing": ({"http_service": {"concurrency": {"type": "sockets"}}}, "none of"),
    "auto stop by a boolean": ({"http_service": {"auto_stop_machines": True}}, "none of off"),
    "an unknown signal": ({"kill_signal": "SIGSTOPPED"}, "no signal"),
    "a time without a unit": ({"kill_timeout": "30"}, "no time"),
    "a memory without a size": ({"vm": [{"memory": "much"}]}, "no size"),
}


@pytest.mark.parametrize("row", REFUSED)
def test_what_fly_would_refuse_is_refused(row: str) -> None:
    words, sentence = REFUSED[row]
    with pytest.raises(BadFlyFile, match=sentence):
        parse(words)


@pytest.mark.parametrize(("said", "meant"), [("1m30s", 90.0), ("500ms", 0.5), ("1.5h", 5400.0)])
def test_times_are_read(said: str, meant: float) -> None:
    assert seconds(said, "key") == meant


@pytest.mark.parametrize("name", TOMLS)
def test_our_own_files_are_read(name: str) -> None:
    ours: FlyFile = read(ROOT / name)
    assert (ours.kill_signal, ours.kill_timeout) == (signal.SIGTERM, 30.0)
    assert ours.service.auto_stop == "stop"
    assert ours.service.limits.soft < (ours.service.limits.hard or 0)
    assert ours.deploy.release_command == "python manage.py release"


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(BadFlyFile, match="cannot be read"):
        read(ROOT / "no-such-fly.toml")

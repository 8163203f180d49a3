"""What a fly.toml says, as far as one machine can rehearse it, with the defaults that Fly documents
(docs/devops/fleet.md names what is left out)."""

from __future__ import annotations

import re
import signal
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

Load = Literal["connections", "requests"]
AutoStop = Literal["off", "stop", "suspend"]
Strategy = Literal["rolling", "bluegreen", "canary", "immediate"]

#: Fly clamps what a check asks for, with a warning; seconds.
CHECK_SHORTEST, CHECK_LONGEST = 1.0, 60.0
LONGEST_KILL_TIMEOUT: Final = 300.0
_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_SIZE: Final = {"": 1, "mb": 1, "gb": 1024}


class BadFlyFile(Exception):
    """A fly.toml that Fly would refuse, or that says what is not rehearsed here; says which line."""


@dataclass(frozen=True)
class Limits:
    """How much one machine takes; ``hard`` is None where there is no limit."""

    kind: Load = "connections"
    soft: int = 20
    hard: int | None = None


@dataclass(frozen=True)
class Check:
    """A question that decides whether a machine is led to; times in seconds."""

    path: str
    method: str = "GET"
    interval: float = 15.0
    timeout: float = 2.0
    grace: float = 5.0


@dataclass(frozen=True)
class Service:
    """What the edge does for the app."""

    port: int = 8080
    force_https: bool = False
    auto_stop: AutoStop = "off"
    auto_start: bool = True
    least_running: int = 0
    limits: Limits = Limits()
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Deploy:
    """How a new version comes; times in seconds."""

    strategy: Strategy = "rolling"
    max_unavailable: float = 0.33
    wait_timeout: float = 300.0
    release_command: str = ""
    release_timeout: float = 300.0


@dataclass(frozen=True)
class FlyFile:
    """An app as its fly.toml describes it."""

    app: str
    region: str
    kill_signal: signal.Signals = signal.SIGINT
    kill_timeout: float = 5.0
    memory: int = 256  # MB
    swap: int = 0  # MB
    has_volume: bool = False
    retries: int = 10
    restarts: bool = True
    env: Mapping[str, str] = field(default_factory=dict)
    service: Service = Service()
    deploy: Deploy = Deploy()


def read(path: Path) -> FlyFile:
    """Read a fly.toml. Raises ``BadFlyFile``."""
    try:
        return parse(tomllib.loads(path.read_text()))
    except OSError as error:
        raise BadFlyFile(f"{path} cannot be read: {error.strerror}.") from error
    except tomllib.TOMLDecodeError as error:
        raise BadFlyFile(f"{path} is no TOML: {error}.") from error


def parse(words: Mapping[str, Any]) -> FlyFile:
    """Read a document. Raises ``BadFlyFile``."""
    size = (words.get("vm") or [{}])[0]
    restart = (words.get("restart") or [{}])[0]
    parsed = FlyFile(
        app=words.get("app", "app"),
        region=words.get("primary_region", "local"),
        kill_signal=_signal(words.get("kill_signal", "SIGINT")),
        kill_timeout=min(
            seconds(words.get("kill_timeout", 5), "kill_timeout"), LONGEST_KILL_TIMEOUT
        ),
        memory=_megabytes(size.get("memory", 256)),
        swap=int(words.get("swap_size_mb", 0)),
        has_volume=bool(words.get("mounts")),
        retries=int(restart.get("retries", 10)),
        restarts=restart.get("policy", "on-failure") != "never",
        env=_env(words.get("env", {})),
        service=_service(words.get("http_service", {})),
        deploy=_deploy(words.get("deploy", {})),
    )
    _agree(parsed)
    return parsed


def seconds(value: int | float | str, key: str, *, bare: float = 1.0) -> float:
    """Read a time. A bare number counts ``bare`` seconds for each: in checks they are milliseconds."""
    if isinstance(value, int | float):
        return value * bare
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h)", value)
    if not parts or "".join(number + unit for number, unit in parts) != value:
        raise BadFlyFile(f"{key} is {value!r}, and no time such as 15s or 10m.")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def _agree(parsed: FlyFile) -> None:
    if parsed.deploy.strategy == "bluegreen" and not parsed.service.checks:
        raise BadFlyFile("A bluegreen deploy needs a check: add [[http_service.checks]].")
    if parsed.deploy.strategy in ("bluegreen", "canary") and parsed.has_volume:
        raise BadFlyFile(f"A {parsed.deploy.strategy} deploy refuses volumes: take out [mounts].")


def _env(words: Mapping[str, Any]) -> Mapping[str, str]:
    for name, value in words.items():
        if name.startswith("FLY_"):
            raise BadFlyFile(f"[env] {name}: names that begin with FLY_ are Fly's own.")
        if not isinstance(value, str):
            raise BadFlyFile(f"[env] {name} is {value!r}: write it as a text.")
    return dict(words)


def _signal(name: str) -> signal.Signals:
    try:
        return signal.Signals[name]
    except KeyError:
        raise BadFlyFile(f"kill_signal is {name!r}, and no signal.") from None


def _megabytes(value: int | str) -> int:
    found = re.fullmatch(r"(\d+)\s*([a-z]*)", str(value).lower())
    if not found or found[2] not in _SIZE:
        raise BadFlyFile(f"memory is {value!r}, and no size such as 512mb.")
    return int(found[1]) * _SIZE[found[2]]


def _one_of(value: str, kind: Any, key: str) -> Any:
    if value not in get_args(kind):
        raise BadFlyFile(f"{key} is {value!r}, and none of {', '.join(get_args(kind))}.")
    return value


def _service(words: Mapping[str, Any]) -> Service:
    limits = words.get("concurrency", {})
    return Service(
        port=words.get("internal_port", 8080),
        force_https=words.get("force_https", False),
        auto_stop=_one_of(
            words.get("auto_stop_machines", "off"), AutoStop, "http_service.auto_stop_machines"
        ),
        auto_start=words.get("auto_start_machines", True),
        least_running=words.get("min_machines_running", 0),
        limits=Limits(
            _one_of(limits.get("type", "connections"), Load, "concurrency.type"),
            limits.get("soft_limit", 20),
            limits.get("hard_limit"),
        ),
        checks=tuple(_check(one) for one in words.get("checks", ())),
    )


def _check(words: Mapping[str, Any]) -> Check:
    given = {"interval": "interval", "timeout": "timeout", "grace": "grace_period"}
    times = {}
    for name, key in given.items():
        if key in words:
            asked = seconds(words[key], key, bare=0.001)
            times[name] = min(max(asked, CHECK_SHORTEST), CHECK_LONGEST)
    return Check(words.get("path", "/"), words.get("method", "GET").upper(), **times)


def _deploy(words: Mapping[str, Any]) -> Deploy:
    return Deploy(
        _one_of(words.get("strategy", "rolling"), Strategy, "deploy.strategy"),
        float(words.get("max_unavailable", 0.33)),
        seconds(words.get("wait_timeout", "5m"), "wait_timeout"),
        words.get("release_command", ""),
        seconds(words.get("release_command_timeout", "5m"), "release_command_timeout"),
    )

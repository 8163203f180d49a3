"""A database and a Redis for layers, and the layers themselves."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.realtime.stage import Actor, Spec, stage
from tests.waiting import answers, free_port, until

GAP = "it reads what waits, and LISTENs afterwards: what comes in between is heard by nobody"
#: Seconds for a peer that may have lost by chance what is waited for; it takes milliseconds.
LOST = 4.0
#: Large enough that the contract's tests never fill it by chance.
CAPACITY = 1000


@pytest.fixture
def start() -> Iterator[Callable[..., Actor]]:
    with stage() as start_actor:
        yield start_actor


@pytest.fixture(scope="session")
def layer_database() -> Iterator[str]:
    """The address of a database of its own, with the layers' tables."""
    params = connections["default"].get_connection_params()
    known = ("user", "password", "host", "port")
    server = make_conninfo(**{key: params[key] for key in known if params.get(key)})
    name = f"layers_{os.getpid()}"
    with psycopg.connect(server, dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            address = make_conninfo(server, dbname=name)
            with stage() as start_actor:
                start_actor(ours(address), migrate=True)
            yield address
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def redis_address() -> Iterator[str]:
    """The address of a Redis of its own; without one, its layers are not tested."""
    program = shutil.which("redis-server")
    if program is None or importlib.util.find_spec("channels_redis") is None:
        pytest.skip("There is no Redis here: its layers are not tested.")
    port = free_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL)
    try:
        until(lambda: answers(port))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def django_database(address: str) -> dict[str, Any]:
    words = conninfo_to_dict(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": words["dbname"],
        "USER": words.get("user", ""),
        "PASSWORD": words.get("password", ""),
        "HOST": words.get("host", ""),
        "PORT": words.get("port", ""),
        "TIME_ZONE": "UTC",
    }


def ours(address: str, **config: Any) -> Spec:
    return Spec(
        "ours",
        "realtime.layer.PostgresChannelLayer",
        {"conninfo": address, "capacity": CAPACITY, **config},
        databases={"default": django_database(address)},
        apps=["realtime", "channels_postgres"],
    )


def channels_postgres(address: str) -> Spec:
    database = django_database(address)
    return Spec(
        "channels-postgres",
        "channels_postgres.core.PostgresChannelLayer",
        database,
        databases={"default": database, "channels_postgres": database},
        apps=["channels_postgres"],
        patience=LOST,
    )


def redis(address: str, kind: str) -> Spec:
    backend = {
        "core": "channels_redis.core.RedisChannelLayer",
        "pubsub": "channels_redis.pubsub.RedisPubSubChannelLayer",
    }[kind]
    config: dict[str, Any] = {"hosts": [address]}
    return Spec(f"redis-{kind}", backend, {**config, "capacity": CAPACITY})


def memory() -> Spec:
    return Spec("memory", "channels.layers.InMemoryChannelLayer", {"capacity": CAPACITY})


@pytest.fixture(scope="module")
def realtime_alone() -> Iterator[None]:
    """Tests that really commit empty the tables of realtime alone: the whole house takes a second.
    (For a module, so that it is here before, and gone after, pytest-django's own.)"""

    def empty(_command: str, **_words: Any) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "TRUNCATE realtime_room, realtime_event, realtime_instance, realtime_connection"
            )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.testcases.call_command", empty)
        yield


@pytest.fixture
def spec(request: pytest.FixtureRequest) -> Spec:
    name: str = request.param
    for mark in request.node.iter_markers("fails"):
        if name == mark.kwargs["name"]:
            always = mark.kwargs["always"]
            request.applymarker(pytest.mark.xfail(reason=mark.kwargs["cause"], strict=always))
    if name == "channels-postgres":
        # Where a mark names no other cause, this one may strike: by chance, in any test.
        request.applymarker(pytest.mark.xfail(reason=GAP, strict=False))
    if name == "memory":
        return memory()
    if name.startswith("redis"):
        return redis(request.getfixturevalue("redis_address"), name.removeprefix("redis-"))
    address = request.getfixturevalue("layer_database")
    return ours(address) if name == "ours" else channels_postgres(address)


@pytest.fixture
def room() -> str:
    """A group's name; one layer keeps the rows of processes that have ended, so none is used twice."""
    return f"room.{secrets.token_hex(4)}"

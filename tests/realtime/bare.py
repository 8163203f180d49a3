"""An instance of another project that has nothing but realtime, on the house's server: real processes for
tests of faults. ``python -m tests.realtime.bare SPEC LISTENER``; SPEC is JSON (``conninfo``, ``realtime``:
settings.REALTIME), LISTENER the number of a bound socket. Over HTTP it does what tests ask.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from typing import Any
from urllib.parse import parse_qs

from tests.realtime.memory import kept

ORIGIN = "http://bare.test"


def database(conninfo: str) -> dict[str, Any]:
    """Give the entry of ``DATABASES``, with the house's pool."""
    from psycopg.conninfo import conninfo_to_dict

    from esensi.database_url import pool

    words = conninfo_to_dict(conninfo)
    return {
        "ENGINE": "realtime.backend",
        "NAME": words["dbname"],
        **{key.upper(): words.get(key, "") for key in ("user", "password", "host", "port")},
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {**pool(4), "timeout": 5}},
    }


def configure(spec: dict[str, Any]) -> None:
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={"default": database(spec["conninfo"])},
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "realtime",
        ],
        CHANNEL_LAYERS={"default": {"BACKEND": "realtime.layer.PostgresChannelLayer"}},
        REALTIME={"SOCKETS_PER_ADDRESS": 10_000, **spec.get("realtime", {})},
        SECRET_KEY="bare",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        # What esensi.lifespan asks for.
        ESENSI_ENV="local",
        METRICS_PORT=None,
        WORKER="off",
        LOGGING={
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"console": {"class": "logging.StreamHandler"}},
            "root": {"handlers": ["console"], "level": "WARNING"},
        },
    )
    django.setup()
    from tests.realtime import fleet_rooms  # noqa: F401 - registers the kinds


async def publish(words: dict[str, list[str]]) -> dict[str, Any]:
    """Count on in a room, in a transaction of its own."""
    from django.db import transaction

    from realtime.asking import in_thread
    from realtime.streams import publish
    from tests.realtime.rooms_of_tests import Counted

    def commit() -> None:
        with transaction.atomic():
            publish(words["room"][0], Counted(n=int(words["n"][0])))

    await in_thread(commit)
    return {}


async def slow(words: dict[str, list[str]]) -> dict[str, Any]:
    """A request that takes its time."""
    await asyncio.sleep(float(words["seconds"][0]))
    return {"done": True}


async def facts(_words: dict[str, list[str]]) -> dict[str, Any]:
    """What this process has: sockets, rooms, counters, memory in use."""
    from realtime import instances, metrics
    from realtime.hub import Hub

    hub, here = Hub.here(), instances.here()
    return {
        "instance": here.me.id if here else "",
        "sockets": len(hub.connections()),
        "rooms": len(hub.rooms),
        "memory": kept(),
        "tasks": len(asyncio.all_tasks()),
        "metrics": metrics.snapshot(),
    }


DOES = {"/publish": publish, "/slow": slow, "/facts": facts}


async def control(scope: Any, _receive: Any, send: Any) -> None:
    """Do what a test asks; 503 and the error's class where it cannot be done."""
    status, said = 200, {}
    try:
        said = await DOES[scope["path"]](parse_qs(scope["query_string"].decode()))
    except Exception as error:  # noqa: BLE001 - the test is told
        status, said = 503, {"error": type(error).__name__, "text": str(error)[:300]}
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})


def make_application() -> Any:
    from esensi.lifespan import lifespan
    from realtime.reception import Door
    from realtime.socket import Sockets
    from realtime.sse import EventStreams

    door = Door(lambda scope: "bare", [ORIGIN], lambda scope: "127.0.0.1")
    doors = {
        "websocket": Sockets(door),
        "http": EventStreams(control, door),
        "lifespan": lifespan,
    }

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await doors[scope["type"]](scope, receive, send)

    return application


def main(spec: str, listener: str) -> None:
    configure(json.loads(spec))
    if listener == "migrate":
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return
    from esensi import server

    configuration = server.configuration(access_log=False, grace=5)
    configuration.app = make_application()
    configuration.ws_ping_interval = configuration.ws_ping_timeout = 20.0
    bound = socket.socket(fileno=int(listener))
    try:
        server.Server(configuration, lambda: None).run(sockets=[bound])
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main(*sys.argv[1:])

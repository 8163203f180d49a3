"""``python -m tests.esensi.fleet.stub --fd N``: a program that starts in a blink, in the place of the house.
It says how it was asked, and what it is told to say; VERSION_SICK is a version that never gets well."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from typing import Any
from urllib.parse import parse_qs

MACHINE = os.environ.get("FLY_MACHINE_ID", "")
VERSION = os.environ.get("FLY_MACHINE_VERSION", "")


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await talk(scope, receive, send)
    elif scope["type"] == "http":
        await answer(scope, receive, send)


async def answer(scope: Any, receive: Any, send: Any) -> None:
    query = {key: values[0] for key, values in parse_qs(scope["query_string"].decode()).items()}
    headers = {key.decode(): value.decode() for key, value in scope["headers"]}
    length = await body_of(receive)
    if "slow" in query:
        print("is slow", flush=True)  # noqa: T201 - which a test waits for
        await asyncio.sleep(float(query["slow"]))
    status = int(query.get("status", 200))
    if scope["path"] == "/healthz":
        status = 503 if os.environ.get("VERSION_SICK") == VERSION else 200
    told = [
        (b"content-type", b"application/json"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
    ]
    wanted = query.get("replay", "").replace("$me", MACHINE)
    if wanted and ("fly-replay-src" not in headers or "again" in query):
        told.append((b"fly-replay", wanted.encode()))
        status = 409
    said = {
        **{"machine": MACHINE, "version": VERSION, "method": scope["method"]},
        **{"path": scope["raw_path"].decode(), "headers": headers, "length": length},
    }
    if "break" in query:
        await send({"type": "http.response.start", "status": 200, "headers": told})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        os._exit(1)
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})


async def body_of(receive: Any) -> int:
    """Read the body; how long it was."""
    length = 0
    while True:
        message = await receive()
        length += len(message.get("body", b""))
        if not message.get("more_body"):
            return length


async def talk(scope: Any, receive: Any, send: Any) -> None:
    """Say who it is, and everything back; "close" has it close by 4001, "die" end the process."""
    await receive()
    headers = dict(scope["headers"])
    if scope["path"] == "/refused/":
        start = {"type": "websocket.http.response.start", "status": 503}
        await send({**start, "headers": [(b"retry-after", b"2")]})
        await send({"type": "websocket.http.response.body", "body": b"no"})
        return
    if scope["path"] == "/elsewhere/" and b"fly-replay-src" not in headers:
        start = {"type": "websocket.http.response.start", "status": 409}
        await send({**start, "headers": [(b"fly-replay", b"elsewhere=true")]})
        await send({"type": "websocket.http.response.body", "body": b"elsewhere"})
        return
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": MACHINE})
    while (message := await receive())["type"] == "websocket.receive":
        if message.get("text") == "close":
            await send({"type": "websocket.close", "code": 4001, "reason": "enough"})
            return
        if message.get("text") == "die":
            os._exit(1)
        await send({**message, "type": "websocket.send"})


def main() -> None:
    import uvicorn

    if "--fd" not in sys.argv:  # as the release command
        print("released", os.environ.get("RELEASE_COMMAND"))  # noqa: T201
        raise SystemExit(int(os.environ.get("RELEASE_FAILS", "0")))
    listener = socket.socket(fileno=int(sys.argv[sys.argv.index("--fd") + 1]))
    config = uvicorn.Config(application, log_level="warning", lifespan="off", http="httptools")
    config.timeout_graceful_shutdown = 2
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()

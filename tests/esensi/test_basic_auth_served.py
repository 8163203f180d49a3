"""Development as deployed: pages, a socket and an event stream behind the door, on a real server."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPMessage
from typing import NamedTuple

import pytest
from django.core.management import call_command
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from sites import hosts
from tests.esensi.local_server import REPOSITORY, wait_for
from tests.sites.test_doors import database_url
from tests.waiting import free_port

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = tuple(hosts.names("development", "esensi.online", 443).domains.values())
NAME = "chapter-dev.esensi.online"
STREAM = '/realtime/events/?join=[{"room":"book.1"}]'
RIGHT = {"Authorization": "Basic " + base64.b64encode(b"ratih:saltwater-lamp").decode()}
WRONG = {"Authorization": "Basic " + base64.b64encode(b"ratih:saltwater-lamb").decode()}


@pytest.fixture
def port() -> Iterator[int]:
    call_command("sync_sites", verbosity=0)
    port = free_port()
    environment = {
        "ESENSI_ENV": "development",
        "SECRET_KEY": "development-of-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
        "EMAIL_URL": "smtp://mail.invalid",
        "FILES_BACKEND": "folder",
        "BASIC_AUTH": "ratih:saltwater-lamp",
        "DATABASE_URL": database_url(),
        "PORT": str(port),
        "WORKER": "off",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=REPOSITORY, env=os.environ | environment
    )
    try:
        wait_for(lambda: process.poll() is not None or status(port, "/healthz") == 200, "a server")
        yield port
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=15)
        process.kill()
        process.wait()


#: As in the image, on loopback; without what collectstatic would have made.
PROGRAM = """
import os
from django.conf import settings
import esensi.settings as own
own.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
from django.core.management import call_command
import django; django.setup()
call_command("sync_sites", verbosity=0)
from esensi import server
server.serve(server.bind("127.0.0.1", int(os.environ["PORT"])), grace=1)
"""


def headers(**more: str) -> dict[str, str]:
    return {"Host": NAME, "X-Forwarded-Proto": "https", **more}


class Answer(NamedTuple):
    status: int
    headers: HTTPMessage


def ask(port: int, path: str, **more: str) -> Answer:
    """The head of an answer; a stream would go on."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers=headers(**more))
        with connection.getresponse() as answer:
            return Answer(answer.status, answer.headers)
    finally:
        connection.close()


def status(port: int, path: str, **more: str) -> int:
    try:
        return ask(port, path, **more).status
    except OSError:
        return 0


def cookie_of(port: int) -> str:
    given = ask(port, "/", **RIGHT).headers.get_all("Set-Cookie") or []
    return next(one.partition(";")[0] for one in given if "-door=" in one)


async def shake(port: int, **more: str) -> str:
    """The status of a refused handshake, or the first message of a socket."""
    lines = headers(**more) | {"Origin": f"https://{NAME}"}
    del lines["Host"]
    try:
        async with connect(
            f"ws://{NAME}/realtime/", host="127.0.0.1", port=port, additional_headers=lines
        ) as socket:
            [welcome, *_rest] = json.loads(await asyncio.wait_for(socket.recv(), 20))
            return str(welcome["is"])
    except InvalidStatus as refused:
        return str(refused.response.status_code)


def test_nothing_is_reached_without_a_password_and_everything_with_one(port: int) -> None:
    for path in ("/", "/static/house.css", STREAM, "/realtime/say/", "/robots.txt"):
        assert (status(port, path), status(port, path, **WRONG)) == (401, 401), path
    assert status(port, "/healthz") == 200
    assert asyncio.run(shake(port)) == "401"
    assert asyncio.run(shake(port, **WRONG)) == "401"

    for name in NAMES:
        assert (status(port, "/", Host=name), status(port, "/", Host=name, **WRONG)) == (401, 401)

    page = ask(port, "/", **RIGHT)
    assert (page.status, page.headers["X-Robots-Tag"]) == (200, "noindex")
    door = {"Cookie": cookie_of(port)}
    assert [status(port, "/", Host=name, **door) for name in NAMES] == [200, 200, 302, 302, 302]
    assert asyncio.run(shake(port, **door)) == "welcome"
    stream = ask(port, STREAM, **door)
    assert (stream.status, stream.headers["Content-Type"].split(";")[0]) == (
        200,
        "text/event-stream",
    )


def test_a_network_that_guesses_is_stopped_and_the_cookie_still_opens(port: int) -> None:
    door = {"Cookie": cookie_of(port)}
    seen = {status(port, "/", **WRONG) for _ in range(22)}
    assert seen == {401, 429}
    refused = ask(port, "/", **RIGHT)
    assert refused.status == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 600
    assert status(port, "/", **door) == 200


def test_without_names_the_program_does_not_start() -> None:
    environment = {
        "ESENSI_ENV": "development",
        "SECRET_KEY": "development-of-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
        "EMAIL_URL": "smtp://mail.invalid",
        "FILES_BACKEND": "folder",
        "DATABASE_URL": database_url(),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "esensi.server"],
        cwd=REPOSITORY,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode != 0
    assert "BASIC_AUTH is missing." in ended.stderr

"""Errors arrive at a Sentry, and nothing about anybody arrives with them."""

from __future__ import annotations

import gzip
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from esensi import faults
from esensi.env import read
from esensi.faults import Faults
from esensi.logs import logging_settings
from esensi.one_thread import OneThreadHandler
from esensi.record import Record, current
from esensi.recorded import Recorded
from sites.hosts import HOSTS
from tests.sites.doors_probe import ask

ADDRESS = "larasati.faults@mail.example"
KEY = "s3cr3t-0aB9cD8eF7gH6iJ5kL"
#: Seconds for an event to come over the loopback, on a machine that is busy.
PATIENCE = 30.0


class Sentry(ThreadingHTTPServer):
    """Takes events as Sentry's ingestion does."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Ingestion)
        self.came = threading.Condition()
        self.bodies: list[str] = []
        self.headers: list[str] = []

    @property
    def dsn(self) -> str:
        return f"http://public@127.0.0.1:{self.server_address[1]}/7"

    def events(self, number: int) -> list[dict[str, Any]]:
        """Wait for so many events."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.bodies) >= number, PATIENCE)
            return [json.loads(body.splitlines()[2]) for body in self.bodies]


class _Ingestion(BaseHTTPRequestHandler):
    server: Sentry

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress}
        body = unpack.get(self.headers["content-encoding"], bytes)(body)
        with self.server.came:
            self.server.bodies.append(body.decode())
            self.server.headers.append(str(self.headers))
            self.server.came.notify_all()
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_given: Any) -> None:
        return


@pytest.fixture
def sentry() -> Iterator[Sentry]:
    server = Sentry()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def handler(sentry: Sentry) -> Iterator[Faults]:
    """The handler that a deployed process has, on Django's logger and the root's."""
    made = Faults(
        dsn=sentry.dsn,
        environment="production",
        version="deployment-01",
        machine="148e21",
        region="sin",
    )
    made.setLevel(logging.ERROR)
    loggers = [logging.getLogger(), logging.getLogger("django")]
    for logger in loggers:
        logger.addHandler(made)
    yield made
    for logger in loggers:
        logger.removeHandler(made)
    if made._client is not None:
        made._client.close(timeout=0)


@pytest.fixture
def account(transactional_db: None) -> tuple[int, str]:
    """An account's number and the cookie that opens it."""
    user = get_user_model().objects.create_user(email=ADDRESS, name="Larasati Kusumawati")
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    return int(user.pk), f"{settings.SESSION_COOKIE_NAME}={cookie}"


async def break_a_page(settings: Any, path: str, cookie: str) -> Any:
    """Ask for a page that breaks, with everything in the request that nobody else may learn."""
    settings.MIDDLEWARE = [
        *(each for each in settings.MIDDLEWARE if "csrf" not in each.lower()),
        "tests.esensi.broken_pages.asking_who",
    ]
    broken = replace(HOSTS["main"], urlconf="tests.esensi.broken_pages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(HOSTS, "main", broken)
        return await ask(
            Recorded(OneThreadHandler()),
            settings.HOST_NAMES.domains["main"],
            f"/{path}/{KEY}/?token={KEY}&email={ADDRESS}",
            method="POST",
            body=f"email={ADDRESS}&password=battery-staple".encode(),
            cookie=cookie,
            authorization=f"Bearer {KEY}",
            fly_client_ip="203.0.113.88",
            user_agent="Larasati's browser",
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "case",
    [
        ("taken", "IntegrityError", "SQLSTATE 23505"),
        ("mistaken", "AttributeError", "'NoneType' object has no attribute 'slug'"),
    ],
)
@pytest.mark.usefixtures("handler")
async def test_a_broken_page_arrives_with_what_broke_and_where(
    sentry: Sentry, account: tuple[int, str], settings: Any, case: tuple[str, str, str]
) -> None:
    path, error, says = case
    number, cookie = account
    answer = await break_a_page(settings, path, cookie)
    assert answer["status"] == 500
    (event,) = sentry.events(1)
    assert event["user"] == {"id": str(number)}
    assert event["transaction"] == f"/{path}/<str:key>/"
    assert event["tags"] == {
        "machine": "148e21",
        "region": "sin",
        "host": "main",
        "method": "POST",
        "request": answer["headers"]["x-request-id"],
    }
    assert (event["environment"], event["release"]) == ("production", "deployment-01")
    assert event["server_name"] == "148e21"
    last = event["exception"]["values"][-1]
    assert (last["type"], last["value"]) == (error, says)
    frames = last["stacktrace"]["frames"]
    assert all(frame["filename"] and frame["lineno"] for frame in frames)
    assert any(frame["function"] == path and frame["context_line"] for frame in frames)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["taken", "mistaken"])
@pytest.mark.usefixtures("handler")
async def test_nothing_about_anybody_arrives_with_it(
    sentry: Sentry, account: tuple[int, str], settings: Any, path: str
) -> None:
    _number, cookie = account
    await break_a_page(settings, path, cookie)
    (event,) = sentry.events(1)
    assert set(event) <= faults._KNOWN | {"breadcrumbs"}
    sent = "".join([*sentry.bodies, *sentry.headers])
    secrets = (ADDRESS, "arasati", KEY, "battery-staple", cookie.partition("=")[2], "203.0.113")
    for secret in (*secrets, "/work", settings.BASE_DIR.as_posix()):
        assert secret not in sent, secret


def test_a_sentence_is_sent_as_the_code_has_it(sentry: Sentry, handler: Faults) -> None:
    logging.getLogger("esensi.tests").error("A mail to %s was refused.", ADDRESS)
    (event,) = sentry.events(1)
    assert event["logentry"] == {"message": "A mail to %s was refused."}
    assert "user" not in event
    assert "mail.example" not in sentry.bodies[0]


def test_a_visitor_has_no_number(handler: Faults) -> None:
    token = current.set(Record("5d3b", "GET", "main", 0.0))
    try:
        event = handler.event_of(logging.makeLogRecord({"msg": "broken", "levelname": "ERROR"}))
    finally:
        current.reset(token)
    assert "user" not in event
    assert event["tags"]["request"] == "5d3b"


def test_what_an_sdk_to_come_would_add_stays_here() -> None:
    known = {"level": "error", "user": {"id": "7"}}
    added = {"request": {"cookies": KEY}, "breadcrumbs": [], "extra": {}, "contexts": {}}
    assert faults._only_known(known | added, {}) == known


def test_a_storm_is_sent_in_part(handler: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    class Client:
        capture_event = staticmethod(sent.append)

        @staticmethod
        def close(timeout: float) -> None:
            return

    monkeypatch.setattr(handler, "_client", Client())
    for number in range(faults.MOST_A_MINUTE * 3):
        logging.getLogger("esensi.tests").error("Broken %d.", number)
    assert len(sent) == faults.MOST_A_MINUTE


def test_a_sentry_that_fails_fails_nobody(
    handler: Faults, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Any:
        raise RuntimeError(ADDRESS)

    monkeypatch.setattr(handler, "_here", broken)
    logging.getLogger("esensi.tests").error("A mail to %s was refused.", ADDRESS)
    told = capsys.readouterr().err
    assert "An error was not sent to Sentry: RuntimeError." in told
    assert "Traceback" not in told


def test_only_a_dsn_brings_the_handler() -> None:
    without = logging_settings(read({}))
    assert "faults" not in without["handlers"]
    dsn = "https://abc123@o1.ingest.sentry.example/42"
    with_it = logging_settings(read({"SENTRY_DSN": dsn}))
    assert with_it["handlers"]["faults"]["dsn"] == dsn
    for name in ("django", "procrastinate"):
        assert "faults" in with_it["loggers"][name]["handlers"]
    assert "faults" in with_it["root"]["handlers"]


def test_requests_that_nobody_can_read_take_no_room_of_errors() -> None:
    """Anybody can send them, thirty in a minute and more."""
    told = logging_settings(read({"SENTRY_DSN": "https://key@sentry.example/1"}))["loggers"]
    assert "faults" in told["django"]["handlers"]
    for name in ("django.security", "django.security.DisallowedHost"):
        assert "faults" not in told[name]["handlers"]
        assert told[name]["propagate"] is False

"""One line for every request: what it took, and nothing about anybody but the number of an account."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from esensi import http_metrics
from esensi.asgi import application
from esensi.json_log import JsonLines
from esensi.one_thread import OneThreadHandler
from esensi.record import current
from esensi.recorded import Recorded
from sites.hosts import HOSTS
from tests.sites.doors_probe import ask, http_scope

ADDRESS = "puspita.recorded@mail.example"
KEY = "k3y-Zq81xT0pLm22vRw9aa"
PATH = f"/secret/{KEY}/?email={ADDRESS}&token={KEY}"
FIELDS = {
    *("at", "level", "logger", "machine", "region", "request", "host", "method", "route", "status"),
    *("user", "seconds", "waited", "database", "queries", "render", "bytes", "cached"),
}


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the log says meanwhile, as it is written where the house is deployed."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines("148e21", "sin"))
    requests = logging.getLogger("esensi.requests")
    loggers = [logging.getLogger(), logging.getLogger("django")]
    level = requests.level
    requests.setLevel(logging.INFO)
    for logger in loggers:
        logger.addHandler(handler)
    yield written
    for logger in loggers:
        logger.removeHandler(handler)
    requests.setLevel(level)


@pytest.fixture
def broken_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have main answer by pages that break."""
    host = HOSTS["main"]
    monkeypatch.setitem(HOSTS, "main", replace(host, urlconf="tests.esensi.broken_pages"))


def main() -> str:
    return str(settings.HOST_NAMES.domains["main"])


def told(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.fixture
def account(transactional_db: None) -> tuple[int, str]:
    """An account's number and the cookie that opens it."""
    user = get_user_model().objects.create_user(email=ADDRESS, name="Puspita Wardhani")
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    return int(user.pk), f"{settings.SESSION_COOKIE_NAME}={cookie}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("broken_pages")
async def test_a_line_says_what_a_request_took_and_whose_it_was(
    lines: io.StringIO, account: tuple[int, str]
) -> None:
    number, cookie = account
    answer = await ask(application, main(), PATH, cookie=cookie, x_request_id="mine")
    assert answer["status"] == 200
    (line,) = told(lines)
    assert set(line) == FIELDS
    assert line["logger"] == "esensi.requests"
    assert (line["machine"], line["region"]) == ("148e21", "sin")
    assert (line["host"], line["method"], line["status"]) == ("main", "GET", 200)
    assert line["route"] == "/secret/<str:key>/"
    assert line["user"] == number
    assert line["queries"] >= 3  # the session, its user, and the page's own two
    assert 0.01 <= line["database"] < line["seconds"]
    assert 0 < line["render"] < line["seconds"]
    assert 0 <= line["waited"] < line["seconds"]
    assert line["bytes"] == len(answer["body"].encode()) > 0
    assert line["cached"] is False
    assert answer["headers"]["x-request-id"] == line["request"] != "mine"
    assert current.get() is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("broken_pages")
@pytest.mark.parametrize(
    "case",
    [
        ("taken", "IntegrityError", "SQLSTATE 23505"),
        ("mistaken", "AttributeError", "'NoneType' object has no attribute 'slug'"),
    ],
)
async def test_an_error_is_told_with_its_request_and_without_anybody(
    lines: io.StringIO, account: tuple[int, str], settings: Any, case: tuple[str, str, str]
) -> None:
    path, error, says = case
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "csrf" not in each.lower()]
    number, cookie = account
    app = Recorded(OneThreadHandler())
    answer = await ask(
        app,
        main(),
        f"/{path}/{KEY}/?token={KEY}",
        method="POST",
        body=f"email={ADDRESS}&password=correct-horse".encode(),
        cookie=cookie,
        fly_client_ip="203.0.113.77",
        user_agent="Puspita's browser",
    )
    assert answer["status"] == 500
    fault, request = told(lines)
    assert fault["level"] == "ERROR"
    assert fault["request"] == request["request"] == answer["headers"]["x-request-id"]
    assert (request["status"], request["route"]) == (500, f"/{path}/<str:key>/")
    assert request["user"] in (number, None)  # nobody may have asked who it is
    outer = fault["errors"][0]
    assert (outer["type"].rpartition(".")[2], outer["says"]) == (error, says)
    assert any("tests/esensi/broken_pages.py" in frame for frame in outer["frames"])
    written = lines.getvalue()
    session = cookie.partition("=")[2]
    for secret in (ADDRESS, "uspita", KEY, "correct-horse", session, "203.0.113", "/work", "127.0"):
        assert secret not in written, secret


@pytest.mark.django_db(transaction=True)
async def test_paths_that_lead_nowhere_are_not_repeated(lines: io.StringIO) -> None:
    await ask(application, main(), f"/reset-{KEY}/{ADDRESS}/?token={KEY}")
    await ask(application, f"{KEY}.example", f"/{KEY}/")
    nowhere, unknown = [line for line in told(lines) if line["logger"] == "esensi.requests"]
    assert (nowhere["status"], nowhere["route"]) == (404, None)
    assert (unknown["status"], unknown["host"]) == (400, None)
    assert KEY not in lines.getvalue()
    assert ADDRESS not in lines.getvalue()


async def test_health_checks_leave_no_line(lines: io.StringIO) -> None:
    answer = await ask(application, "anything", "/healthz")
    assert answer["status"] == 200
    assert told(lines) == []


@pytest.mark.parametrize(
    ("path", "route"),
    [("/static/house.css", "/static/"), (f"/files/{KEY}", "/files/"), ("/readyz", "/readyz")],
)
async def test_what_is_answered_beside_django_has_its_place_for_a_route(
    lines: io.StringIO, path: str, route: str
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    await ask(Recorded(app), main(), path)
    (line,) = told(lines)
    assert (line["route"], line["status"]) == (route, 204)


async def test_who_leaves_early_and_what_breaks_get_a_status_of_their_own(
    lines: io.StringIO,
) -> None:
    async def left(scope: Any, receive: Any, send: Any) -> None:
        return

    async def breaks(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("broken on purpose")

    async def nothing(message: Any) -> None:
        return

    scope = http_scope("nobody.example", "/", "BREW", {})
    await Recorded(left)(scope, None, nothing)  # type: ignore[arg-type]  # nothing is received
    with pytest.raises(RuntimeError):
        await Recorded(breaks)(dict(scope), None, nothing)  # type: ignore[arg-type]  # as above
    assert [(line["status"], line["method"]) for line in told(lines)] == [
        (499, "OTHER"),
        (500, "OTHER"),
    ]
    assert http_metrics.UNDER_WAY.value == 0


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ({"type": "websocket.accept"}, 101),
        ({"type": "websocket.close", "code": 1008}, 403),
        ({"type": "websocket.http.response.start", "status": 503, "headers": []}, 503),
    ],
)
async def test_of_a_socket_the_handshake_is_told_once(
    lines: io.StringIO, message: dict[str, Any], status: int
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["user_id"] = 7
        await send(message)
        await send({"type": "websocket.send", "text": f"[{KEY}]"})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/realtime/", "headers": [(b"host", main().encode())]}
    before = http_metrics.SECONDS.cumulated()[-1]
    await Recorded(app)(scope, None, send)  # type: ignore[arg-type]  # nothing is received
    (line,) = told(lines)
    assert (line["method"], line["status"], line["user"]) == ("WEBSOCKET", status, 7)
    assert len(sent) == 2
    assert http_metrics.SECONDS.cumulated()[-1] == before + (status != 101)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("broken_pages")
async def test_requests_are_counted() -> None:
    def counts() -> tuple[int, int, int, int, int]:
        return (
            http_metrics.REQUESTS.values().get(("main", "GET", "200"), 0),
            http_metrics.SECONDS.series().get(("main",), ([0], 0.0))[0][-1],
            http_metrics.DATABASE.cumulated()[-1],
            http_metrics.RENDER.cumulated()[-1],
            http_metrics.WAITED.cumulated()[-1],
        )

    before = counts()
    await ask(application, main(), PATH)
    assert counts() == tuple(number + 1 for number in before)

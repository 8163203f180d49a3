"""What may say who somebody is does not get into the log, whoever's sentence it was in."""

from __future__ import annotations

import io
import json
import logging

import pytest

from esensi.env import read
from esensi.json_log import JsonLines
from esensi.logs import logging_settings
from esensi.record import Record, current
from esensi.scrubbing import LONGEST, scrubbed, sentence_of


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("A mail to ratih@example.com was refused.", "A mail to [e-mail] was refused."),
        ("from 10.1.2.3:80", "from [address]:80"),
        ("at 2a09:8280:1::42:a port 5", "at [address] port 5"),
        ("::1 and fe80::1", "[address] and [address]"),
        ("2001:db8:0:0:0:0:0:1", "[address]"),
        ("GET /reset/?uid=5&token=abc HTTP/1.1", "GET /reset/?… HTTP/1.1"),
        ("postgresql://esensi:hush@db/x", "postgresql://…@db/x"),
        ("Cookie: a=b; c=d", "Cookie: …"),
        ("Authorization: Bearer abc", "Authorization: …"),
        ('Key (email)=(a b@c.d, "x") already exists.', "Key (email)=(…) already exists."),
        ("duplicate\nDETAIL:  Failing row contains (1, Ratih).", "duplicate\nDETAIL: …"),
        ("key 9f86d081884c7d659a2feaa0c55ad015", "key [token]"),
    ],
)
def test_what_points_at_somebody_is_taken_out(text: str, left: str) -> None:
    assert scrubbed(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "at 12:34:56 it was 3.11.4 and 42 %",
        "tests/esensi/test_scrubbing.py::test_names",
        "realtime_listener_reconnects_total rises",
        "The worker stopped (OperationalError); it starts again.",
        "realtime.backend.base.DatabaseWrapper",
    ],
)
def test_what_operators_need_stays(text: str) -> None:
    assert scrubbed(text) == text


def test_long_sentences_end() -> None:
    assert len(scrubbed("word " * LONGEST)) == LONGEST + 1


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (KeyError("ratih"), ""),
        (ValueError("Ratih Puspita is no number"), ""),
        (AttributeError("'Book' object has no attribute 'slag'"), None),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
    ],
)
def test_of_errors_only_the_programs_own_words_are_kept(error: Exception, says: str | None) -> None:
    assert sentence_of(error) == (str(error) if says is None else says)


def logged(record: dict[str, object]) -> dict[str, object]:
    line = JsonLines("148e21", "").format(logging.makeLogRecord(record))
    assert "\n" not in line
    found: dict[str, object] = json.loads(line)
    return found


def test_a_sentence_carries_its_requests_id() -> None:
    token = current.set(Record("5d3bba6c", "GET", "main", 0.0))
    try:
        line = logged(
            {"name": "realtime", "levelname": "WARNING", "msg": "Slow:\n%s", "args": (3,)}
        )
    finally:
        current.reset(token)
    assert line["request"] == "5d3bba6c"
    assert line["message"] == "Slow:\n3"
    assert (line["machine"], line["region"]) == ("148e21", None)
    assert logged({"name": "esensi", "msg": "alone"})["request"] is None


def test_django_names_no_path() -> None:
    line = logged({"name": "django.request", "msg": "%s: %s", "args": ("Not Found", "/reset/abc/")})
    assert line["message"] == "…: …"


def test_laptops_read_lines_and_machines_json() -> None:
    deployed = {
        "ESENSI_ENV": "production",
        "SECRET_KEY": "k3y-" * 5 + "0123456789abcdefghijklmnopqrstuvwxyz",
        "DATABASE_URL": "postgresql://esensi:pass@db.example:5432/esensi",
        "EMAIL_URL": "smtp://esensi:pass@mail.example",
        "FILES_BACKEND": "folder",
    }
    found = {
        (environment.get("ESENSI_ENV"), format_): logging_settings(
            read(environment | {"LOG_FORMAT": format_})
        )
        for environment in ({}, deployed)
        for format_ in ("auto", "json", "lines")
    }
    formatters = {key: each["handlers"]["console"]["formatter"] for key, each in found.items()}
    assert formatters == {
        (None, "auto"): "line",
        (None, "json"): "json",
        (None, "lines"): "line",
        ("production", "auto"): "json",
        ("production", "json"): "json",
        ("production", "lines"): "line",
    }
    told = {key: each["loggers"]["esensi.requests"]["level"] for key, each in found.items()}
    assert {key for key, level in told.items() if level == "INFO"} == {
        key for key, formatter in formatters.items() if formatter == "json"
    }


def test_the_configuration_is_one_that_python_takes() -> None:
    from logging.config import DictConfigurator

    values = read({"LOG_FORMAT": "json", "SENTRY_DSN": "https://abc@sentry.example/1"})
    configured = logging_settings(values)
    configured["handlers"]["console"]["stream"] = io.StringIO()
    made = DictConfigurator(configured)  # type: ignore[arg-type]  # its stubs know a narrower type
    for name, each in configured["formatters"].items():
        made.config["formatters"][name] = made.configure_formatter(dict(each))
    for each in configured["handlers"].values():
        assert made.configure_handler(dict(each)) is not None

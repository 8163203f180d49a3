"""What `manage.py realtime_status` says of the tables."""

from __future__ import annotations

import io
import json
import uuid
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from django.core import signing
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from realtime import registry
from realtime.management.commands import realtime_status
from realtime.registry import Identity, Row, State


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("realtime_status", *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_each_instance_has_a_line_with_its_state() -> None:
    at = datetime.now(UTC)
    for machine, draining, silent in (("m1", False, 1), ("m2", True, 2), ("m3", False, 60)):
        me = Identity(uuid.uuid4().hex, machine, "sin", "deployment-01")
        row = Row(uuid.uuid4().hex, 7, "main", "socket", ("book.1",), at)
        registry.register(me, State(1, draining, {"realtime_rooms": 4, "realtime_gaps": 2}), [row])
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE realtime_instance SET heartbeat_at = now() - make_interval(secs => %s)"
                " WHERE id = %s",
                [silent, me.id],
            )
    first, _empty, head, *lines = said().splitlines()
    assert first.startswith("3 connections of 1 people; 0 rooms")
    assert head.split()[:4] == ["machine", "region", "version", "state"]
    assert [line.split()[0] for line in lines] == ["m1", "m2", "m3"]
    assert [line.split()[3] for line in lines] == ["serving", "draining", "silent"]
    assert lines[0].split()[-7:] == ["1", "1", "4", "0", "0", "2", "0"]
    found = json.loads(said("--json"))
    assert [one["state"] for one in found["instances"]] == ["serving", "draining", "silent"]
    assert found["instances"][2]["heartbeat_ago"] >= 60
    assert found["database"]["people"] == 1


@pytest.mark.django_db
def test_nobody_running_is_said_and_no_fault() -> None:
    assert "No instance is running." in said()
    assert json.loads(said("--json"))["instances"] == []


def test_a_database_that_is_away_ends_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("connection refused\n")

    monkeypatch.setattr(realtime_status, "status", away)
    with pytest.raises(CommandError, match="cannot be read: connection refused"):
        said()


def test_a_link_leads_to_one_machine() -> None:
    """That it is followed: tests/realtime/test_placement.py."""
    link = said("--link", "148e2d1f").strip()
    ((name, signed),) = parse_qsl(link.removeprefix("?"))
    assert name == "instance"
    assert signing.loads(signed, salt="realtime.placement", max_age=60) == "148e2d1f"

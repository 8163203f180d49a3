"""What is wrong with a layer's configuration is said before it is used, with the cure."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.core import checks
from django.db import connection
from django.test import override_settings

from realtime.checks import BACKEND, check_layers, check_tables
from realtime.configuration import default_conninfo
from tests.journeys.server import ROOT


def found(**config: Any) -> list[checks.CheckMessage]:
    with override_settings(CHANNEL_LAYERS={"default": {"BACKEND": BACKEND, "CONFIG": config}}):
        return check_layers()


def test_the_projects_own_layer_is_well() -> None:
    assert settings.CHANNEL_LAYERS["default"]["BACKEND"] == BACKEND
    assert check_layers() == []


@pytest.mark.parametrize(
    ("config", "number", "words"),
    [
        ({"capcity": 5}, "realtime.E002", "capcity"),
        ({"capacity": 0}, "realtime.E003", "capacity"),
        ({"expiry": -1}, "realtime.E003", "expiry"),
        ({"buckets": 5000}, "realtime.E003", "buckets"),
        ({"prefix": "Bad-Prefix"}, "realtime.E003", "prefix"),
        ({"capacity": 1_000_000}, "realtime.W001", "1000000"),
        ({"channel_capacity": {"http.*": 50_000}}, "realtime.W001", "50000"),
        ({"expiry": 0.1}, "realtime.W002", "0.1"),
    ],
)
def test_what_makes_no_sense_is_named(config: dict[str, Any], number: str, words: str) -> None:
    (message,) = found(**config)
    assert message.id == number
    assert words in message.msg
    assert message.hint


def test_the_app_must_be_installed() -> None:
    apps = [app for app in settings.INSTALLED_APPS if app != "realtime"]
    with override_settings(INSTALLED_APPS=apps):
        (message,) = found()
    assert message.id == "realtime.E001"
    assert "INSTALLED_APPS" in (message.hint or "")


def test_another_database_will_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "sqlite", raising=False)
    (message,) = found()
    assert message.id == "realtime.E004"
    assert found(conninfo="dbname=other") == []


@pytest.mark.django_db
def test_missing_tables_are_named() -> None:
    assert check_tables(databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE realtime_longmessage RENAME TO elsewhere")
    (message,) = check_tables(databases=["default"])
    assert "realtime_longmessage" in message.msg
    assert "migrate" in (message.hint or "")
    assert check_tables(databases=None) == []


def test_a_direct_address_goes_before_the_pooled_one() -> None:
    direct = {"NAME": "house", "USER": "me", "PASSWORD": "p w", "HOST": "db", "PORT": 5433}
    with override_settings(
        DIRECT_DATABASE={**direct, "OPTIONS": {"sslmode": "require", "pool": 1}}
    ):
        words = default_conninfo()
    assert words == "dbname=house host=db password='p w' port=5433 sslmode=require user=me"


@pytest.mark.parametrize(
    ("layer", "backend"),
    [
        ("postgres", "realtime.layer.PostgresChannelLayer"),
        ("channels-postgres", "channels_postgres.core.PostgresChannelLayer"),
        ("memory", "channels.layers.InMemoryChannelLayer"),
    ],
)
def test_the_environment_chooses_the_layer(layer: str, backend: str) -> None:
    """Each is made from the settings as they are, in a process of its own."""
    script = (
        "import django; django.setup()\n"
        "from channels.layers import get_channel_layer as get\n"
        "layer = get()\n"
        "print(type(layer).__module__ + '.' + type(layer).__name__)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "CHANNEL_LAYER": layer, "DJANGO_SETTINGS_MODULE": "esensi.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stdout.strip() == backend, ended.stderr

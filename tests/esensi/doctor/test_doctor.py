"""What the doctor finds in houses that the tests have broken, one part at a time."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.sites.models import Site
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder

from esensi.credentials import Credential
from esensi.database_url import database_settings
from esensi.doctor import database
from esensi.env import LOCAL_SECRET_KEY
from sites import hosts
from tests.esensi.domains.name_server import name_server
from tests.fly.files import ROOT
from tests.forwarding import database_by_port
from tests.realtime.faults.test_pgbouncer import pgbouncer

pytestmark = pytest.mark.django_db(transaction=True)


def doctor(*only: str, **options: Any) -> dict[str, dict[str, Any]]:
    """The findings by part."""
    told = StringIO()
    with suppress(CommandError):
        call_command("doctor", json=True, only=list(only), stdout=told, **options)
    return {finding["part"]: finding for finding in json.loads(told.getvalue())}


def as_command(url: str, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, for what is read once per process."""
    return subprocess.run(
        [sys.executable, "manage.py", "doctor", *words],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url} | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_laptop_is_well() -> None:
    call_command("sync_sites", stdout=StringIO())
    told = StringIO()
    call_command("doctor", stdout=told, machines=1)
    lines = told.getvalue().splitlines()
    assert {line.split()[0] for line in lines} == {"OK", "–"}
    assert len(lines) == 13


def test_a_part_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(CommandError, match=r"no part cokies: there are database, region"):
        call_command("doctor", only=["cokies"])


def test_without_its_database_every_part_says_so_and_none_breaks() -> None:
    ended = as_command("postgresql://nobody@127.0.0.1:1/nothing", "--json")
    found = {one["part"]: one for one in json.loads(ended.stdout)}
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    assert found["database"]["cure"].startswith("Correct DATABASE_URL")
    assert found["listen"]["cure"].startswith("Correct DIRECT_DATABASE_URL")
    assert {part for part, one in found.items() if one["is_well"]} <= {"files", "cookies"}


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_a_pool_of_transactions_is_named(mode: str, settings: Any) -> None:
    with database_by_port() as url, pgbouncer(url, mode) as pooled:
        settings.DIRECT_DATABASE = database_settings(pooled)
        found = doctor("listen")["listen"]
    assert found["is_well"] is (mode == "session")
    if mode == "transaction":
        assert "pool of transactions" in found["said"]
        assert "DIRECT_DATABASE_URL" in found["cure"]


def test_a_database_in_another_region_is_named() -> None:
    with database_by_port(delay=0.02) as far:
        ended = as_command(far, "--only", "region")
    assert ended.returncode != 0
    assert "FAIL region" in ended.stdout
    assert "primary_region" in ended.stdout


def test_too_few_connections_are_counted(settings: Any) -> None:
    settings.DIRECT_DATABASE = settings.DATABASES["default"]
    assert (
        "1000 machines with 5 each" in doctor("connections", machines=1000)["connections"]["said"]
    )
    settings.DIRECT_DATABASE = None
    found = doctor("connections", machines=1000)["connections"]
    assert found["is_well"] is False
    assert "1000 machines with 11 each take 11000 of " in found["said"]
    assert found["cure"].startswith("Let at most ")


def test_a_migration_that_waits_is_named() -> None:
    recorded = MigrationRecorder.Migration.objects.filter(app="sites")
    kept = list(recorded)
    recorded.delete()
    try:
        found = doctor("migrations")["migrations"]
    finally:
        MigrationRecorder.Migration.objects.bulk_create(kept)
    assert "sites.0001_initial first" in found["said"]


def test_a_name_that_is_not_true_is_named() -> None:
    call_command("sync_sites", stdout=StringIO())
    assert doctor("names")["names"]["is_well"]
    Site.objects.filter(name="publish").update(domain="publish.example")
    assert doctor("names")["names"]["said"] == "The Site rows of publish are not true."


def test_cookies_that_do_not_reach_every_host_are_named(settings: Any) -> None:
    settings.SESSION_COOKIE_DOMAIN = "elsewhere.example"
    assert "elsewhere.example" in doctor("cookies")["cookies"]["said"]


def test_secrets_of_laptops_are_named(settings: Any) -> None:
    assert doctor("secrets")["secrets"]["is_well"] is None
    settings.ESENSI_ENV = "development"
    settings.SECRET_KEY = LOCAL_SECRET_KEY
    assert "openssl rand" in doctor("secrets")["secrets"]["cure"]
    settings.SECRET_KEY = "another" * 10
    assert doctor("secrets")["secrets"]["cure"] == "Set BASIC_AUTH."
    settings.BASIC_AUTH = [Credential("ratih", "saltwater-lamp")]
    assert doctor("secrets")["secrets"]["is_well"]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    assert "fallbacks" in doctor("secrets")["secrets"]["said"]


@contextmanager
def mail_server(answer: bytes) -> Iterator[int]:
    """Says ``answer`` to a password."""
    with socket.create_server(("127.0.0.1", 0)) as own:
        thread = threading.Thread(target=_speak, args=(own, answer), daemon=True)
        thread.start()
        yield own.getsockname()[1]
        thread.join(10)


def _speak(own: socket.socket, answer: bytes) -> None:
    client, _address = own.accept()
    with client, client.makefile("rwb") as talk:
        talk.write(b"220 tests\r\n")
        talk.flush()
        for line in talk:
            words = line.split()[0].upper()
            said = {b"EHLO": b"250-tests\r\n250 AUTH PLAIN", b"AUTH": answer, b"QUIT": b"221 bye"}
            talk.write(said.get(words, b"250 well") + b"\r\n")
            talk.flush()
            if words == b"QUIT":
                return


def by_smtp(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "esensi", "hush"


def test_the_mail_server_is_tried_with_its_password(settings: Any) -> None:
    assert doctor("mail")["mail"]["is_well"] is None
    with mail_server(b"235 well") as port:
        by_smtp(settings, port)
        assert doctor("mail")["mail"]["is_well"]
    with mail_server(b"535 no") as port:
        by_smtp(settings, port)
        found = doctor("mail")["mail"]
    assert "refuses the password (535)" in found["said"]
    assert "hush" not in json.dumps(found)
    by_smtp(settings, 1)
    assert "does not answer" in doctor("mail")["mail"]["said"]


def test_a_clock_that_lags_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) - timedelta(seconds=40)

    assert doctor("clock")["clock"]["is_well"]
    monkeypatch.setattr(database, "datetime", Late)
    assert "Set this machine's clock" in doctor("clock")["clock"]["cure"]


def test_names_that_lead_nowhere_are_named(settings: Any) -> None:
    assert doctor("domains")["domains"]["is_well"] is None
    settings.ESENSI_ENV = "development"
    settings.HOST_NAMES = hosts.names("development", "esensi.online", 443)
    zone = {(name, "CNAME"): ["x.example."] for name in settings.HOST_NAMES.domains.values()}
    with name_server(zone) as asked:
        assert doctor("domains", resolver=asked)["domains"]["is_well"]
    del zone["auth-dev.esensi.online", "CNAME"]
    with name_server(zone) as asked:
        found = doctor("domains", resolver=asked)["domains"]
    assert found["said"] == "CNAME auth-dev.esensi.online lead nowhere."


def test_a_message_that_does_not_come_back_is_named(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    class Deaf:
        async def new_channel(self, prefix: str) -> str:
            return "x!y"

        async def group_add(self, *_words: Any) -> None: ...

        async def group_send(self, *_words: Any) -> None: ...

        async def receive(self, channel: str) -> Any:
            import asyncio

            await asyncio.Event().wait()

    monkeypatch.setattr("esensi.doctor.house.PATIENCE", 0.05)
    monkeypatch.setattr("esensi.doctor.house.get_channel_layer", Deaf)
    assert "No message came back" in doctor("realtime")["realtime"]["said"]


def test_what_nobody_foresaw_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_words: Any, **_given: Any) -> None:
        raise ZeroDivisionError("one line\nand another")

    monkeypatch.setattr("esensi.doctor.house.call_command", explode)
    found = doctor("files", "clock")
    assert found["files"]["said"] == "ZeroDivisionError: one line"
    assert found["clock"]["is_well"]

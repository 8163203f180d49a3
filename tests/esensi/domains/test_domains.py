"""The records of five hosts, as they should stand and as they are found."""

from __future__ import annotations

import json
import socket
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import dns.zone
import pytest
from django.core.management import CommandError, call_command

from esensi.domains.records import Target, records
from sites import hosts
from tests.esensi.domains.name_server import Authority, Zone, name_server, tls_server

TARGET = {"ipv4": "203.0.113.7", "ipv6": "2001:db8::7", "cname": "abc.fly.example"}
PRODUCTION = hosts.names("production", "esensi.online", 443)


def zone_of(environment: str) -> dict[tuple[str, str], list[str]]:
    """What a name server says where all is as it should be."""
    names = hosts.names(environment, "esensi.online", 443)
    found: dict[tuple[str, str], list[str]] = {}
    for record in records(names, Target(**TARGET)):
        if not record.wanted:
            continue
        value = record.value.replace("<mail service>", "mail.example")
        value = {"CNAME": f"{value}.", "TXT": f'"{value}"'}.get(record.kind, value)
        found.setdefault((record.name, record.kind), []).append(value)
    return found


def run(**options: Any) -> str:
    told = StringIO()
    call_command("domains", stdout=told, **{"domain": "esensi.online", **options})
    return told.getvalue()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    found = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(found.path))
    return found


def served(environment: str) -> list[str]:
    names = hosts.names(environment, "esensi.online", 443)
    return [*names.domains.values(), *([names.www] if names.public else [])]


def check(zone: Zone, certificate: Path, environment: str = "production") -> str:
    """Everything that the check says; it must not find fault with what is not broken."""
    told = StringIO()
    with name_server(zone) as asked, tls_server(certificate) as at:
        options = {"env": environment, "resolver": asked, "tls_at": at, **TARGET}
        try:
            call_command("domains", "--check", domain="esensi.online", stdout=told, **options)
        except CommandError as error:
            told.write(f"{error}\n")
    return told.getvalue()


def failures(told: str) -> list[str]:
    return [line.split(":")[0][5:] for line in told.splitlines() if line.startswith("FAIL")]


@pytest.mark.parametrize("environment", ["production", "development"])
def test_every_host_has_what_its_kind_of_name_takes(environment: str) -> None:
    listed = json.loads(run(env=environment, format="json", **TARGET))
    kinds = {}
    for record in listed["records"]:
        if (
            record["wanted"]
            and not record["name"].startswith(("_", "<"))
            and record["kind"] != "TXT"
        ):
            kinds.setdefault(record["name"], []).append((record["kind"], record["value"]))
    for name in served(environment):
        if name == "esensi.online":
            assert kinds[name] == [("A", TARGET["ipv4"]), ("AAAA", TARGET["ipv6"])]
        else:
            assert kinds[name] == [("CNAME", TARGET["cname"])]
    app = {"production": "esensi", "development": "esensi-dev"}[environment]
    assert [f"fly certs add {name} --app {app}" for name in served(environment)] == [
        command for command in listed["commands"] if " add " in command
    ]


def test_a_zone_file_can_be_read_by_a_name_server() -> None:
    written = run(format="zone", **TARGET)
    origin = "$ORIGIN online.\n@ 60 IN SOA a. b. 1 1 1 1 1\n@ 60 IN NS a.\n"
    zone = dns.zone.from_text(origin + written, relativize=False)
    assert {name.to_text() for name in zone} >= {f"{name}." for name in served("production")}
    assert "<" not in "".join(line for line in written.splitlines() if not line.startswith(";"))


def test_what_is_not_known_yet_says_which_command_tells_it() -> None:
    told = run()
    assert "<fly ips list>" in told
    assert "<fly certs setup>" in told
    assert "fly certs add www.esensi.online --app esensi" in told


@pytest.mark.parametrize("environment", ["production", "development"])
def test_all_is_well(environment: str, authority: Authority) -> None:
    good = authority.issue(*served(environment), lasts=timedelta(days=60))
    told = check(zone_of(environment), good, environment)
    assert failures(told) == []
    assert told.count("OK") == len(told.splitlines())


@pytest.mark.parametrize(
    ("name", "kind", "values", "cure"),
    [
        ("esensi.online", "A", ["198.51.100.1"], "Set A of esensi.online to 203.0.113.7"),
        ("esensi.online", "AAAA", [], "without it there is no certificate"),
        ("chapter.esensi.online", "CNAME", ["old.example."], "to abc.fly.example"),
        ("auth.esensi.online", "CNAME", [], "Set CNAME of auth.esensi.online"),
        ("esensi.online", "TXT", ['"google-site=1"'], "v=spf1"),
        ("_dmarc.esensi.online", "TXT", [], "v=DMARC1"),
    ],
)
def test_a_wrong_record_is_named_with_its_cure(
    name: str, kind: str, values: list[str], cure: str, authority: Authority
) -> None:
    zone = zone_of("production")
    zone[name, kind] = values
    if not values:
        del zone[name, kind]
    good = authority.issue(*served("production"), lasts=timedelta(days=60))
    told = check(zone, good)
    assert failures(told) == [f"{kind} {name}"]
    assert cure in told
    assert "1 of" in told.splitlines()[-1]


def test_a_certificate_that_has_expired_or_soon_will_is_named(authority: Authority) -> None:
    for lasts in (timedelta(days=-1), timedelta(days=3)):
        told = check(zone_of("production"), authority.issue(*served("production"), lasts=lasts))
        assert failures(told) == [f"certificate of {name}" for name in served("production")]
        assert "_acme-challenge" in told


def test_a_certificate_for_other_names_is_named(authority: Authority) -> None:
    told = check(zone_of("production"), authority.issue("esensi.online", lasts=timedelta(days=60)))
    assert failures(told) == [f"certificate of {name}" for name in served("production")[1:]]
    assert "fly certs add chapter.esensi.online" in told


def test_a_name_server_that_is_away_is_said_once_for_each(
    monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    monkeypatch.setattr("esensi.domains.checking.PATIENCE", 0.2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        asked = f"127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(CommandError, match="are not as they should be"):
            run(check=True, resolver=asked, tls_at="127.0.0.1:1", **TARGET)


def test_a_laptop_needs_no_records() -> None:
    with pytest.raises(ValueError, match="localhost"):
        records(hosts.names("local", "esensi.localhost", 8000), Target())

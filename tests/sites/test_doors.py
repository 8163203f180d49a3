"""Hosts × environments over the real doors: what each name answers, with which headers and cookies.

Settings are read once per process, so that each environment gets a process of its own
(tests/sites/doors_probe.py); it speaks ASGI to the program as a server would.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.sites.test_hosts import COOKIES, TABLE, parent

ROOT = Path(__file__).resolve().parents[2]
STRICT = ("main", "chapter", "auth")
pytestmark = pytest.mark.django_db(transaction=True)


@functools.cache
def probe(environment: str, database: str, static: str) -> dict[str, Any]:
    """Ask everything of one environment; the answers by what was asked."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.sites.doors_probe"],
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "esensi.settings",
            "ESENSI_ENV": environment,
            "DATABASE_URL": database,
            "SECRET_KEY": "k3y-" * 5 + "0123456789abcdefghijklmnopqrstuvwxyz"
            if environment != "local"
            else "",
            "ESENSI_STATIC_ROOT": static,
            "EMAIL_URL": "smtp://mail.invalid" if environment != "local" else "",
            "FILES_BACKEND": "folder",
            "BASIC_AUTH": "probe:a-door-of-tests" if environment == "development" else "",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    answers: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return answers


@pytest.fixture(params=list(TABLE))
def environment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("static"))


@pytest.fixture
def answers(environment: str, static_root: str) -> dict[str, Any]:
    return probe(environment, database_url(), static_root)


def database_url() -> str:
    """The test database's address, for another process."""
    values = connection.get_connection_params()
    parts = {key: values[key] for key in ("host", "port", "user", "password") if values.get(key)}
    query = "&".join(f"{key}={value}" for key, value in parts.items())
    return f"postgresql:///{values['dbname']}?{query}"


@pytest.mark.parametrize("key", TABLE["local"])
def test_each_host_answers_by_its_own_name(answers: dict[str, Any], key: str) -> None:
    answer = answers["hosts"][key]
    expected = (200,) if key in ("main", "chapter") else (302,)
    assert answer["status"] in expected, answer


@pytest.mark.parametrize("key", TABLE["local"])
def test_security_headers_of_each_host(answers: dict[str, Any], environment: str, key: str) -> None:
    headers = answers["hosts"][key]["headers"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert ("strict-transport-security" in headers) == (environment != "local")
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    for origin in TABLE[environment].values():
        assert origin in policy.partition("form-action")[2].partition(";")[0]
    script = policy.partition("script-src")[2].partition(";")[0]
    assert "'unsafe-inline'" not in script
    assert ("'unsafe-eval'" in script) == (key not in STRICT)
    assert ("'unsafe-inline'" in policy) == (key not in STRICT)


@pytest.mark.parametrize("key", TABLE["local"])
def test_search_engines_are_told_per_host(
    answers: dict[str, Any], environment: str, key: str
) -> None:
    welcome = environment == "production" and key in ("main", "chapter")
    assert ("noindex" in answers["hosts"][key]["headers"].get("x-robots-tag", "")) != welcome
    assert answers["robots"][key]["status"] == 200
    assert ("Disallow: /\n" in answers["robots"][key]["body"]) != welcome


def test_the_language_cookie_is_one_for_all_five(answers: dict[str, Any], environment: str) -> None:
    for key in TABLE[environment]:
        cookie = answers["language"][key]["cookies"]
        assert len(cookie) == 1, answers["language"][key]
        written = cookie[0]
        assert written.startswith(f"{COOKIES[environment]}-language=id;")
        assert f"Domain={parent(environment)}" in written
        assert "HttpOnly" in written
        assert "SameSite=Lax" in written
        assert ("Secure" in written.split("; ")) == (environment != "local")


def test_the_session_cookie_is_one_for_all_five(answers: dict[str, Any], environment: str) -> None:
    written = next(
        c for c in answers["sign_in"]["cookies"] if c.startswith(f"{COOKIES[environment]}=")
    )
    assert f"Domain={parent(environment)}" in written
    assert "HttpOnly" in written
    assert "SameSite=Lax" in written
    assert ("Secure" in written.split("; ")) == (environment != "local")


def test_pages_tell_caches_what_they_vary_by(answers: dict[str, Any]) -> None:
    for key in ("main", "chapter"):
        vary = answers["hosts"][key]["headers"]["vary"].lower()
        assert "cookie" in vary
        assert "accept-language" in vary
    assert answers["hosts"]["main"]["headers"]["content-language"] == "en"


def test_a_name_of_no_host_gets_421_and_an_unknown_one_400(answers: dict[str, Any]) -> None:
    for name, answer in answers["unmapped"].items():
        assert answer["status"] == 421, (name, answer)
        assert "Traceback" not in answer["body"]
    for name, answer in answers["unknown"].items():
        assert answer["status"] == 400, (name, answer)
        assert "Traceback" not in answer["body"]
        assert "urlconf" not in answer["body"].lower()


def test_www_leads_to_main_with_path_and_query(answers: dict[str, Any], environment: str) -> None:
    assert answers["www"]["GET"]["status"] == 301
    assert answers["www"]["POST"]["status"] == 308
    for answer in answers["www"].values():
        assert answer["headers"]["location"] == f"{TABLE[environment]['main']}/books/?q=laut&page=2"
    assert answers["www_outside"]["headers"]["location"].startswith(
        f"{TABLE[environment]['main']}/"
    )


def test_plain_http_leads_to_https_where_there_is_tls(
    answers: dict[str, Any], environment: str
) -> None:
    expected = 200 if environment == "local" else 301
    assert answers["plain"]["status"] == expected
    if expected == 301:
        assert answers["plain"]["headers"]["location"] == f"{TABLE[environment]['main']}/"


def test_a_scheme_that_two_could_read_differently_opens_nothing(
    answers: dict[str, Any], environment: str
) -> None:
    if environment != "development":
        return
    for said, answer in answers["disguised"].items():
        assert answer["status"] in (301, 401), said


def test_health_answers_before_host_and_tls(answers: dict[str, Any]) -> None:
    assert answers["health"]["status"] == 200
    assert answers["health"]["body"] == "ok\n"


def test_links_across_hosts(answers: dict[str, Any], environment: str) -> None:
    assert answers["links"]["read"] == f"{TABLE[environment]['chapter']}/laut/3/"
    assert answers["links"]["sign_in"] == f"{TABLE[environment]['auth']}/sign-in/"


def test_the_admin_hosts_send_strangers_to_the_one_door(
    answers: dict[str, Any], environment: str
) -> None:
    for key in ("publish", "internal"):
        location = answers["hosts"][key]["headers"]["location"]
        assert location.startswith(f"{TABLE[environment]['auth']}/sign-in/?next=")


def test_sockets_check_name_and_origin_before_anything_else(answers: dict[str, Any]) -> None:
    assert answers["sockets"] == {
        "own page": 404,
        "foreign page": 403,
        "no origin": 403,
        "other port": 403,
        "name of no host": 421,
        "unknown name": 400,
        "no name": 400,
    }


def test_every_cookie_carries_the_name_of_its_environment(
    answers: dict[str, Any], environment: str
) -> None:
    written = [*answers["sign_in"]["cookies"], *answers["language"]["main"]["cookies"]]
    for answer in answers["hosts"].values():
        written += answer["cookies"]
    assert written
    assert [cookie for cookie in written if not cookie.startswith(COOKIES[environment])] == []

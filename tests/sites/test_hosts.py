"""Five hosts in three environments: names, cookies and origins, as one table."""

from __future__ import annotations

from pathlib import Path

import pytest

from sites.hosts import HOSTS, names

ROOT = Path(__file__).resolve().parents[2]

TABLE = {
    "production": {
        "main": "https://esensi.online",
        "chapter": "https://chapter.esensi.online",
        "publish": "https://publish.esensi.online",
        "internal": "https://internal.esensi.online",
        "auth": "https://auth.esensi.online",
    },
    "development": {
        "main": "https://main-dev.esensi.online",
        "chapter": "https://chapter-dev.esensi.online",
        "publish": "https://publish-dev.esensi.online",
        "internal": "https://internal-dev.esensi.online",
        "auth": "https://auth-dev.esensi.online",
    },
    "local": {
        "main": "http://esensi.localhost:8000",
        "chapter": "http://chapter.esensi.localhost:8000",
        "publish": "http://publish.esensi.localhost:8000",
        "internal": "http://internal.esensi.localhost:8000",
        "auth": "http://auth.esensi.localhost:8000",
    },
}
COOKIES = {
    "production": "__Secure-esensi",
    "development": "__Secure-esensi-dev",
    "local": "esensi-local",
}


def parent(environment: str) -> str:
    return "esensi.localhost" if environment == "local" else "esensi.online"


@pytest.mark.parametrize("environment", TABLE)
def test_every_environment_has_its_five_origins(environment: str) -> None:
    made = names(environment, parent(environment), 8000)
    assert dict(zip(made.domains, made.origins, strict=True)) == TABLE[environment]


@pytest.mark.parametrize("environment", TABLE)
def test_every_environment_has_a_cookie_name_of_its_own(environment: str) -> None:
    assert names(environment, parent(environment), 8000).cookie == COOKIES[environment]
    assert len(set(COOKIES.values())) == len(COOKIES)


def test_the_port_counts_locally_alone() -> None:
    assert names("local", "esensi.localhost", 9001).domains["main"] == "esensi.localhost:9001"
    assert names("production", "esensi.online", 9001).domains["main"] == "esensi.online"


@pytest.mark.parametrize("environment", TABLE)
def test_www_stands_before_main_alone(environment: str) -> None:
    made = names(environment, parent(environment), 8000)
    assert made.www == f"www.{made.domains['main']}"


def test_search_engines_are_welcome_in_production_alone() -> None:
    welcome = [
        environment for environment in TABLE if names(environment, "esensi.online", 1).public
    ]
    assert welcome == ["production"]
    assert [key for key, host in HOSTS.items() if host.indexed] == ["main", "chapter"]


def test_a_folder_with_urls_is_a_host() -> None:
    folders = {path.parent.name for path in (ROOT / "sites").glob("*/urls.py")}
    assert folders == set(HOSTS)
    assert all(host.urlconf == f"sites.{key}.urls" for key, host in HOSTS.items())

"""What the edge adds and takes out, header by header."""

from __future__ import annotations

import dataclasses

import pytest

from esensi.fleet.headers import Came, to_app, to_client

CAME = Came("203.0.113.7", True, 443, "sin", "172.19.0.2", "01ABC")
ADDED = {
    "Fly-Client-IP": "203.0.113.7",
    "Fly-Forwarded-Port": "443",
    "Fly-Region": "sin",
    "X-Forwarded-For": "203.0.113.7, 172.19.0.2",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "443",
    "X-Forwarded-SSL": "on",
    "Via": "1.1 fly.io",
}


@pytest.mark.parametrize("name", ADDED)
def test_an_instance_is_told_where_a_request_comes_from(name: str) -> None:
    assert dict(to_app([], CAME))[name] == ADDED[name]


def test_without_tls_it_is_said() -> None:
    told = dict(to_app([], dataclasses.replace(CAME, is_secure=False, port=80)))
    assert (told["X-Forwarded-Proto"], told["X-Forwarded-SSL"]) == ("http", "off")


def test_what_a_client_wrote_there_is_not_believed() -> None:
    lies = [
        ("Fly-Client-IP", "10.0.0.1"),
        ("fly-region", "moon"),
        ("X-Forwarded-Proto", "http"),
        ("fly-replay-src", "instance=me"),
    ]
    told = to_app(lies, CAME)
    assert not [pair for pair in told if pair[1] in ("10.0.0.1", "moon", "http", "instance=me")]


def test_but_a_chain_of_proxies_is_added_to_and_the_rightmost_is_the_apps_own() -> None:
    told = dict(to_app([("X-Forwarded-For", "198.51.100.1"), ("Via", "1.1 cache")], CAME))
    assert told["X-Forwarded-For"] == "198.51.100.1, 203.0.113.7, 172.19.0.2"
    assert told["Via"] == "1.1 cache, 1.1 fly.io"


def test_what_belongs_to_one_connection_stays_there() -> None:
    given = [("Connection", "keep-alive"), ("Transfer-Encoding", "chunked"), ("Accept", "*/*")]
    assert [pair for pair in to_app(given, CAME) if pair[0] in dict(given)] == [("Accept", "*/*")]
    assert ("Transfer-Encoding", "chunked") not in to_client(given, CAME)


def test_an_answer_gains_three_and_loses_the_replay() -> None:
    given = [("Server", "uvicorn"), ("fly-replay", "elsewhere=true"), ("Set-Cookie", "a=1")]
    told = to_client([*given, ("Set-Cookie", "b=2")], CAME)
    assert told == [
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("Server", "Fly"),
        ("Via", "1.1 fly.io"),
        ("Fly-Request-Id", "01ABC"),
    ]

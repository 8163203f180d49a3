from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from esensi.page_cache.key import LONGEST_ADDRESS, Key, key_of
from sites.accounts.reading import ReadingSettings

MAIN = settings.HOST_NAMES.domains["main"]
CHAPTER = settings.HOST_NAMES.domains["chapter"]
SESSION = settings.SESSION_COOKIE_NAME
LANGUAGE = settings.LANGUAGE_COOKIE_NAME
READING = settings.READING_COOKIE_NAME


def scope(
    path: str = "/books/", query: str = "", *, method: str = "GET", **headers: str
) -> dict[str, Any]:
    given = {"host": MAIN, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
    }


def key(*words: str, **headers: str) -> Key | None:
    return key_of(scope(*words, **headers))


def test_a_strangers_request_has_a_key() -> None:
    usual = ReadingSettings().to_cookie()
    assert key() == Key("main", b"/books/", (), "en", usual, is_gzipped=False)


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/authors/"},
        {"path": "/Books/"},
        {"path": "/books%2F"},
        {"query": "page=2"},
        {"host": CHAPTER},
        {"accept_language": "id"},
        {"cookie": f"{LANGUAGE}=id"},
        {"cookie": f"{READING}=dark.literata.19.medium"},
        {"accept_encoding": "gzip, br"},
    ],
)
def test_what_may_change_a_page_changes_the_key(other: dict[str, str]) -> None:
    assert key(**other) is not None
    assert key(**other) != key()


@pytest.mark.parametrize(
    "same",
    [
        {"user_agent": "x"},
        {"referer": "https://elsewhere.example/"},
        {"accept_language": "fr"},
        {"accept_language": "en-GB,en;q=0.9"},
        {"cookie": "other=1; _ga=x"},
        {"cookie": f"{LANGUAGE}=xx"},
        {"cookie": f"{READING}=nonsense"},
        {"cookie": f"{settings.CSRF_COOKIE_NAME}=abc"},
        {"method": "HEAD"},
        {"content_length": "0"},
    ],
)
def test_what_changes_no_page_changes_no_key(same: dict[str, str]) -> None:
    assert key(**same) == key()


def test_filters_have_one_key_in_any_order() -> None:
    assert key("/books/", "running=1&page=2") == key("/books/", "page=2&running=1")
    assert key("/books/", "page=2") == key("/books/", "page=%32")


@pytest.mark.parametrize(
    "foreign",
    [
        {"method": "POST"},
        {"method": "OPTIONS"},
        {"cookie": f"{SESSION}=abc"},
        {"cookie": f"{SESSION}="},
        {"cookie": f"a=b;{SESSION}=x; c=d"},
        {"host": settings.HOST_NAMES.domains["publish"]},
        {"host": settings.HOST_NAMES.domains["internal"]},
        {"host": settings.HOST_NAMES.domains["auth"]},
        {"host": MAIN.upper()},
        {"host": MAIN.replace(":", ".:")},
        {"host": f"www.{MAIN}"},
        {"host": "evil.example"},
        {"host": ""},
        {"authorization": "Basic x"},
        {"content_type": "text/html; charset=hex"},
        {"content_length": "5"},
        {"transfer_encoding": "chunked"},
        {"query": "q=sea"},
        {"query": "utm_source=alice"},
        {"query": "page=1&page=2"},
        {"query": "page"},
        {"query": "page=%ff"},
        {"query": "a&b"},
        {"query": "page=1&genre=a&language=b&running=1&x=1"},
        {"path": ""},
        {"path": "/" + "a" * LONGEST_ADDRESS},
    ],
)
def test_what_may_be_somebodys_own_has_no_key(foreign: dict[str, str]) -> None:
    assert key(**foreign) is None


def test_a_header_that_comes_twice_has_no_key() -> None:
    for name, value in (("cookie", "a=b"), ("host", MAIN), ("accept-language", "id")):
        asked = scope(cookie="c=d", accept_language="en")
        asked["headers"].append((name.encode(), value.encode()))
        assert key_of(asked) is None


def test_in_production_only_what_came_by_tls_has_a_key(settings: Any) -> None:
    from sites import hosts

    settings.HOST_NAMES = hosts.names("production", "esensi.online", 443)
    assert key(host="esensi.online") is None
    assert key(host="esensi.online", x_forwarded_proto="http") is None
    assert key(host="esensi.online", x_forwarded_proto="https, http") is None
    assert key(host="esensi.online", x_forwarded_proto="https") is not None

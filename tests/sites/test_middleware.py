"""Requests that no browser sends, and addresses that are only ever sent forms to."""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from sites.accounts.actions import create_user
from sites.context import POST_ONLY
from sites.hosts import HOSTS
from sites.middleware import LargeFormMiddleware
from tests.house import visitor
from tests.sites.doors_probe import http_scope

pytestmark = pytest.mark.django_db

MAIN = settings.HOST_NAMES.domains["main"]
HOUSE = f"{settings.HOST_NAMES.scheme}://{MAIN}"


@pytest.mark.parametrize(
    "charset", ["hex", "base64", "zlib", "idna", "undefined", "rot13", "cp037"]
)
@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
@pytest.mark.parametrize("key", HOSTS)
def test_forms_are_written_in_utf_8(key: str, kind: str, charset: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="language"\r\n\r\nid\r\n--x--\r\n'
    client = visitor(key)
    for kind_sent in (f"{kind}; charset={charset}", f'{kind}; charset="{charset}"'):
        answer = client.generic("POST", "/language/", body, kind_sent)
        assert answer.status_code == 400
        assert client.generic("GET", "/", body, kind_sent).status_code == 400


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=UTF-8", '; charset="utf-8"'])
def test_utf_8_may_be_named(charset: str) -> None:
    kind = f"application/x-www-form-urlencoded{charset}"
    answer = visitor("main").generic("POST", "/language/", b"language=id", kind)
    assert answer.status_code == 302
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "id"


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("key", HOSTS)
def test_strangers_large_forms_are_not_taken_apart(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[object] = []
    read = HttpRequest._load_post_and_files
    monkeypatch.setattr(
        HttpRequest, "_load_post_and_files", lambda self: (taken.append(self), read(self))[1]
    )
    client = Client(headers={"host": settings.HOST_NAMES.domains[key]}, enforce_csrf_checks=True)
    body = b"language=" + b"%41" * (settings.LARGEST_FORM // 3)
    answer = client.generic("POST", "/language/", body, FORM)
    assert (answer.status_code, taken) == (413, [])
    assert b"larger than 4 MB" in answer.content
    answer = client.generic("POST", "/language/", body[:-9], FORM)
    assert answer.status_code == 403


@pytest.mark.parametrize(("size", "status"), [(0, 200), (1, 413)])
def test_a_form_whose_size_nobody_announced_is_measured(size: int, status: int) -> None:
    scope = http_scope(MAIN, "/language/", "POST", {"transfer_encoding": "chunked"})
    request = ASGIRequest(scope, BytesIO(b"a" * (settings.LARGEST_FORM + size)))
    middleware = LargeFormMiddleware(lambda request: HttpResponse())
    refused = middleware.process_view(request)
    assert (refused.status_code if refused else 200) == status


@pytest.mark.parametrize(("key", "status"), [("publish", 302), ("internal", 302), ("main", 413)])
def test_who_writes_chapters_may_send_long_ones(key: str, status: int) -> None:
    client = visitor(key)
    client.force_login(create_user("ratih@example.com", password=None))
    body = b"language=id&text=" + b"a" * settings.LARGEST_FORM
    assert client.generic("POST", "/language/", body, FORM).status_code == status


def _names_that_refuse_to_be_opened(key: str) -> set[str]:
    refusing = set()
    for pattern in _patterns(get_resolver(HOSTS[key].urlconf).url_patterns):
        name = pattern.name or ""
        address = {"read": 0}.get(name, "/" + re.sub(r"<[^>]+>", "1", str(pattern.pattern)))
        if address and visitor(key).get(str(address)).status_code == 405:
            refusing.add(name)
    return refusing


def _patterns(found: list[URLPattern | URLResolver]) -> list[URLPattern]:
    """Only the hosts' own: Django's admin has no address that cannot be opened."""
    return [pattern for pattern in found if isinstance(pattern, URLPattern)]


def test_every_address_that_only_takes_forms_is_known() -> None:
    found = set().union(*(_names_that_refuse_to_be_opened(key) for key in HOSTS))
    assert found == POST_ONLY


def test_an_address_for_forms_is_a_page_of_the_house_when_it_is_opened() -> None:
    for key in HOSTS:
        answer = visitor(key).get("/language/", headers={"accept-language": "en"})
        page = answer.content.decode()
        assert answer.status_code == 405
        assert answer["Allow"] == "POST"
        assert f'data-room="{key}"' in page
        assert "405" in page
        assert "/language/" not in _returns(page)
    assert b"Alamat" in visitor("main").get("/language/", headers={"accept-language": "id"}).content


def test_who_asks_without_wanting_a_body_gets_none() -> None:
    answer = visitor("main").head("/language/")
    assert (answer.status_code, answer.content) == (405, b"")


def _returns(page: str) -> str:
    """Every address on the page that leads back here after something was done."""
    found = re.findall(r'name="next" value="([^"]*)"|\?next=([^"]*)"', page)
    assert found
    return " ".join(unquote(part) for pair in found for part in pair)


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        (f"{HOUSE}/books/?q=laut", "/books/?q=laut"),
        (f"{HOUSE}/language/", "/"),
        (f"{HOUSE}/no/such/page", "/"),
        ("https://evil.example/books/", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_after_an_expired_form_one_comes_back_to_where_it_stood(referer: str, back: str) -> None:
    client = Client(enforce_csrf_checks=True, HTTP_HOST=MAIN)
    headers = {"referer": referer} if referer else {}
    answer = client.post("/language/", {"language": "id"}, headers=headers)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert f'name="next" value="{back}"' in page.replace("&amp;", "&")
    returns = _returns(page)
    assert "/language/" not in returns
    assert HOUSE + back in returns


def test_the_language_can_be_switched_on_the_page_of_an_expired_form() -> None:
    client = Client(enforce_csrf_checks=True, HTTP_HOST=MAIN)
    for answer in (client.post("/language/", {"language": "id"}), client.get("/language/")):
        assert 'action="/language/"' in answer.content.decode()
        # As a browser posts the form that stands there.
        sent = {"language": "id"}
        assert client.post("/language/", sent, headers={"origin": HOUSE}).status_code == 302

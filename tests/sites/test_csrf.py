from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.middleware.csrf import CsrfViewMiddleware
from django.test import Client

from sites.csrf import BY_ORIGIN, HouseCsrfMiddleware
from sites.links import host_url
from tests.house import visitor
from tests.sites.chapter.library import make_reader

pytestmark = pytest.mark.django_db

FORMS = [("main", "switch_language", "language=id"), ("chapter", "reading", "theme=dark")]


def origin(key: str) -> str:
    return f"{settings.HOST_NAMES.scheme}://{settings.HOST_NAMES.domains[key]}"


def posted(client: Client, key: str, view: str, body: str, **headers: str) -> int:
    path = host_url(key, view).removeprefix(origin(key))
    kind = "application/x-www-form-urlencoded"
    return client.post(path, body, content_type=kind, headers=headers).status_code


@pytest.mark.parametrize(("key", "view", "body"), FORMS)
def test_the_small_forms_are_taken_from_a_page_of_the_same_origin(
    key: str, view: str, body: str
) -> None:
    client = visitor(key, enforce_csrf_checks=True)
    assert posted(client, key, view, body, origin=origin(key)) in (204, 302)


@pytest.mark.parametrize(("key", "view", "body"), FORMS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://evil.example"},
        {"origin": "http://publish.esensi.localhost:8000"},
        {"origin": "http://esensi.localhost:8000.evil.example"},
        {"referer": "http://esensi.localhost:8000/"},
        {"sec-fetch-site": "same-origin"},
    ],
)
def test_without_it_they_are_refused(
    key: str, view: str, body: str, headers: dict[str, str]
) -> None:
    client = visitor(key, enforce_csrf_checks=True)
    assert posted(client, key, view, body, **headers) == 403


def test_every_other_form_asks_for_its_token() -> None:
    client = visitor("auth", enforce_csrf_checks=True)
    assert posted(client, "auth", "sign_in", "login=a@b.example", origin=origin("auth")) == 403
    assert {"switch_language", "reading"} == BY_ORIGIN


def test_somebody_who_is_signed_in_can_still_send_the_token() -> None:
    client = visitor("main", enforce_csrf_checks=True)
    client.force_login(make_reader("token@example.org"))
    page = client.get("/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    body = f"language=id&csrfmiddlewaretoken={token[1]}"
    assert posted(client, "main", "switch_language", body) == 302


def test_every_form_of_the_house_goes_through_it() -> None:
    assert "sites.csrf.HouseCsrfMiddleware" in settings.MIDDLEWARE
    assert issubclass(HouseCsrfMiddleware, CsrfViewMiddleware)

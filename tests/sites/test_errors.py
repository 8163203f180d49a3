"""Error pages: in the look of the house, with nothing that may be broken."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import set_urlconf

from sites import errors, site_map
from sites.accounts.actions import create_user
from sites.hosts import HOSTS
from tests.house import visitor

TEMPLATES = Path(errors.__file__).parent / "templates" / "errors"
MAIN = f"{settings.HOST_NAMES.scheme}://{settings.HOST_NAMES.domains['main']}/"


@pytest.mark.django_db
@pytest.mark.parametrize("key", HOSTS)
def test_404_wears_the_dye_of_its_host(key: str) -> None:
    answer = visitor(key).get("/there-is/no-such/page")
    page = answer.content.decode()
    if answer.status_code == 404:
        assert f'data-room="{key}"' in page
        assert "This page is in none of our books" in page
        assert f'action="{MAIN}books/"' in page
    else:
        # The two desks ask strangers to sign in before they say what is there.
        assert (key, answer.status_code) in {("publish", 302), ("internal", 302)}


@pytest.fixture
def request_on_main(db: None) -> Iterator[HttpRequest]:
    """A request as it stands when a view of main raises."""
    request = visitor("main").get("/").wsgi_request
    set_urlconf(HOSTS["main"].urlconf)
    yield request
    set_urlconf(None)


def test_403_says_why_and_who_one_is(request_on_main: HttpRequest) -> None:
    request = request_on_main
    request.user = create_user("a@example.com", password=None)
    page = errors.permission_denied(request, PermissionDenied("Only editors <may>.")).content
    assert b"Only editors &lt;may&gt;." in page
    assert b"a@example.com" in page


def test_403_without_a_reason_still_says_something(request_on_main: HttpRequest) -> None:
    answer = errors.permission_denied(request_on_main, PermissionDenied())
    assert answer.status_code == 403
    assert b"needs a role" in answer.content


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_with_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True, HTTP_HOST=settings.HOST_NAMES.domains["main"])
    answer = client.post("/language/", {"language": "id"})
    assert answer.status_code == 403
    assert b"reload the page" in answer.content


@pytest.mark.django_db
def test_421_leads_to_the_front_door_without_a_single_site_row() -> None:
    from django.contrib.sites.models import Site

    Site.objects.all().delete()
    site_map.forget()
    answer = visitor("main").get("/")
    assert answer.status_code == 421
    assert MAIN in answer.content.decode()


def test_400_needs_neither_host_nor_database() -> None:
    answer = Client(HTTP_HOST="evil.example").get("/")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert MAIN in page
    assert "evil.example" not in page


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, errors.server_error(RequestFactory().get("/"))),
        (503, errors.service_unavailable()),
    ],
)
def test_static_pages_stand_alone_in_both_languages(status: int, answer: HttpResponse) -> None:
    page = answer.content.decode()
    assert answer.status_code == status
    assert page == (TEMPLATES / f"{status}.html").read_text()
    assert "{%" not in page
    assert "{{" not in page
    assert not re.findall(r"<(?:link|script|img)\b", page)
    assert '<section lang="id">' in page


@pytest.mark.django_db
def test_the_policy_lets_the_style_of_a_static_page_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("sites.main.front_page.home_page", broken)
    client = visitor("main", raise_request_exception=False)
    answer = client.get("/")
    assert answer.status_code == 500
    style = re.search(rb"<style>(.*?)</style>", answer.content, re.DOTALL)
    assert style
    digest = b64encode(sha256(style[1]).digest()).decode()
    policy = answer["Content-Security-Policy"]
    assert f"'sha256-{digest}'" in policy.partition("style-src")[2].partition(";")[0]


@pytest.mark.django_db
def test_a_database_that_is_away_is_503_with_when_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(*args: object, **kwargs: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("sites.main.front_page.home_page", gone)
    client = visitor("main")
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "'sha256-" in answer["Content-Security-Policy"]

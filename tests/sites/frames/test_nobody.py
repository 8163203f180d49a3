"""A frame knows nobody, and says so where it is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import RequestFactory
from django.urls import ResolverMatch

from sites.accounts.reading import ReadingSettings
from sites.frames import middleware
from sites.frames.middleware import draw
from sites.frames.nobody import PersonInFrame
from sites.frames.pages import Page
from sites.frames.store import frames
from sites.hosts import HOSTS
from sites.site_map import current
from tests.house import visitor
from tests.sites.chapter.library import make_reader

pytestmark = pytest.mark.django_db


def drawn(view: Callable[[HttpRequest], HttpResponse], *names: str) -> Any:
    asked = RequestFactory(HTTP_HOST="esensi.localhost:8000").get("/")
    asked.host, asked.urlconf = HOSTS["main"], HOSTS["main"].urlconf  # type: ignore[attr-defined]
    asked.site = current().by_key["main"]
    match = ResolverMatch(view, (), {}, "home")
    return draw(asked, Page(frozenset(names)), match, ReadingSettings())


def templated(source: str, **context: Any) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        template = engines.all()[0].from_string(source)
        return HttpResponse(template.render(dict(context), request))

    return view


@pytest.mark.parametrize(
    "source",
    [
        "{{ user }}",
        "{{ user.name }}",
        "{{ user.pk|default:'nobody' }}",
        "{% if user.is_staff %}x{% endif %}",
        "{% if user.name == 'Ayu' %}x{% endif %}",
        "{% if not user.is_active or user.is_authenticated %}x{% endif %}",
        "{{ unread }}",
        "{% if unread %}x{% endif %}",
        "{% if place %}x{% endif %}",
        "{% if not place %}x{% endif %}",
        "{% if 1 in place %}x{% endif %}",
        "{% if place > 1 %}x{% endif %}",
        "{{ place.number }}",
        "{% for one in place %}{% endfor %}",
        "{% with other=place.chapter %}{% endwith %}",
        "{{ request.session.items }}",
        "{{ request.COOKIES.esensi }}",
        "{{ request.csp_nonce }}",
        "{{ request.user.email }}",
    ],
)
def test_a_template_that_asks_for_a_person_fails(source: str) -> None:
    with pytest.raises(PersonInFrame):
        drawn(templated(source, place=None), "place")


@pytest.mark.parametrize(
    "look",
    [
        lambda request: request.session.session_key,
        lambda request: request.COOKIES.get("x"),
        lambda request: request.user.pk,
        lambda request: request.user.groups,
        lambda request: str(request.user),
    ],
)
def test_a_view_that_asks_for_a_person_fails(look: Callable[[Any], Any]) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(look(request)))

    with pytest.raises(PersonInFrame):
        drawn(view)


@pytest.mark.parametrize(
    "source",
    [
        "{% if user.is_authenticated %}x{% endif %}",
        "{% if place is None %}x{% endif %}",
        "{% load frames %}{% hole user place %}{{ user.name }}{{ place }}{% endhole %}",
        "{% csrf_token %}{{ here }}{{ reading.theme }}",
    ],
)
def test_what_is_the_same_for_all_or_in_a_hole_may_stand(source: str) -> None:
    assert drawn(templated(source), "place") is not None


def test_what_not_everybody_may_see_is_no_frame() -> None:
    from django.http import Http404

    def missing(request: HttpRequest) -> HttpResponse:
        raise Http404

    def cookie(request: HttpRequest) -> HttpResponse:
        response = HttpResponse("x")
        response.set_cookie("a", "b")
        return response

    assert drawn(missing) is None
    assert drawn(cookie) is None
    assert drawn(lambda request: HttpResponse(status=301)) is None
    assert drawn(lambda request: HttpResponse(headers={"Cache-Control": "no-store"})) is None


def test_in_life_a_page_that_asks_for_a_person_is_drawn_alone(
    monkeypatch: pytest.MonkeyPatch, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def draw_badly(*_: object) -> None:
        raise PersonInFrame("user.name")

    monkeypatch.setattr(middleware, "draw", draw_badly)
    client = visitor("main")
    client.force_login(make_reader("ayu@example.org"))
    frames.wake()
    try:
        with pytest.raises(PersonInFrame):
            client.get("/")
        settings.ESENSI_ENV = "production"
        assert b"ayu@example.org" in client.get("/").content
    finally:
        frames.sleep()
    assert "drawn for each reader" in caplog.text

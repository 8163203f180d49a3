"""The place is sent by a script or by a form, and refused with the reason."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from sites.books.models import Chapter, ReadingProgress
from tests.house import visitor
from tests.sites.chapter.library import (
    hide,
    make_book,
    make_chapters,
    make_reader,
    paragraph_id,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def chapters() -> list[Chapter]:
    return make_chapters(make_book(), 3)


@pytest.fixture
def guest() -> Client:
    return visitor("chapter")


def place(**fields: Any) -> dict[str, Any]:
    return {"paragraph": paragraph_id(2), "fraction": "0.25"} | fields


def test_a_script_keeps_the_place(chapters: list[Chapter]) -> None:
    reader = make_reader()
    assert signed_in(reader).post("/the-sea/2/place/", place()).status_code == 204
    row = ReadingProgress.objects.get(user=reader)
    assert (row.chapter, row.paragraph, row.fraction) == (chapters[1], paragraph_id(2), 0.25)


def test_a_form_keeps_the_chapter_and_comes_back(chapters: list[Chapter]) -> None:
    reader = make_reader()
    client = signed_in(reader)
    response = client.post(
        "/the-sea/2/place/", {"fraction": "0", "next": "/the-sea/2/"}, follow=True
    )
    assert response.redirect_chain == [("/the-sea/2/", 302)]
    assert "Your place is saved" in response.content.decode()
    assert ReadingProgress.objects.get(user=reader).chapter == chapters[1]
    outside = client.post("/the-sea/2/place/", {"fraction": "0", "next": "https://evil.example/"})
    assert outside["Location"] == "/"


def test_a_place_is_refused_with_the_reason(guest: Client, chapters: list[Chapter]) -> None:
    client = signed_in(make_reader())
    for odd in ({"paragraph": "<b>"}, {"fraction": "nan"}, {"fraction": "much"}, {"fraction": "2"}):
        response = client.post("/the-sea/2/place/", place(**odd))
        assert response.status_code == 400, odd
        assert "A place is" in response.content.decode()
    assert client.post("/the-sea/9/place/", place()).status_code == 404
    assert guest.post("/the-sea/2/place/", place()).status_code == 403
    assert client.get("/the-sea/2/place/").status_code == 405
    hide(chapters[1])
    assert client.post("/the-sea/2/place/", place()).status_code == 404
    assert not ReadingProgress.objects.exists()


def test_a_place_needs_the_token_of_the_page(chapters: list[Chapter]) -> None:
    client = visitor("chapter", enforce_csrf_checks=True)
    client.force_login(make_reader())
    assert client.post("/the-sea/2/place/", place()).status_code == 403
    page = client.get("/the-sea/2/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    headers = {"x-csrftoken": token[1]}
    assert client.post("/the-sea/2/place/", place(), headers=headers).status_code == 204

from __future__ import annotations

import pytest
from django.conf import settings

from sites.accounts.actions import create_user
from tests.house import visitor

pytestmark = pytest.mark.django_db


def test_the_browsers_language_decides_at_first() -> None:
    assert visitor("main").get("/", headers={"accept-language": "id"})["Content-Language"] == "id"
    assert visitor("main").get("/", headers={"accept-language": "fr"})["Content-Language"] == "en"


def test_the_choice_stands_against_the_browser_on_the_same_address() -> None:
    client = visitor("main", headers={"accept-language": "en"})
    answer = client.post("/language/", {"language": "id", "next": "/books/"})
    assert (answer.status_code, answer["Location"]) == (302, "/books/")
    page = client.get("/books/")
    assert page["Content-Language"] == "id"
    assert b'lang="id"' in page.content


def test_the_choice_is_kept_with_the_account() -> None:
    user = create_user("reader@esensi.example", password=None)
    client = visitor("chapter")
    client.force_login(user)
    client.post("/language/", {"language": "id"})
    user.refresh_from_db()
    assert user.language == "id"


@pytest.mark.parametrize("language", ["", "fr", "id-ID", "x" * 100])
def test_an_unknown_language_changes_nothing(language: str) -> None:
    answer = visitor("main").post("/language/", {"language": language})
    assert answer.status_code == 302
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies


def test_the_switch_never_leads_out_of_the_house() -> None:
    answer = visitor("main").post("/language/", {"language": "id", "next": "//evil.example/"})
    assert answer["Location"] == "/"


def test_following_a_link_does_not_switch() -> None:
    assert visitor("main").get("/language/?language=id").status_code == 405

"""Reading settings: kept in a cookie of all five hosts, and with the account."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from sites.accounts.models import User
from sites.accounts.models.user import LARGEST_SIZE, SMALLEST_SIZE
from tests.house import visitor
from tests.sites.chapter.library import make_book, make_chapters, make_reader

pytestmark = pytest.mark.django_db

CHOSEN = {"theme": "sepia", "face": "jelas", "size": "22", "measure": "wide"}


@pytest.fixture(autouse=True)
def _book() -> None:
    make_chapters(make_book(), 1)


@pytest.fixture
def guest() -> Client:
    return visitor("chapter")


def page_of(client: Client) -> str:
    return client.get("/the-sea/1/").content.decode()


def test_settings_hold_for_visitors_by_a_cookie_of_all_hosts(guest: Client) -> None:
    response = guest.post("/reading/", CHOSEN | {"next": "/the-sea/1/"})
    assert (response.status_code, response["Location"]) == (302, "/the-sea/1/")
    cookie = response.cookies[settings.READING_COOKIE_NAME]
    assert cookie.value == "sepia.jelas.22.wide"
    assert cookie["domain"] == settings.SESSION_COOKIE_DOMAIN
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    page = page_of(guest)
    assert 'data-theme="sepia"' in page
    assert 'data-face="jelas" data-size="22" data-measure="wide"' in page


def test_a_script_gets_no_page(guest: Client) -> None:
    response = guest.post("/reading/", CHOSEN)
    assert (response.status_code, response.content) == (204, b"")


def test_settings_follow_the_account_to_another_browser() -> None:
    reader = make_reader()
    first, second = visitor("chapter"), visitor("chapter")
    first.force_login(reader)
    first.post("/reading/", CHOSEN)
    stored = User.objects.get(pk=reader.pk)
    assert (stored.theme, stored.face, stored.size, stored.measure) == (
        "sepia",
        "jelas",
        22,
        "wide",
    )
    second.force_login(reader)
    assert 'data-theme="sepia"' in page_of(second)


def test_the_theme_follows_to_other_hosts(guest: Client) -> None:
    guest.post("/reading/", CHOSEN | {"theme": "dark"})
    main = visitor("main")
    main.cookies = guest.cookies
    assert 'data-theme="dark"' in main.get("/no-such-page/").content.decode()


def test_the_device_decides_until_somebody_chooses(guest: Client) -> None:
    assert "data-theme" not in page_of(guest)
    guest.post("/reading/", {"theme": "dark"})
    assert 'data-theme="dark"' in page_of(guest)
    guest.post("/reading/", {"theme": ""})
    assert "data-theme" not in page_of(guest)


def test_what_is_not_sent_or_unknown_stays(guest: Client) -> None:
    guest.post("/reading/", CHOSEN)
    guest.post("/reading/", {"theme": "pink", "face": "comic", "size": "x", "measure": "<b>"})
    page = page_of(guest)
    assert 'data-theme="sepia"' in page
    assert 'data-face="jelas" data-size="22" data-measure="wide"' in page


@pytest.mark.parametrize(
    ("sent", "kept", "closed"),
    [
        ("999", LARGEST_SIZE, "step-larger"),
        ("1", SMALLEST_SIZE, "step-smaller"),
    ],
)
def test_size_ends_at_its_limits(guest: Client, sent: str, kept: int, closed: str) -> None:
    guest.post("/reading/", {"size": sent})
    page = page_of(guest)
    assert f'data-size="{kept}"' in page
    buttons = re.findall(r'<button class="step (step-\w+)"[^>]*?( disabled)?>', page)
    assert [name for name, disabled in buttons if disabled] == [closed]


def test_every_size_has_its_rule_in_the_stylesheet() -> None:
    from django.contrib.staticfiles import finders

    path = finders.find("chapter/reader.css")
    assert isinstance(path, str)
    with open(path, encoding="utf-8") as stylesheet:
        rules = set(re.findall(r'\[data-size="(\d+)"\] \{ --size: [\d.]+rem', stylesheet.read()))
    usual = {"19"}
    assert rules | usual == {str(size) for size in range(SMALLEST_SIZE, LARGEST_SIZE + 1)}


def test_the_way_back_stays_in_the_house(guest: Client) -> None:
    response = guest.post("/reading/", CHOSEN | {"next": "//evil.example/"})
    assert response["Location"] == "/"


def test_the_script_is_small() -> None:
    import gzip

    from django.contrib.staticfiles import finders

    path = finders.find("chapter/reader.js")
    assert isinstance(path, str)
    with open(path, "rb") as script:
        assert len(gzip.compress(script.read())) <= 6 * 1024

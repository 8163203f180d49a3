"""The desks in the house's clothes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as configured

from tests.sites.desk.people import SmallHouse

BADGES = {"local": "Local", "development": "Development", "production": "Production"}


@pytest.mark.parametrize(
    ("key", "ground", "name"),
    [("publish", "252, 251, 248", "Writing desk"), ("internal", "237, 238, 244", "Office")],
)
def test_each_desk_has_its_own_dye_ground_and_name(
    house: SmallHouse, key: str, ground: str, name: str
) -> None:
    page = house.visitor(key, "superuser").get("/").content.decode()
    for part in (
        "/static/fonts.css",
        "/static/unfold/desk.css",
        f"/static/unfold/{key}.css",
        f"/static/favicons/{key}.svg",
        f"--color-base-50: rgb({ground});",
        "--color-primary-600: rgb(59, 44, 147);",
        "--border-radius: 8px;",
        f'<span class="desk-name">{name}</span>',
    ):
        assert part in page, part
    assert "Django" not in page


@pytest.mark.parametrize("environment", BADGES)
def test_the_badge_of_the_environment(house: SmallHouse, settings: Any, environment: str) -> None:
    settings.ESENSI_ENV = environment
    shown = {
        key: BADGES[environment] in _header(house.visitor(key, "superuser").get("/"))
        for key in ("publish", "internal")
    }
    assert shown == {"publish": environment != "production", "internal": True}


def _header(answer: Any) -> str:
    """What stands between the sidebar and the page."""
    page: str = answer.content.decode()
    return page[page.index('id="header-inner"') : page.index('id="content"')]


def test_the_language_is_switched_where_one_is(house: SmallHouse) -> None:
    client = house.visitor("publish", "author")
    page = client.get("/books/book/?status__exact=draft").content.decode()
    assert 'action="/language/"' in page
    assert 'name="next" type="hidden" value="/books/book/?status__exact=draft"' in page
    answer = client.post("/language/", {"language": "id", "next": "/books/book/"})
    assert answer.status_code == 302
    assert 'lang="id"' in client.get("/books/book/").content.decode()


def test_a_desk_runs_no_script_of_its_page(house: SmallHouse) -> None:
    """Unfold needs eval for its attributes; scripts come from files all the same."""
    for key, paths in {
        "publish": ("/", "/books/book/", "/books/book/add/", "/books/chapter/add/"),
        "internal": ("/", "/accounts/user/", "/accounts/user/add/"),
    }.items():
        client = house.visitor(key, "superuser")
        for path in paths:
            answer = client.get(path)
            page = answer.content.decode()
            begun = re.findall(r"<script\b([^>]*)>", page)
            # Data, which nobody runs, and the one import map, which carries the page's nonce.
            ours = [tag for tag in begun if 'type="application/json"' not in tag]
            maps = [tag for tag in ours if 'type="importmap"' in tag]
            rest = [tag for tag in ours if tag not in maps and "src=" not in tag]
            assert all(' nonce="' in tag for tag in maps), path
            assert all(' id="django-admin-' in tag for tag in rest), path
            policy = answer.headers["Content-Security-Policy"]
            script = next(part for part in policy.split(";") if "script-src" in part)
            assert "'unsafe-inline'" not in script


def test_the_settings_are_found_under_the_sites_names() -> None:
    assert configured.UNFOLD_PUBLISH["COLORS"]["base"]["50"] == "#FCFBF8"
    assert configured.UNFOLD_INTERNAL["COLORS"]["base"]["50"] == "#EDEEF4"

"""axe-core finds nothing to mend on any page type, light or dark, wide or narrow."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.server import House

pytestmark = pytest.mark.journey

PAGES = (
    ("main", "/"),
    ("main", "/books/"),
    ("main", "/books/?q=nothing-has-this-name"),
    ("main", "/books/?q=laut"),
    ("main", "/books/?q=sekarwnagi"),
    ("main", "/books/laut-yang-mengingat-nama/"),
    ("main", "/authors/"),
    ("main", "/authors/ratih-sekarwangi/"),
    ("main", "/genres/novel/"),
    ("main", "/books/not-there/"),
    ("chapter", "/"),
    ("chapter", "/laut-yang-mengingat-nama/"),
    ("chapter", "/laut-yang-mengingat-nama/1/"),
    ("chapter", "/laut-yang-mengingat-nama/1/comments/"),
    ("auth", "/sign-in/"),
)
SIGNED_IN = (
    ("main", "/"),
    ("auth", "/"),
    ("chapter", "/"),
    ("chapter", "/laut-yang-mengingat-nama/1/comments/"),
    ("publish", "/"),
    ("publish", "/invitations/"),
    ("publish", "/profile/"),
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(
    house: House, new_page: NewPage, width: int, theme: Literal["light", "dark"]
) -> None:
    page = new_page(width=width, color_scheme=theme, bypass_csp=True)
    found = {}
    for key, path in PAGES:
        page.goto(house.url(key, path))
        found[key + path] = complaints(page)
    sign_in(page, house, "author")
    for key, path in SIGNED_IN:
        page.goto(house.url(key, path))
        found[f"signed in: {key}{path}"] = complaints(page)
    assert {where: what for where, what in found.items() if what} == {}


def complaints(page: object) -> list[str]:
    """Give a line for each rule that is broken, with the first element that breaks it."""
    results = Axe().run(page, options=RULES)  # type: ignore[arg-type]
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in results.response["violations"]
    ]

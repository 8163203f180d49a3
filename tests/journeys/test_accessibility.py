"""axe-core finds nothing to mend on any page type, light or dark, wide or narrow."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

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
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    # Of the rules that are kept, no list of the elements that keep them.
    "resultTypes": ["violations"],
}
BROKEN = """async (rules) => (await axe.run(rules)).violations
  .map((rule) => `${rule.id}: ${rule.nodes[0].html.slice(0, 200)}`)"""


#: Colours on their way from one theme to the other are nobody's.
SETTLED = """async (theme) => {
  await Promise.allSettled(document.getAnimations()
    .filter((each) => each instanceof CSSTransition).map((each) => each.finished));
  return matchMedia(`(prefers-color-scheme: ${theme})`).matches;
}"""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(house: House, new_page: NewPage, width: int) -> None:
    page = new_page(width=width, color_scheme="light", bypass_csp=True)
    found = {}
    for key, path in PAGES:
        found[key + path] = look(page, house, key, path)
    sign_in(page, house, "author")
    for key, path in SIGNED_IN:
        found[f"signed in: {key}{path}"] = look(page, house, key, path)
    assert {where: what for where, what in found.items() if what} == {}


def look(page: Page, house: House, key: str, path: str) -> list[str]:
    """Open a page, and give what is wrong with it in light and in dark."""
    page.emulate_media(color_scheme="light")
    page.goto(house.url(key, path))
    # A desk's script looks for the theme when it starts.
    return complaints_of_both_themes(page, again=key in ("publish", "internal"))


def complaints_of_both_themes(page: Page, *, again: bool = False) -> list[str]:
    """Give what is wrong with a page that is light, and then dark, loaded anew where ``again``; in the
    end it is light."""
    found = [f"light: {each}" for each in in_theme(page, "light")]
    page.emulate_media(color_scheme="dark")
    if again:
        page.reload()
    found += [f"dark: {each}" for each in in_theme(page, "dark")]
    page.emulate_media(color_scheme="light")
    return found


def in_theme(page: Page, theme: str) -> list[str]:
    assert page.evaluate(SETTLED, theme)
    return complaints(page)


def complaints(page: Page) -> list[str]:
    """Give a line for each rule that is broken, with the first element that breaks it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[str] = page.evaluate(BROKEN, RULES)
    return found

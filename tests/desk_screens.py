"""``python -m tests.desk_screens``: pictures of both desks with real data, kept in docs/desks.

From a house that is started for the purpose, with demo books, the real books beside the project
where they are present, and some weeks of work played into it. Each page at 1280 and 768 px, light
and dark, in English and Indonesian by turns.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from esensi import postgres
from tests.journeys.conftest import sign_in
from tests.journeys.server import ROOT, House, find_chromium, launch, running_house

FOLDER = ROOT / "docs" / "desks"
BOOKS = ROOT.parent / "shared" / "books"
#: Width, height, theme, language: every page in each.
VIEWS = (
    (1280, 900, "light", "en-GB"),
    (1280, 900, "dark", "id-ID"),
    (768, 1024, "light", "id-ID"),
    (768, 1024, "dark", "en-GB"),
)
QUALITY = 55  # WebP's; text stays readable, and a picture stays near 20 KB
LARGEST = 120_000  # bytes of one picture
WIDEST = 1000  # pixels kept of a wide page

Step = Callable[[Page], None]


@dataclass(frozen=True)
class Screen:
    """One page: where it is, who looks. ``first`` is a link in a list that leads on to it, and
    ``then`` what is done on it before the picture is taken."""

    name: str
    host: str
    path: str
    role: str
    first: str = ""
    then: Step | None = None
    title: str = ""


def _open_answer(page: Page) -> None:
    page.locator(".desk-choices summary").first.click()
    page.locator(".desk-answers").scroll_into_view_if_needed()


def _to_text(page: Page) -> None:
    page.locator(".desk-way-in:not(:empty)").first.click()
    page.locator(".desk-text").evaluate("e => e.scrollIntoView()")


def _to_figures(page: Page) -> None:
    page.locator(".desk-numbers").evaluate("e => e.scrollIntoView()")


SECOND_ROUND = "#result_list a:has-text('Perempuan yang Menjual Peta')"
SCREENS = (
    Screen("office", "internal", "/", "manager", title="The office's first screen: what waits"),
    Screen("office-numbers", "internal", "/", "manager", "", _to_figures, "The house in numbers"),
    Screen("approvals", "internal", "/approvals/", "editor", title="Approvals, as an editor sees"),
    Screen("approval", "internal", "/approvals/", "editor", SECOND_ROUND, None, "A submission"),
    Screen(
        "approval-answer", "internal", "/approvals/", "editor", SECOND_ROUND, _open_answer,
        "Its answers",
    ),
    Screen(
        "approval-text", "internal", "/approvals/", "editor", SECOND_ROUND, _to_text,
        "Its text, and the conversation about it",
    ),
    Screen("people", "internal", "/accounts/user/", "manager", title="People"),
    Screen(
        "person", "internal", "/accounts/user/?q=author", "manager", "#result_list tbody th a", None,
        "One person",
    ),
    Screen("roles", "internal", "/auth/group/", "manager", title="Roles"),
    Screen("hosts", "internal", "/sites/site/", "manager", title="Hosts, read only"),
    Screen("audit", "internal", "/audit/", "manager", title="The audit log"),
    Screen("authors", "internal", "/books/author/", "manager", title="Authors"),
    Screen("merge", "internal", "/books/author/merge/?into=1&others=2", "manager", title="Merging"),
    Screen("books", "internal", "/books/book/", "manager", title="All books"),
    Screen("desk", "publish", "/", "author", title="The writing desk's first screen"),
    Screen("desk-books", "publish", "/books/book/", "author", title="One's own books"),
    Screen(
        "desk-book", "publish", "/books/book/", "author", "#result_list tbody th a", None, "One book"
    ),
    Screen("desk-chapters", "publish", "/books/chapter/", "author", title="Chapters"),
)  # fmt: skip


def take(browser: Browser, house: House, screen: Screen) -> None:
    """Take one page in every view."""
    for width, height, theme, locale in VIEWS:
        context = browser.new_context(
            locale=locale,
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        page = context.new_page()
        sign_in(page, house, screen.role)
        page.goto(house.url(screen.host, screen.path), wait_until="networkidle")
        if screen.first:
            page.locator(screen.first).first.click()
            page.wait_for_load_state("networkidle")
        if screen.then:
            screen.then(page)
        keep(page, FOLDER / f"{screen.name}-{width}-{theme}-{locale[:2]}.webp")
        context.close()


def keep(page: Page, path: Path) -> None:
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.thumbnail((WIDEST, WIDEST * 2), Image.Resampling.LANCZOS)
    picture.save(path, "WEBP", quality=QUALITY, method=6)
    assert path.stat().st_size <= LARGEST, f"{path.name} has {path.stat().st_size} bytes"


def furnish(house: House) -> None:
    """Bring real books in, and play the scene."""
    for book in sorted(BOOKS.glob("*.epub")):
        house.manage("import_book", str(book))
    house.manage("shell", "-c", "from tests.desk_scene import play; play()")


def main(names: list[str]) -> int:
    chromium = find_chromium()
    if chromium is None:
        print("No Chromium on this machine (Debian: apt-get install chromium).")  # noqa: T201
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres.throwaway() as server,
        running_house(Path(folder), server) as house,
        sync_playwright() as playwright,
    ):
        furnish(house)
        browser = launch(playwright, chromium)
        for screen in SCREENS:
            if not names or screen.name in names:
                print(screen.name, flush=True)  # noqa: T201
                take(browser, house, screen)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

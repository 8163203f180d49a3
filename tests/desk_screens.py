"""``python -m tests.desk_screens``: pictures of both desks with real data, kept in docs/desks.

From a house that is started for the purpose, with demo books, the real books beside the project
where they are present, and some weeks of work played into it. Each page at 1280 and 768 px, light
and dark, in English and Indonesian by turns.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import sign_in
from tests.journeys.server import ROOT, House
from tests.studio import studio

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
    """One page: where it is, who looks. ``first`` is a link in a list that leads on to a row's form,
    ``then`` the page below that row, and ``last`` what is done before the picture is taken."""

    name: str
    host: str
    path: str
    role: str
    title: str
    first: str = ""
    then: str = ""
    last: Step | None = None


def _open_answer(page: Page) -> None:
    page.locator(".desk-choices summary").first.click()
    page.locator(".desk-answers").scroll_into_view_if_needed()


def _to_text(page: Page) -> None:
    page.locator(".desk-way-in:not(:empty)").first.click()
    page.locator(".desk-text").evaluate("e => e.scrollIntoView()")


def _to_figures(page: Page) -> None:
    page.locator(".desk-numbers").evaluate("e => e.scrollIntoView()")


ROW = "#result_list tbody th a"
SECOND_ROUND = "#result_list tbody th a:has-text('Perempuan yang Menjual Peta')"
SCREENS = (
    Screen("office", "internal", "/", "manager", "The office opens on what waits"),
    Screen("office-numbers", "internal", "/", "manager", "The house in numbers", last=_to_figures),
    Screen("approvals", "internal", "/approvals/", "editor", "Approvals, as an editor sees them"),
    Screen("approval", "internal", "/approvals/", "editor", "A submission", SECOND_ROUND),
    Screen(
        "approval-answer", "internal", "/approvals/", "editor", "Its answers", SECOND_ROUND,
        last=_open_answer,
    ),
    Screen(
        "approval-text", "internal", "/approvals/", "editor", "Its text, and the conversation",
        SECOND_ROUND, last=_to_text,
    ),
    Screen("people", "internal", "/accounts/user/", "manager", "People"),
    Screen("person", "internal", "/accounts/user/?q=author", "manager", "One person", ROW),
    Screen("roles", "internal", "/auth/group/", "manager", "Roles"),
    Screen("hosts", "internal", "/sites/site/", "manager", "Hosts, to look at"),
    Screen("audit", "internal", "/audit/", "manager", "The audit log"),
    Screen("authors", "internal", "/books/author/", "manager", "Authors"),
    Screen("merge", "internal", "/books/author/merge/?into=1&others=2", "manager", "Merging"),
    Screen("books", "internal", "/books/book/", "manager", "All books"),
    Screen("desk", "publish", "/", "author", "The writing desk opens on what was written last"),
    Screen("desk-books", "publish", "/books/book/", "author", "One's own books"),
    Screen("desk-book", "publish", "/books/book/", "author", "One book", ROW),
    Screen("desk-chapters", "publish", "/books/book/", "author", "Its chapters", ROW, "chapters/"),
    Screen(
        "desk-submission", "publish", "/books/book/", "author", "Its way to readers",
        SECOND_ROUND, "submission/",
    ),
    Screen("desk-chapter", "publish", "/books/chapter/", "author", "A chapter to write in", ROW),
)  # fmt: skip


def take(page: Page, house: House, screen: Screen, path: Path) -> None:
    """Take one page as it is seen in the page's own view."""
    page.goto(house.url(screen.host, screen.path), wait_until="networkidle")
    if screen.first:
        page.locator(screen.first).first.click()
        page.wait_for_load_state("networkidle")
    if screen.then:
        row = page.url.partition("change/")[0]
        page.goto(f"{row}{screen.then}", wait_until="networkidle")
    if screen.last:
        screen.last(page)
    keep(page, path)


def take_all(
    browser: Browser,
    house: House,
    screens: Sequence[Screen],
    *,
    views: Sequence[tuple[int, int, str, str]] = VIEWS,
    folder: Path = FOLDER,
) -> None:
    """Take every page in every view, each person signed in once for each view."""
    for width, height, theme, locale in views:
        pages: dict[str, Page] = {}
        for screen in screens:
            if screen.role not in pages:
                context = browser.new_context(
                    locale=locale,
                    color_scheme="dark" if theme == "dark" else "light",
                    viewport={"width": width, "height": height},
                    reduced_motion="reduce",
                )
                pages[screen.role] = context.new_page()
                if screen.role:
                    sign_in(pages[screen.role], house, screen.role)
            name = f"{screen.name}-{width}-{theme}-{locale[:2]}.webp"
            print(name, flush=True)  # noqa: T201
            take(pages[screen.role], house, screen, folder / name)
        for page in pages.values():
            page.context.close()


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
    with studio(FOLDER) as (browser, house, _):
        furnish(house)
        take_all(browser, house, [one for one in SCREENS if not names or one.name in names])
    (ROOT / "docs" / "desks.md").write_text(document())
    return 0


def document() -> str:
    """Give the page that shows the pictures."""
    lines = [
        "# Both desks",
        "",
        "The office (internal) and the writing desk (publish) with real data: the demo books, five",
        "EPUBs from elsewhere, and some weeks of submissions, readers and newcomers. Made by",
        "`.venv/bin/python -m tests.desk_screens`: each page at 1280 and 768 px, light and dark, in",
        "English and Indonesian by turns. What they are to look like stands in `sites/desk/look.py`",
        "and `sites/static/unfold/`.",
    ]
    for screen in SCREENS:
        lines += ["", f"## {screen.title}", ""]
        names = [f"{screen.name}-{width}-{theme}-{locale[:2]}" for width, _, theme, locale in VIEWS]
        lines += [f"![{screen.title}](desks/{name}.webp)" for name in names]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

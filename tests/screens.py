"""``python -m tests.screens``: pictures of every page type, as people see them, kept in docs/screens.

Each at 360, 768 and 1280 px, light and dark, from a house that is started for the purpose.
"""

from __future__ import annotations

import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from esensi import postgres
from tests.journeys.conftest import sign_in
from tests.journeys.server import ROOT, House, find_chromium, launch, running_house

FOLDER = ROOT / "docs" / "screens"
SIZES = {360: 740, 768: 1024, 1280: 900}  # CSS pixels: width to height
THEMES = ("light", "dark")
QUALITY = 50  # WebP's; text stays readable, and a picture stays near 15 KB
WIDEST = 900  # pixels kept of a wide page


@dataclass(frozen=True)
class Screen:
    """One page type: where it is, who looks, in which language."""

    name: str
    host: str
    path: str
    role: str = ""
    locale: str = "id-ID"
    paper: str = ""  # the reader's own choice, before the device's


SCREENS = (
    Screen("home", "main", "/"),
    Screen("home-english", "main", "/", locale="en-GB"),
    Screen("home-signed-in", "main", "/", role="reader"),
    Screen("books", "main", "/books/"),
    Screen("search", "main", "/books/?q=laut"),
    Screen("search-empty", "main", "/books/?q=naga"),
    Screen("book", "main", "/books/laut-yang-mengingat-nama/"),
    Screen("authors", "main", "/authors/"),
    Screen("author", "main", "/authors/ratih-sekarwangi/"),
    Screen("genre", "main", "/genres/novel/"),
    Screen("not-found", "main", "/books/tidak-ada/"),
    Screen("forbidden", "internal", "/", role="reader"),
    Screen("reading-room", "chapter", "/", role="reader"),
    Screen("contents", "chapter", "/laut-yang-mengingat-nama/"),
    Screen("reader", "chapter", "/laut-yang-mengingat-nama/1/"),
    Screen("reader-sepia", "chapter", "/laut-yang-mengingat-nama/4/", paper="sepia"),
    Screen("reader-verse", "chapter", "/pulang-kata-angin/1/"),
    Screen("reader-recipe", "chapter", "/resep-ibu-sari/1/"),
    Screen("sign-in", "auth", "/sign-in/"),
    Screen("account", "auth", "/", role="author"),
    Screen("publish", "publish", "/", role="author"),
    Screen("publish-books", "publish", "/books/book/", role="author"),
    Screen("publish-book", "publish", "/books/book/1/change/", role="editor"),
    Screen("publish-chapter", "publish", "/books/chapter/1/change/", role="editor"),
    Screen("internal", "internal", "/", role="manager"),
    Screen("internal-books", "internal", "/books/book/", role="manager"),
    Screen("internal-people", "internal", "/accounts/user/", role="manager"),
    Screen("internal-person", "internal", "/accounts/user/1/change/", role="manager"),
)


def take(browser: Browser, house: House, screen: Screen) -> None:
    """Take one page type in all sizes and themes."""
    for theme in THEMES:
        context = browser.new_context(
            locale=screen.locale, color_scheme="dark" if theme == "dark" else "light"
        )
        if screen.paper:
            choose_paper(context, screen.paper)
        if screen.role:
            page = context.new_page()
            sign_in(page, house, screen.role)
            page.close()
        page = context.new_page()
        for width, height in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.goto(house.url(screen.host, screen.path), wait_until="networkidle")
            keep(page, FOLDER / f"{screen.name}-{width}-{theme}.webp")
        context.close()


def choose_paper(context: BrowserContext, theme: str) -> None:
    """Set the cookie in which a visitor's reading settings are kept."""
    cookie = {"name": "esensi-local-reading", "value": f"{theme}.literata.19.medium"}
    context.add_cookies([{**cookie, "domain": ".esensi.localhost", "path": "/"}])  # type: ignore[typeddict-item]


def keep(page: Page, path: Path) -> None:
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.thumbnail((WIDEST, WIDEST * 2), Image.Resampling.LANCZOS)
    picture.save(path, "WEBP", quality=QUALITY, method=6)


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
        browser = launch(playwright, chromium)
        for screen in SCREENS:
            if not names or screen.name in names:
                print(screen.name, flush=True)  # noqa: T201
                take(browser, house, screen)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

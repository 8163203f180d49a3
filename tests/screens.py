"""``python -m tests.screens [NAME…]``: pictures of every page type, or of those named.

Each at 360, 768 and 1280 px, light and dark, from a house that is started for the purpose; kept in
docs/screens, with docs/screens.md to look at them. The fonts are the house's own; a picture of Japanese
takes one that has it, too (Debian: fonts-noto-cjk).
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.conftest import sign_in
from tests.journeys.server import ROOT, House
from tests.screens_books import lamp, tide
from tests.studio import studio

FOLDER = ROOT / "docs" / "screens"
PAGE = FOLDER.with_suffix(".md")
STATIC_PAGES = ROOT / "sites" / "templates" / "errors"
SIZES = {360: 740, 768: 1024, 1280: 900}  # CSS pixels: width to height
THEMES = ("light", "dark")
QUALITY = 50  # WebP's; text stays readable, and a picture stays near 15 KB
WIDEST = 900  # pixels kept of a wide page


@dataclass(frozen=True)
class Screen:
    """One page type: where it is, who looks, in which language. Without a host it is a file."""

    name: str
    title: str
    host: str
    path: str
    role: str = ""
    locale: str = "id-ID"
    paper: str = ""  # the reader's own choice, before the device's


SCREENS = (
    Screen("home", "Home, in Indonesian", "main", "/"),
    Screen("home-english", "Home, in English", "main", "/", locale="en-GB"),
    Screen("home-signed-in", "Home, signed in", "main", "/", role="reader"),
    Screen("books", "The catalogue", "main", "/books/"),
    Screen("search", "A search", "main", "/books/?q=laut"),
    Screen("search-empty", "A search without an answer", "main", "/books/?q=naga"),
    Screen("book", "A book", "main", "/books/laut-yang-mengingat-nama/"),
    Screen("authors", "Authors", "main", "/authors/"),
    Screen("author", "An author", "main", "/authors/ratih-sekarwangi/"),
    Screen("genre", "A genre", "main", "/genres/novel/"),
    Screen("about", "About the house", "main", "/about/"),
    Screen("notifications", "Notifications", "main", "/notifications/", role="author"),
    Screen("not-found", "A page that is not there", "main", "/books/tidak-ada/"),
    Screen("forbidden", "A door that is closed", "internal", "/", role="reader"),
    Screen("broken", "When something is broken", "", "500.html"),
    Screen("closed", "When the house is full, or closed for a moment", "", "503.html"),
    Screen("reading-room", "The reading room", "chapter", "/", role="reader"),
    Screen("shelves", "Shelves", "chapter", "/shelves/", role="reader"),
    Screen("contents", "Contents", "chapter", "/laut-yang-mengingat-nama/"),
    Screen("reader", "The reader", "chapter", "/laut-yang-mengingat-nama/1/"),
    Screen(
        "reader-sepia",
        "The reader, on sepia",
        "chapter",
        "/laut-yang-mengingat-nama/4/",
        paper="sepia",
    ),
    Screen("reader-verse", "Verse", "chapter", "/pulang-kata-angin/1/"),
    Screen("reader-recipe", "A recipe", "chapter", "/resep-ibu-sari/1/"),
    Screen("sign-in", "Signing in", "auth", "/sign-in/"),
    Screen("sign-up", "Signing up", "auth", "/sign-up/"),
    Screen("reset", "A new password", "auth", "/reset/"),
    Screen("second-factors", "Second factors", "auth", "/two-factor/", role="reader"),
    Screen("sessions", "Sessions", "auth", "/sessions/", role="reader"),
    Screen("own-data", "One's own data", "auth", "/data/", role="reader"),
    Screen("account", "The account", "auth", "/", role="author"),
    Screen("publish", "The writing desk", "publish", "/", role="author"),
    Screen("publish-books", "Books at the desk", "publish", "/books/book/", role="author"),
    Screen("publish-book", "A book at the desk", "publish", "/books/book/1/change/", role="editor"),
    Screen(
        "publish-chapter", "Writing a chapter", "publish", "/books/chapter/1/change/", role="editor"
    ),
    Screen("internal", "The office", "internal", "/", role="manager"),
    Screen("internal-books", "Books in the office", "internal", "/books/book/", role="manager"),
    Screen("internal-people", "People", "internal", "/accounts/user/", role="manager"),
    Screen("internal-person", "A person", "internal", "/accounts/user/1/change/", role="manager"),
)

#: Books in other scripts, which are brought in when everything else has been taken: the shelves of the
#: house stay those of the demo. They have no letters for an address, and so the house's own words.
FROM_ELSEWHERE = (
    Screen("book-rtl", "A book in Arabic", "main", "/books/book/", locale="en-GB"),
    Screen("contents-rtl", "Contents from right to left", "chapter", "/book/", locale="en-GB"),
    Screen("reader-rtl", "The reader from right to left", "chapter", "/book/1/", locale="en-GB"),
    Screen(
        "reader-vertical", "The reader in vertical lines", "chapter", "/book-2/1/", locale="en-GB"
    ),
)


def take(browser: Browser, house: House, screen: Screen) -> None:
    """Take one page type in all sizes and themes."""
    for theme in THEMES:
        context = browser.new_context(
            locale=screen.locale,
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",  # nothing is taken on its way
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
            page.goto(address(house, screen), wait_until="networkidle")
            keep(page, FOLDER / picture(screen, width, theme))
        context.close()


def address(house: House, screen: Screen) -> str:
    if not screen.host:
        return (STATIC_PAGES / screen.path).as_uri()
    return house.url(screen.host, screen.path)


def choose_paper(context: BrowserContext, theme: str) -> None:
    """Set the cookie in which a visitor's reading settings are kept."""
    cookie = {"name": "esensi-local-reading", "value": f"{theme}.literata.19.medium"}
    context.add_cookies([{**cookie, "domain": ".esensi.localhost", "path": "/"}])  # type: ignore[typeddict-item]


def keep(page: Page, path: Path) -> None:
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.thumbnail((WIDEST, WIDEST * 2), Image.Resampling.LANCZOS)
    picture.save(path, "WEBP", quality=QUALITY, method=6)


def bring_books(house: House, folder: Path) -> None:
    files = {"lamp.epub": lamp(), "tide.epub": tide()}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    house.manage("import_book", *(str(folder / name) for name in files))


def picture(screen: Screen, width: int, theme: str) -> str:
    """Give the name of a picture's file."""
    return f"{screen.name}-{width}-{theme}.webp"


def page_of_screens() -> str:
    """Give docs/screens.md, which shows the pictures by page type."""
    lines = [
        "# Screens",
        "",
        "Every page type at 360, 768 and 1280 px, light and dark, with the demo books; `make screens`"
        " takes them",
        "anew.",
    ]
    widths = sorted(SIZES, reverse=True)
    for screen in (*SCREENS, *FROM_ELSEWHERE):
        lines += ["", f"## {screen.title}", ""]
        lines += [f"| {' | '.join(map(str, widths))} |", "|---" * len(widths) + "|"]
        for theme in THEMES:
            pictures = [
                f"![{screen.title}, {width} px, {theme}](screens/{picture(screen, width, theme)})"
                for width in widths
            ]
            lines.append(f"| {' | '.join(pictures)} |")
    return "\n".join(lines) + "\n"


def main(names: list[str]) -> int:
    with studio(FOLDER) as (browser, house, folder):
        for screens in (SCREENS, FROM_ELSEWHERE):
            if screens is FROM_ELSEWHERE:
                bring_books(house, folder)
            for screen in screens:
                if not names or screen.name in names:
                    print(screen.name, flush=True)  # noqa: T201
                    take(browser, house, screen)
    PAGE.write_text(page_of_screens())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

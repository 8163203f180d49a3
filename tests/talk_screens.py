"""``python -m tests.talk_screens``: pictures of what readers say beside a chapter, kept in docs/talk.

Two browsers talk in a house that is started for the purpose; then each page is taken at 1280 and
360 px, light and dark, in English and Indonesian.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from playwright.sync_api import Browser, Page

from tests.journeys.conftest import sign_in
from tests.journeys.live import wait_until_open
from tests.journeys.server import ROOT, House
from tests.screens import keep
from tests.studio import studio

FOLDER = ROOT / "docs" / "talk"
SIZES = {1280: 900, 360: 740}  # CSS pixels: width to height
THEMES = ("light", "dark")
LOCALES = ("en-GB", "id-ID")
CHAPTER = "/laut-yang-mengingat-nama/1/"


@dataclass(frozen=True)
class Scene:
    """One page; ``panel`` says that the comments on a paragraph are opened beside the text."""

    name: str
    title: str
    path: str
    panel: bool = False


SCENES = (
    Scene("panel", "Beside the text", CHAPTER, panel=True),
    Scene("comments", "All comments on a chapter", f"{CHAPTER}comments/"),
    Scene("comment", "One comment, to report, and its author to mute", f"{CHAPTER}comments/1/"),
    Scene("muted", "Whom one has muted", "/muted/"),
)

_TALK = """
from django.utils import timezone
from sites.accounts.models import User
from sites.books.models import Chapter
from sites.community.actions.mute_person import mute_person
from sites.community.actions.write_comment import Draft, write_comment
import re
chapter = Chapter.objects.get(book__slug="laut-yang-mengingat-nama", number=1)
paragraph = re.findall(r'id="(p-[a-z2-7]{8})"', chapter.text)[1]
people = {one: User.objects.get(email=one + "@esensi.example") for one in ("author", "reader", "editor", "support")}
def say(who, text, **more):
    return write_comment(chapter, Draft(text, **more), by=people[who], now=timezone.now())
first = say("author", "Kalimat ini saya tulis ulang sebelas kali. Pada yang kedua belas, laut menang.", paragraph=paragraph)
say("reader", "Dan itu terasa!", parent=first.pk)
say("editor", "Di sini saya berhenti membaca untuk menarik napas.", parent=first.pk)
say("editor", "Kapalnya tidak pernah berangkat, bukan?", paragraph=paragraph, spoiler=True)
say("author", "Bab berikutnya terbit hari Jumat.")
mute_person(people["support"], by=people["reader"], now=timezone.now())
"""


def picture(scene: Scene, width: int, theme: str, locale: str) -> str:
    """Give the name of a picture's file."""
    return f"{scene.name}-{width}-{theme}-{locale[:2]}.webp"


def open_panel(page: Page) -> None:
    """Open what is said of the paragraph that most is said of."""
    wait_until_open(page)
    page.locator(".bubble").first.click()
    page.locator("#talk .comment").first.wait_for()


def take_all(browser: Browser, house: House) -> None:
    for theme, locale in product(THEMES, LOCALES):
        context = browser.new_context(
            locale=locale,
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        sign_in(page, house, "reader")
        for (width, height), scene in product(SIZES.items(), SCENES):
            page.set_viewport_size({"width": width, "height": height})
            page.goto(house.url("chapter", scene.path), wait_until="networkidle")
            if scene.panel:
                open_panel(page)
            keep(page, FOLDER / picture(scene, width, theme, locale))
        context.close()


def document() -> str:
    """Give docs/talk.md, which shows the pictures."""
    lines = [
        "# What readers say",
        "",
        "Comments beside a chapter, at 1280 and 360 px, light and dark, in English and Indonesian;",
        "`.venv/bin/python -m tests.talk_screens` takes them anew. How it works stands in",
        "[Open pages](realtime/pages.md).",
    ]
    for scene in SCENES:
        lines += ["", f"## {scene.title}", ""]
        lines += [
            f"![{scene.title}](talk/{picture(scene, width, theme, locale)})"
            for width, theme, locale in product(SIZES, THEMES, LOCALES)
        ]
    return "\n".join(lines) + "\n"


def main() -> int:
    with studio(FOLDER) as (browser, house, _):
        house.manage("shell", "-c", _TALK)
        take_all(browser, house)
    (ROOT / "docs" / "talk.md").write_text(document())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""``python -m tests.live_screens [NAME…]``: pictures of what the office and readers see live, in docs/live.

From a house that is started for the purpose, in which something was reported, submitted and announced.
Each page at 1280 and 360 px, light and dark, in English and Indonesian by turns.
"""

from __future__ import annotations

import sys

from playwright.sync_api import Page, expect

from tests.desk_screens import Screen, take_all
from tests.journeys.server import ROOT, House
from tests.journeys.test_office import HAPPEN
from tests.studio import studio

FOLDER = ROOT / "docs" / "live"
VIEWS = (
    (1280, 900, "light", "en-GB"),
    (1280, 900, "dark", "id-ID"),
    (360, 740, "light", "id-ID"),
    (360, 740, "dark", "en-GB"),
)
#: ms: three reports of the operations page, on a machine that has other things to do.
REPORTED_WITHIN = 60_000

_ANNOUNCE = """
from datetime import timedelta
from django.utils import timezone
from sites.accounts.models import User
from sites.community.actions.save_announcement import save_announcement
from sites.community.models import Announcement
now, manager = timezone.now(), User.objects.get(email="manager@esensi.example")
row = Announcement(
    text_en="The lighthouse reading begins at nine.",
    text_id="Pembacaan mercusuar mulai pukul sembilan.",
    starts_at=now, ends_at=now + timedelta(days=1),
)
save_announcement(row, by=manager, now=now)
"""


def _reported(page: Page) -> None:
    """Wait until rates are known and lines have begun."""
    cell = page.locator("[data-cell=deliveries]").first
    expect(cell).not_to_have_text("–", timeout=REPORTED_WITHIN)
    line = page.locator("[data-figure=deliveries] polyline")
    expect(line).not_to_have_attribute("points", "", timeout=REPORTED_WITHIN)


SCREENS = (
    Screen("operations", "internal", "/operations/", "operator", "The running house", last=_reported),
    Screen("connections", "internal", "/operations/connections/", "operator", "Who is connected"),
    Screen("reports", "internal", "/moderation/", "moderator", "What readers have reported"),
    Screen("waiting", "internal", "/", "manager", "What waits at the office"),
    Screen("announcement", "main", "/", "reader", "What the house announces"),
    Screen("announcement-chapter", "chapter", "/the-tide-clerk/1/", "", "The same above a chapter"),
    Screen("choices", "main", "/notifications/choices/", "author", "What people are told of"),
)  # fmt: skip


def furnish(house: House) -> None:
    house.manage("shell", "-c", HAPPEN)
    house.manage("shell", "-c", _ANNOUNCE)


def main(names: list[str]) -> int:
    with studio(FOLDER) as (browser, house, _):
        furnish(house)
        wanted = [one for one in SCREENS if not names or one.name in names]
        take_all(browser, house, wanted, views=VIEWS, folder=FOLDER)
    FOLDER.with_suffix(".md").write_text(document())
    return 0


def document() -> str:
    """Give the page that shows the pictures."""
    lines = [
        "# What comes while a page is open",
        "",
        "The office's live pages, and what readers see of the house. Made by",
        "`.venv/bin/python -m tests.live_screens`: each page at 1280 and 360 px, light and dark, in",
        "English and Indonesian by turns. How it works stands in [pages](realtime/pages.md).",
    ]
    for screen in SCREENS:
        lines += ["", f"## {screen.title}", ""]
        names = [f"{screen.name}-{width}-{theme}-{locale[:2]}" for width, _, theme, locale in VIEWS]
        lines += [f"![{screen.title}](live/{name}.webp)" for name in names]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

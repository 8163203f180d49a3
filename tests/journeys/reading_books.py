"""Books and browsers for the journeys through the reading room."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, Response

from tests.journeys.server import House

#: Run inside the house: books whose paragraphs are of many lengths, with ids that name their number.
_MAKE = """
from sites.books.models import Book, Chapter
from sites.books.models.chapter import UID_ALPHABET as A

def name(n):
    return "p-aaaa" + "".join(A[n // 32 ** k % 32] for k in (3, 2, 1, 0))

def text(words, paragraphs):
    return "".join(
        f'<p id="{name(n)}">{n}. ' + " ".join(words[(n * 7 + i) % len(words)] for i in range(5 + n * 37 % 90)) + ".</p>"
        for n in range(1, paragraphs + 1)
    )

def book(slug, words, paragraphs=150, chapters=3, **fields):
    made, new = Book.objects.get_or_create(slug=slug, defaults={"title": slug, "status": "published", **fields})
    for number in range(1, chapters + 1):
        body = text(words, paragraphs)
        Chapter.objects.get_or_create(book=made, number=number, defaults={
            "title": f"Part {number}", "text": body, "words": len(body.split()), "status": "published"})

english = "the sea remembers every name that was ever called across its unquiet water".split()
arabic = "كان البحر هادئا في ذلك الصباح وكانت المراكب تعود واحدا بعد آخر إلى المرفأ".split()
book("journey", english)
book("journey-long", english, 1400, 1)
book("journey-bahr", arabic, language="ar", direction="rtl")
book("journey-tate", ["海は名前を忘れない", "水の上で呼ばれた"], 80, language="ja", writing_mode="vertical-rl")
"""

#: Signs a person in without the door, which has journeys of its own.
_SESSION = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from sites.accounts.actions import create_user
from sites.accounts.models import User

user = User.objects.filter(email={email!r}).first() or create_user({email!r}, password=None)
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print("session=" + session.session_key)
"""

_PLACE = """
import json
from sites.books.models import ReadingProgress
row = ReadingProgress.objects.filter(user__email={email!r}, book__slug={slug!r}).select_related("chapter").first()
print("place=" + json.dumps(row and [row.chapter.number, row.paragraph, row.fraction]))
"""


def make_books(house: House) -> None:
    house.manage("shell", "-c", _MAKE)


def sign_in_as(page: Page, house: House, email: str) -> None:
    """Give the page's browser a session of this account, made where it is missing."""
    key = _said(house, _SESSION.format(email=email), "session=")
    page.context.add_cookies(
        [{"name": "esensi-local", "value": key, "domain": ".esensi.localhost", "path": "/"}]
    )


def kept_place(house: House, email: str, slug: str) -> tuple[int, str, float] | None:
    """The chapter, paragraph and fraction that the database holds."""
    said: Any = json.loads(_said(house, _PLACE.format(email=email, slug=slug), "place="))
    return tuple(said) if said else None


def change_text(house: House, slug: str, number: int, old: str, new: str) -> None:
    house.manage(
        "shell",
        "-c",
        "from sites.books.models import Chapter\n"
        f"row = Chapter.objects.get(book__slug={slug!r}, number={number})\n"
        f"Chapter.objects.filter(pk=row.pk).update(text=row.text.replace({old!r}, {new!r}))",
    )


def _said(house: House, code: str, mark: str) -> str:
    lines = house.manage("shell", "-c", code).splitlines()
    return next(line.removeprefix(mark) for line in lines if line.startswith(mark))


def is_place_kept(response: Response) -> bool:
    return response.request.method == "POST" and response.url.endswith("/place/")


def scroll(page: Page, distance: int) -> None:
    """Turn the wheel over the text, in steps as people do, and wait until the page stands still."""
    page.mouse.move(page.evaluate("innerWidth / 2"), page.evaluate("innerHeight / 2"))
    steps = max(1, abs(distance) // 400)
    for _step in range(steps):
        page.mouse.wheel(0, distance / steps)
    page.evaluate(
        """() => new Promise((done) => {
             const box = document.querySelector('[data-writing^=vertical] .chapter');
             let last = -1, still = 0;
             const look = () => {
               const now = box ? box.scrollLeft : scrollY;
               still = now === last ? still + 1 : 0;
               last = now;
               still > 10 ? done() : requestAnimationFrame(look);
             };
             look();
           })"""
    )


def paragraph_at_line(page: Page) -> str:
    """The paragraph just below the bar's place, where a place that is found again must stand."""
    found: str = page.evaluate(
        """() => {
             const x = document.querySelector('.text').getBoundingClientRect().left + 60;
             for (let y = 77; y < innerHeight; y += 2) {
               const block = document.elementsFromPoint(x, y).map((e) => e.closest('[id^=p-]')).find(Boolean);
               if (block) return block.id;
             }
             return '';
           }"""
    )
    return found


def is_in_view(page: Page, paragraph: str) -> bool:
    seen: bool = page.evaluate(
        """(id) => {
             const box = document.getElementById(id).getBoundingClientRect();
             const foot = document.getElementById('foot').getBoundingClientRect().top;
             return box.bottom > 0 && box.top < foot && box.right > 0 && box.left < innerWidth;
           }""",
        paragraph,
    )
    return seen

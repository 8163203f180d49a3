"""Books and browsers for the journeys through the reading room."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from playwright.sync_api import Page

from tests.journeys.server import House

PLACE_LIMIT = 15_000  # ms; a place is sent a second and a half after the last move

_WATCH_PLACES = """() => {
  const box = document.querySelector('[data-writing^=vertical] .chapter');
  const kept = window.keptPlace = { where: () => (box ? box.scrollLeft : scrollY) };
  const send = window.fetch;
  window.fetch = (url, options) => {
    const from = kept.where(), answer = send(url, options);
    if (String(url).endsWith('/place/')) answer.then(({ status }) => Object.assign(kept, { from, status }));
    return answer;
  };
}"""
_WAIT_UNTIL_KEPT = """(limit) => new Promise((done) => {
  const kept = window.keptPlace, deadline = performance.now() + limit;
  const look = () => {
    if (kept.from === kept.where()) done(kept.status);
    else if (performance.now() > deadline) done(0);
    else setTimeout(look, 50);
  };
  look();
})"""

_FILL = Path(__file__).with_name("fill_library.py")


@dataclass(frozen=True)
class Library:
    """A house with books to read; ``keys`` holds the session of each reader by name."""

    house: House
    keys: dict[str, str]

    def url(self, path: str) -> str:
        return self.house.url("chapter", path)

    def sign_in(self, name: str, *pages: Page) -> None:
        """Give the pages' browsers the session of this reader."""
        cookie = {"name": "esensi-local", "value": self.keys[name]}
        for page in pages:
            page.context.add_cookies([{**cookie, "domain": ".esensi.localhost", "path": "/"}])  # type: ignore[typeddict-item]

    def kept_place(self, name: str, slug: str) -> tuple[int, str, float]:
        """The chapter, paragraph and fraction that the database holds."""
        rows = self._ask(
            "SELECT c.number, p.paragraph, p.fraction FROM books_readingprogress p"
            " JOIN books_chapter c ON c.id = p.chapter_id JOIN books_book b ON b.id = p.book_id"
            " JOIN accounts_user u ON u.id = p.user_id WHERE u.email = %s AND b.slug = %s",
            f"{name}@journey.example",
            slug,
        )
        number, paragraph, fraction = rows[0]
        return number, paragraph, fraction

    def replace(self, slug: str, number: int, old: str, new: str) -> None:
        """Change a chapter's text behind everybody's back."""
        self._ask(
            "UPDATE books_chapter SET text = replace(text, %s, %s) WHERE number = %s AND book_id ="
            " (SELECT id FROM books_book WHERE slug = %s) RETURNING id",
            old,
            new,
            number,
            slug,
        )

    def _ask(self, statement: LiteralString, *values: object) -> list[Any]:
        address = self.house.environment["DATABASE_URL"]
        with psycopg.connect(address, autocommit=True) as connection:
            return connection.execute(statement, values).fetchall()


def make_library(house: House) -> Library:
    """Put the books into the house, and make the readers; it can be run twice."""
    said = house.manage("shell", "-c", _FILL.read_text())
    line = next(line for line in said.splitlines() if line.startswith("keys="))
    return Library(house, json.loads(line.removeprefix("keys=")))


@contextlib.contextmanager
def keeping_place(page: Page) -> Iterator[None]:
    """Move within the block; afterwards wait until the place where the page now stands is kept.

    Any answer to a place would not do: a page that was only opened sends its first place as well,
    after a second and a half, and on a busy machine that one is answered after the move.
    """
    page.evaluate(_WATCH_PLACES)
    yield
    status = page.evaluate(_WAIT_UNTIL_KEPT, PLACE_LIMIT)
    assert status == 204, f"The place was not kept: {status or 'nothing was sent from here'}."


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

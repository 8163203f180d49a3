"""A word of three hundred letters stays on a telephone's screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.server import House

pytestmark = pytest.mark.journey

NARROW = 360
LENGTHEN = """
import json
from sites.books.models import Author, Book, Chapter
kept = {
    model.__name__: list(model.objects.values("pk", *names))
    for model, *names in (
        (Book, "title", "subtitle", "opening_line", "synopsis"), (Chapter, "title"), (Author, "name"),
    )
}
Book.objects.update(title="T" * 295, subtitle="u" * 295, opening_line="o" * 300, synopsis="s" * 900)
Chapter.objects.update(title="c" * 295)
Author.objects.update(name="n" * 195)
first = Chapter.objects.filter(book__status="published", status="published").earliest("book", "number")
last = first.book.chapters.latest("number")
print("books=" + json.dumps([kept, first.book.slug, first.number, last.number]))
"""
RESTORE = """
from django.apps import apps
for name, rows in {kept!r}.items():
    for row in rows:
        apps.get_model("books", name).objects.filter(pk=row.pop("pk")).update(**row)
"""


@pytest.fixture(scope="module")
def addresses(house: House) -> Iterator[dict[str, str]]:
    """Every title, name and sentence of the house is one long word, until the last test is over."""
    said = house.manage("shell", "-v", "0", "-c", LENGTHEN)
    kept, slug, first, last = json.loads(said.partition("books=")[2])
    chapter = house.url("chapter", f"/{slug}/{first}/")
    yield {
        "home": house.url("main"),
        "books": house.url("main", "/books/"),
        "book": house.url("main", f"/books/{slug}/"),
        "authors": house.url("main", "/authors/"),
        "contents": house.url("chapter", f"/{slug}/"),
        "chapter": chapter,
        "last chapter": house.url("chapter", f"/{slug}/{last}/"),
        "sign-in": house.url("auth", f"/sign-in/?next={quote(chapter, safe='')}"),
        "writing desk": house.url("publish"),
    }
    house.manage("shell", "-v", "0", "-c", RESTORE.format(kept=kept))


def test_no_page_is_wider_than_the_screen(
    house: House, new_page: NewPage, addresses: dict[str, str]
) -> None:
    page = new_page(width=NARROW, height=740)
    widths = {}
    for name, address in addresses.items():
        if name == "writing desk":
            sign_in(page, house, "editor")
        answer = page.goto(address)
        assert answer
        assert answer.ok, (name, answer.status)
        widths[name] = page.evaluate("document.documentElement.scrollWidth")
    assert widths == dict.fromkeys(addresses, NARROW)

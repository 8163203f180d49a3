"""Drafts of the demo author's for the journeys of writing."""

from __future__ import annotations

from dataclasses import dataclass

from tests.journeys.server import House

_MAKE = """
from django.utils import timezone
from sites.accounts.models import User
from sites.books.actions.save_book import save_book
from sites.books.actions.write_chapter import write_chapter
from sites.books.models import Book, Chapter
author = User.objects.get(email="author@esensi.example")
now = timezone.now()
book = save_book(Book(title="{title}", language="id"), genres=[], tags=[], by=author, now=now)
for title, text in (
    ("Pasang", "<p>Air naik pelan-pelan.</p><p>Ibu menunggu di dermaga.</p>"),
    ("Surut", "<p>Pasir basah.</p>"),
    ("Malam", "<p>Lampu padam.</p>"),
):
    write_chapter(Chapter(book=book), title=title, text=text, by=author, now=now)
keys = [str(key) for key in book.chapters.order_by("number").values_list("pk", flat=True)]
print("made=" + " ".join([str(book.pk), book.slug, *keys]))
"""


@dataclass(frozen=True)
class Draft:
    """A draft of the demo author's with three chapters."""

    house: House
    key: str
    slug: str
    chapters: list[str]

    def desk(self, path: str) -> str:
        return self.house.url("publish", path)

    def form(self, place: int = 0) -> str:
        return self.desk(f"/books/chapter/{self.chapters[place]}/change/")


def make_draft(house: House, title: str) -> Draft:
    said = house.manage("shell", "-c", _MAKE.replace("{title}", title))
    made = next(line for line in said.splitlines() if line.startswith("made="))
    key, slug, *chapters = made.removeprefix("made=").split()
    return Draft(house, key, slug, chapters)

"""A book of the demo author's that people have read, followed and talked about for some weeks."""

from __future__ import annotations

from tests.journeys.drafts import Draft
from tests.journeys.server import House

READERS = 9

_MAKE = """
from datetime import timedelta
from django.utils import timezone
from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.books.actions.save_book import save_book
from sites.books.actions.write_chapter import write_chapter
from sites.books.models import Book, BookStatus, Chapter, Follow, ReadingProgress, Status
from sites.community.models import Comment
author = User.objects.get(email="author@esensi.example")
now = timezone.now()
book = save_book(Book(title="{title}", language="id"), genres=[], tags=[], by=author, now=now)
Book.objects.filter(pk=book.pk).update(status=BookStatus.PUBLISHED, publish_at=now)
for title in ("Pasang", "Surut", "Malam", "Fajar"):
    chapter = Chapter(book=book, status=Status.PUBLISHED, publish_at=now)
    write_chapter(chapter, title=title, text="<p>Air naik.</p><p>Ibu menunggu.</p>", by=author, now=now)
chapters = list(book.chapters.order_by("number"))
for number in range({readers}):
    reader = create_user(f"{{book.slug}}-{{number}}@contoh.example", password=None, name="Pembaca")
    at = now - timedelta(weeks=number)
    here = chapters[min(number // 2, 3)]
    ReadingProgress.objects.create(user=reader, book=book, chapter=here, updated_at=at)
    Follow.objects.create(user=reader, book=book, since=at)
    facts = {{"chapter": here, "author": reader, "text": "Bagus.", "created_at": at}}
    Comment.objects.bulk_create(Comment(**facts) for _ in range(number % 4))
keys = [str(row.pk) for row in chapters]
print("made=" + " ".join([str(book.pk), book.slug, *keys]))
"""


def make_read_book(house: House, title: str) -> Draft:
    """Make it; ``READERS`` have read and follow it."""
    said = house.manage("shell", "-c", _MAKE.format(title=title, readers=READERS))
    made = next(line for line in said.splitlines() if line.startswith("made="))
    key, slug, *chapters = made.removeprefix("made=").split()
    return Draft(house, key, slug, chapters)

"""A small house with somebody for each role, as visitors of the desks."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.accounts.roles import PERMISSIONS
from sites.books.models import Author, Authorship, Book, Chapter, Genre, Revision, Tag
from tests.house import visitor

ROLES = ("reader", *PERMISSIONS, "superuser")


@dataclass(frozen=True)
class SmallHouse:
    """One book of the author's, one of somebody else's, each with a chapter."""

    people: dict[str, User]
    own: Book
    foreign: Book
    chapter: Chapter
    foreign_chapter: Chapter
    revision: Revision
    foreign_revision: Revision
    genre: Genre
    tag: Tag

    def visitor(self, key: str, role: str) -> Client:
        """A browser at ``publish`` or ``internal``, signed in unless the role is anonymous."""
        client = visitor(key)
        if role != "anonymous":
            client.force_login(self.people[role])
        return client


def small_house() -> SmallHouse:
    people = {
        role: create_user(
            f"{role}@contoh.example",
            password=None,
            name=role.title(),
            roles=() if role in ("reader", "superuser") else (role,),
            superuser=role == "superuser",
        )
        for role in ROLES
    }
    own, chapter, revision = _book("Laut", people["author"])
    foreign, foreign_chapter, foreign_revision = _book("Danau", None)
    return SmallHouse(
        people,
        own,
        foreign,
        chapter,
        foreign_chapter,
        revision,
        foreign_revision,
        Genre.objects.create(slug="novel", name_en="Novel", name_id="Novel"),
        Tag.objects.create(slug="laut", name="laut"),
    )


def _book(title: str, user: User | None) -> tuple[Book, Chapter, Revision]:
    author = Author.objects.create(name=f"Penulis {title}", slug=f"penulis-{title}", user=user)
    book = Book.objects.create(title=title, slug=title.lower())
    Authorship.objects.create(book=book, author=author)
    chapter = Chapter.objects.create(
        book=book, number=1, title=f"Bab {title}", text='<p id="p-aaaaaaaa">Pasang.</p>', words=1
    )
    revision = Revision.objects.create(
        chapter=chapter, number=1, title=f"Bab {title}", text="<p>Surut.</p>"
    )
    return book, chapter, revision

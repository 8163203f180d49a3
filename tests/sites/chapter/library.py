"""Books for the tests of reading."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.books.models import Author, Authorship, Book, Chapter, ReadingProgress, Status
from sites.books.models.chapter import UID_ALPHABET
from tests.house import visitor


def paragraph_id(number: int) -> str:
    """The id of a test's paragraph ``number``, such as ``p-aaaaaaab`` for 1."""
    letters = ""
    for _position in range(8):
        number, digit = divmod(number, len(UID_ALPHABET))
        letters = UID_ALPHABET[digit] + letters
    return f"p-{letters}"


def make_text(paragraphs: int = 3, words: int = 40) -> str:
    """A clean text; each paragraph begins with its number."""
    return "\n".join(
        f'<p id="{paragraph_id(number)}">Paragraph {number} {"word " * (words - 3)}end.</p>'
        for number in range(1, paragraphs + 1)
    )


def make_book(slug: str = "the-sea", *, author: str = "", **fields: Any) -> Book:
    """A book that is out, unless the fields say otherwise."""
    usual = {"title": slug.replace("-", " ").capitalize(), "status": Status.PUBLISHED}
    book = Book.objects.create(slug=slug, **(usual | fields))
    if author:
        named, _made = Author.objects.get_or_create(slug=author, defaults={"name": author})
        Authorship.objects.create(book=book, author=named)
    return book


def make_chapters(book: Book, count: int = 3, *, words: int = 1190, **fields: Any) -> list[Chapter]:
    """Chapters 1 to ``count`` that are out and take five minutes each."""
    usual: dict[str, Any] = {"status": Status.PUBLISHED, "text": make_text(), "words": words}
    return Chapter.objects.bulk_create(
        Chapter(book=book, number=number, **({"title": f"Piece {number}"} | usual | fields))
        for number in range(1, count + 1)
    )


def make_reader(email: str = "reader@example.org", *roles: str) -> User:
    return create_user(email, password=None, roles=roles)


def make_author(book: Book, email: str = "author@example.org") -> User:
    """An account with its name on the book's cover."""
    user = create_user(email, password=None)
    author = Author.objects.create(name="Own author", slug=f"own-{book.slug}", user=user)
    Authorship.objects.create(book=book, author=author)
    return user


def hide(chapter: Chapter) -> None:
    Chapter.objects.filter(pk=chapter.pk).update(status=Status.DRAFT)


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of one day in the past."""
    return datetime(2024, 5, 17, hour, minute, tzinfo=UTC)


def signed_in(user: User) -> Client:
    """A browser at the reading room, with this person's session."""
    client = visitor("chapter")
    client.force_login(user)
    return client


def page_of(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def be_at(user: User, chapter: Chapter, fraction: float) -> None:
    ReadingProgress.objects.create(
        user=user,
        book=chapter.book,
        chapter=chapter,
        paragraph=paragraph_id(2),
        fraction=fraction,
        updated_at=timezone.now(),
    )

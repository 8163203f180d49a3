"""People and books that tests of the actions share."""

from __future__ import annotations

from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.books.models import Author, Authorship, Book


def person(role: str, *, name: str = "") -> User:
    """An account with one role (or ``"superuser"``, or ``"reader"`` for none)."""
    return create_user(
        f"{name or role}@contoh.example",
        password=None,
        name=name or role.title(),
        roles=() if role in ("reader", "superuser") else (role,),
        superuser=role == "superuser",
    )


def author_with_book(name: str = "ratih", title: str = "Laut") -> tuple[User, Book]:
    """An author, and a draft of theirs."""
    user = person("author", name=name)
    profile = Author.objects.create(name=name.title(), slug=name, user=user)
    book = Book.objects.create(title=title, slug=f"{title.lower()}-{name}")
    Authorship.objects.create(book=book, author=profile)
    return user, book

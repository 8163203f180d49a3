"""No page of the desks asks more than twelve queries, however many rows there are."""

from __future__ import annotations

from typing import Any

import pytest

from sites.accounts.models import User
from sites.books.models import Author, Authorship, Book, Chapter, Revision, Tag
from tests.sites.desk.people import SmallHouse

MOST = 12
LISTS = {
    "publish": ("/", "/books/book/", "/books/chapter/", "/books/revision/"),
    "internal": (
        "/",
        "/approvals/",
        "/approvals/?state=decided",
        "/audit/",
        "/books/book/",
        "/books/chapter/",
        "/books/revision/",
        "/books/author/",
        "/books/tag/",
        "/accounts/user/",
        "/auth/group/",
        "/sites/site/",
    ),
}
ROLES = {"publish": ("author", "editor"), "internal": ("manager", "superuser", "editor")}


def fill(house: SmallHouse, rows: int) -> None:
    """``rows`` books, chapters, revisions, authors, tags and people, the books all the author's."""
    writer = Author.objects.get(user=house.people["author"])
    authors = Author.objects.bulk_create(
        Author(name=f"Penulis {n}", slug=f"penulis-{rows}-{n}") for n in range(rows)
    )
    books = Book.objects.bulk_create(
        Book(title=f"Buku {n}", slug=f"buku-{rows}-{n}") for n in range(rows)
    )
    Authorship.objects.bulk_create(
        Authorship(book=book, author=author, position=position)
        for book, other in zip(books, authors, strict=True)
        for position, author in enumerate((writer, other), start=1)
    )
    chapters = Chapter.objects.bulk_create(
        Chapter(book=book, number=1, title="Bab", text="<p>Pasang.</p>") for book in books
    )
    Revision.objects.bulk_create(
        Revision(chapter=chapter, number=1, title="Bab", created_by=house.people["editor"])
        for chapter in chapters
    )
    Tag.objects.bulk_create(Tag(slug=f"tag-{rows}-{n}", name=f"tag {n}") for n in range(rows))
    people = User.objects.bulk_create(User(email=f"{rows}-{n}@contoh.example") for n in range(rows))
    group = house.people["author"].groups.get()
    User.groups.through.objects.bulk_create(
        User.groups.through(user=person, group=group) for person in people
    )


@pytest.mark.parametrize("key", LISTS)
def test_a_page_of_ten_costs_what_a_page_of_two_hundred_costs(
    house: SmallHouse, key: str, django_assert_max_num_queries: Any
) -> None:
    clients = {role: house.visitor(key, role) for role in ROLES[key]}
    counts: list[dict[tuple[str, str], int]] = []
    for client in clients.values():
        client.get("/")  # the hosts are known from here on
    for rows in (10, 200):
        fill(house, rows)
        counts.append({})
        for role, client in clients.items():
            for path in LISTS[key]:
                with django_assert_max_num_queries(MOST, info=f"{role} {path}") as asked:
                    answer = client.get(path)
                assert answer.status_code in (200, 403)
                counts[-1][role, path] = len(asked)
    assert counts[0] == counts[1]
    assert max(counts[1].values()) >= 5  # the counting counts


@pytest.mark.parametrize(
    ("key", "role", "path"),
    [
        ("publish", "author", "/books/book/{own}/change/"),
        ("publish", "editor", "/books/book/{own}/change/"),
        ("publish", "author", "/books/chapter/{chapter}/change/"),
        ("publish", "author", "/books/chapter/add/"),
        ("publish", "author", "/books/revision/{revision}/change/"),
        ("internal", "manager", "/accounts/user/{reader}/change/"),
        ("internal", "manager", "/books/book/{own}/change/"),
        ("internal", "manager", "/books/book/{own}/delete/"),
        ("internal", "manager", "/books/author/{author}/change/"),
    ],
)
def test_a_form_keeps_to_the_limit(
    house: SmallHouse, key: str, role: str, path: str, django_assert_max_num_queries: Any
) -> None:
    fill(house, 30)
    for author in Author.objects.all()[:15]:
        Authorship.objects.get_or_create(book=house.own, author=author)
    client = house.visitor(key, role)
    address = path.format(
        own=house.own.pk,
        chapter=house.chapter.pk,
        revision=house.revision.pk,
        reader=house.people["reader"].pk,
        author=Author.objects.get(user=house.people["author"]).pk,
    )
    client.get(address)  # a process remembers the hosts and the kinds of rows from here on
    with django_assert_max_num_queries(MOST):
        assert client.get(address).status_code == 200

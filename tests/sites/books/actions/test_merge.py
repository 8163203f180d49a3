"""Several authors, genres or tags become one; nothing that hung on them is lost or doubled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from sites.accounts.models import AuditEntry
from sites.books.actions.merge_authors import merge_authors
from sites.books.actions.merge_entries import MOST_MERGED, CannotMerge
from sites.books.actions.merge_genres import merge_genres
from sites.books.actions.merge_tags import merge_tags
from sites.books.actions.versions import GoneMeanwhile
from sites.books.models import (
    Author,
    AuthorInvitation,
    Authorship,
    Book,
    Follow,
    Genre,
    MergedSlug,
    Tag,
)
from tests.sites.books.actions.people import person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def name(slug: str, **facts: Any) -> Author:
    return Author.objects.create(name=slug.title(), slug=slug, **facts)


def book(slug: str, *authors: Author, role: str = Authorship.Role.AUTHOR) -> Book:
    made = Book.objects.create(title=slug.title(), slug=slug)
    for author in authors:
        Authorship.objects.create(book=made, author=author, role=role)
    return made


def test_the_books_move_and_no_cover_names_one_twice() -> None:
    target, twin, third = name("ratih"), name("ratih-s"), name("r-sekar")
    both, one = book("laut", target, twin), book("danau", twin, third)
    translated = book("sawah", third, role=Authorship.Role.TRANSLATOR)
    Authorship.objects.create(book=translated, author=target)
    manager, gone = person("manager"), (twin.pk, third.pk)
    assert merge_authors(target, [twin, third], by=manager, now=NOW) == 3
    rows = Authorship.objects.order_by("book__slug", "role").values_list(
        "book__slug", "author", "role"
    )
    assert list(rows) == [
        ("danau", target.pk, "author"),
        ("laut", target.pk, "author"),
        ("sawah", target.pk, "author"),
        ("sawah", target.pk, "translator"),
    ]
    assert list(Author.objects.all()) == [target]
    assert {both.author_names, one.author_names} == {"Ratih"}
    entries = AuditEntry.objects.filter(action="author.merge").order_by("pk")
    assert [entry.facts for entry in entries] == [{"into": target.pk, "books": 1}] * 2
    assert {entry.subject_id for entry in entries} == {str(key) for key in gone}


def test_followers_and_invitations_come_along_once() -> None:
    target, twin = name("ratih"), name("ratih-s")
    toba, sari = person("reader", name="toba"), person("reader", name="sari")
    Follow.objects.bulk_create(
        Follow(user=user, author=author)
        for user, author in ((toba, target), (toba, twin), (sari, twin))
    )
    AuthorInvitation.objects.create(
        book=book("laut"), author=twin, role="author", invited_by=toba, created_at=NOW
    )
    merge_authors(target, [twin], by=person("manager"), now=NOW)
    assert set(Follow.objects.values_list("user", "author")) == {
        (toba.pk, target.pk),
        (sari.pk, target.pk),
    }
    assert AuthorInvitation.objects.get().author == target


def test_the_account_comes_along_and_two_accounts_stay_apart() -> None:
    manager, toba, sari = (
        person("manager"),
        person("author", name="toba"),
        person("author", name="sari"),
    )
    target, twin, other = name("t"), name("tt", user=toba), name("s", user=sari)
    merge_authors(target, [twin], by=manager, now=NOW)
    target.refresh_from_db()
    assert target.user == toba
    with pytest.raises(CannotMerge, match="different accounts"):
        merge_authors(target, [other], by=manager, now=NOW)
    assert Author.objects.filter(pk=other.pk).exists()


def test_old_addresses_lead_on_through_a_second_merge() -> None:
    manager = person("manager")
    first, second, third = name("satu"), name("dua"), name("tiga")
    merge_authors(second, [first], by=manager, now=NOW)
    merge_authors(third, [second], by=manager, now=NOW + timedelta(days=1))
    assert set(MergedSlug.objects.values_list("slug", "author")) == {
        ("satu", third.pk),
        ("dua", third.pk),
    }
    again = name("satu")  # the address was free, and goes a second time
    merge_authors(third, [again], by=manager, now=NOW)
    assert MergedSlug.objects.filter(slug="satu").count() == 1


def test_genres_and_tags_merge_without_filing_a_book_twice() -> None:
    manager = person("manager")
    novel, roman = (Genre.objects.create(slug=s, name_en=s, name_id=s) for s in ("novel", "roman"))
    sea, laut = (Tag.objects.create(slug=s, name=s) for s in ("sea", "laut"))
    one, two = book("satu"), book("dua")
    one.genres.set([novel, roman])
    two.genres.set([roman])
    two.tags.set([laut])
    assert merge_genres(novel, [roman], by=manager, now=NOW) == 2
    assert merge_tags(sea, [laut], by=person("moderator"), now=NOW) == 1
    assert [list(row.genres.all()) for row in (one, two)] == [[novel], [novel]]
    assert list(two.tags.all()) == [sea]
    assert MergedSlug.objects.get().genre == novel
    facts = {entry.action: entry.facts for entry in AuditEntry.objects.all()}
    assert facts == {
        "genre.merge": {"into": novel.pk, "books": 1},
        "tag.merge": {"into": sea.pk, "books": 1},
    }


@pytest.mark.parametrize("role", ["reader", "author", "editor", "moderator", "support"])
def test_only_who_may_delete_may_merge(role: str) -> None:
    target, twin, by = name("satu"), name("dua"), person(role)
    with pytest.raises(PermissionDenied):
        merge_authors(target, [twin], by=by, now=NOW)
    assert Author.objects.count() == 2


def test_a_choice_that_makes_no_sense_is_refused() -> None:
    manager, target = person("manager"), name("satu")
    with pytest.raises(CannotMerge, match="at least two"):
        merge_authors(target, [target], by=manager, now=NOW)
    many = [name(f"n{n}") for n in range(MOST_MERGED + 1)]
    with pytest.raises(CannotMerge, match="At most"):
        merge_authors(target, many, by=manager, now=NOW)
    gone = name("hilang")
    Author.objects.filter(pk=gone.pk).delete()
    with pytest.raises(GoneMeanwhile):
        merge_authors(target, [gone], by=manager, now=NOW)
    assert not AuditEntry.objects.exists()


def test_more_books_than_a_merge_moves_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sites.books.actions.merge_entries.MOST_MOVED", 1)
    target, twin = name("satu"), name("dua")
    book("laut", twin)
    book("danau", twin)
    with pytest.raises(CannotMerge, match="More than 1"):
        merge_authors(target, [twin], by=person("manager"), now=NOW)
    assert Author.objects.count() == 2

"""Making and changing books: an address, names on the cover, a cover to be seen."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import connection, transaction

from sites.books.actions.catalogue import StillOnCovers, delete_for_good, save_entry
from sites.books.actions.credit_authors import Credit, credit_authors
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.actions.save_book import NoAuthorProfile, free_slug, save_book
from sites.books.actions.versions import ChangedMeanwhile, GoneMeanwhile
from sites.books.models import Author, Authorship, Book, Genre, Tag
from tests.sites.books.actions.people import author_with_book, person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_an_authors_new_book_carries_their_name_and_an_address() -> None:
    user, first = author_with_book(title="Laut")
    book = save_book(Book(title="Laut, Sekali Lagi!"), genres=(), tags=(), by=user, now=NOW)
    assert book.slug == "laut-sekali-lagi"
    assert book.author_names == "Ratih"
    assert save_book(Book(title="Laut sekali lagi"), genres=(), tags=(), by=user, now=NOW).slug == (
        "laut-sekali-lagi-2"
    )
    assert set(Book.objects.of_user(user)) == set(Book.objects.all())  # type: ignore[attr-defined]
    assert first.slug == "laut-ratih"


def test_a_title_in_a_script_without_latin_letters_has_an_address_too() -> None:
    assert (
        save_book(Book(title="الحمية"), genres=(), tags=(), by=person("editor"), now=NOW).slug
        == "book"
    )


def test_genres_and_tags_are_set_with_the_book() -> None:
    user, book = author_with_book()
    genre = Genre.objects.create(slug="novel", name_en="Novel", name_id="Novel")
    tag = Tag.objects.create(slug="laut", name="laut")
    save_book(book, genres=[genre], tags=[tag], by=user, now=NOW)
    assert (list(book.genres.all()), list(book.tags.all())) == ([genre], [tag])
    save_book(Book.objects.get(pk=book.pk), genres=[], tags=[tag], by=user, now=NOW)
    assert (list(book.genres.all()), list(book.tags.all())) == ([], [tag])


def test_an_author_without_a_name_for_the_cover_is_told_what_to_do() -> None:
    with pytest.raises(NoAuthorProfile, match=r"author.s page"):
        save_book(Book(title="Laut"), genres=(), tags=(), by=person("author"), now=NOW)
    assert not Book.objects.exists()


@pytest.mark.parametrize("role", ["reader", "support", "operator"])
def test_others_make_and_change_no_books(role: str) -> None:
    _user, book = author_with_book()
    stranger = person(role)
    with pytest.raises(PermissionDenied):
        save_book(Book(title="Baru"), genres=(), tags=(), by=stranger, now=NOW)
    with pytest.raises(PermissionDenied):
        save_book(book, genres=(), tags=(), by=stranger, now=NOW)


def test_another_author_does_not_change_it() -> None:
    _user, book = author_with_book()
    other, _own = author_with_book("toba", "Danau")
    with pytest.raises(PermissionDenied):
        save_book(book, genres=(), tags=(), by=other, now=NOW)


def test_a_stale_book_is_refused() -> None:
    user, book = author_with_book()
    mine = Book.objects.get(pk=book.pk)
    book.subtitle = "Dari orang lain"
    book.save()
    mine.subtitle = "Dariku"
    with pytest.raises(ChangedMeanwhile):
        save_book(mine, genres=(), tags=(), by=user, now=NOW)
    assert Book.objects.get().subtitle == "Dari orang lain"


def test_a_cover_is_drawn_after_the_commit_and_follows_the_title(
    django_capture_on_commit_callbacks: Any,
) -> None:
    user, _other = author_with_book()
    with django_capture_on_commit_callbacks(execute=True):
        book = save_book(Book(title="Kopi"), genres=(), tags=(), by=user, now=NOW)
        assert not Book.objects.get(pk=book.pk).cover
    stored = Book.objects.get(pk=book.pk)
    first = stored.cover.name
    assert str(first).endswith(".svg")
    assert default_storage.exists(str(first))
    assert stored.cover_ground.startswith("#")
    with django_capture_on_commit_callbacks(execute=True):
        stored.title = "Kopi Pahit"
        save_book(stored, genres=(), tags=(), by=user, now=NOW)
    assert Book.objects.get(pk=book.pk).cover.name != first


def test_a_cover_that_came_with_the_book_stays() -> None:
    _user, book = author_with_book()
    Book.objects.filter(pk=book.pk).update(cover="covers/abc-640.webp")
    assert not draw_missing_cover(book.pk, again=True)
    assert Book.objects.get().cover.name == "covers/abc-640.webp"


def test_drawing_is_no_change_that_a_writer_collides_with() -> None:
    _user, book = author_with_book()
    assert draw_missing_cover(book.pk)
    assert not draw_missing_cover(book.pk)
    assert Book.objects.get().updated_at == book.updated_at


def test_names_on_the_cover_are_set_in_order_by_editors_alone() -> None:
    user, book = author_with_book()
    toba = Author.objects.create(name="Toba", slug="toba")
    ratih = Author.objects.get(slug="ratih")
    with pytest.raises(PermissionDenied):
        credit_authors(book, [Credit(toba)], by=user, now=NOW)
    editor = person("editor")
    translator = Credit(toba, Authorship.Role.TRANSLATOR)
    credit_authors(
        book, [Credit(toba), Credit(ratih), translator, Credit(toba)], by=editor, now=NOW
    )
    rows = book.authorships.order_by("position").values_list("author__name", "role", "position")
    assert list(rows) == [
        ("Toba", "author", 1),
        ("Ratih", "author", 2),
        ("Toba", "translator", 3),
    ]
    credit_authors(book, [Credit(ratih)], by=editor, now=NOW + timedelta(hours=1))
    assert Book.objects.get().author_names == "Ratih"
    # Who looked before that does not approve names that they have not seen.
    assert Book.objects.get().written_at == NOW + timedelta(hours=1)
    credit_authors(book, [Credit(ratih)], by=editor, now=NOW + timedelta(hours=2))
    assert Book.objects.get().written_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("role", ["editor", "manager", "superuser"])
def test_only_managers_decide_whose_account_stands_behind_a_name(role: str) -> None:
    user, _book = author_with_book()
    by, other = person(role, name="pengurus"), person("author", name="lain")
    name = Author.objects.get(user=user)
    name.bio = "Menulis."
    save_entry(name, by=by, now=NOW)
    name.user = other
    new = Author(name="Lain", slug="lain", user=other)
    if role == "editor":
        for entry in (name, new):
            with pytest.raises(PermissionDenied, match="Only managers"):
                save_entry(entry, by=by, now=NOW)
        other, new.user = user, None
    else:
        save_entry(name, by=by, now=NOW)
        new.user = None
    save_entry(new, by=by, now=NOW)
    stored = Author.objects.get(pk=name.pk)
    assert (stored.user, stored.bio) == (other, "Menulis.")


def test_an_entry_that_was_deleted_meanwhile_is_not_brought_back() -> None:
    tag = Tag.objects.create(slug="laut", name="laut")
    Tag.objects.all().delete()
    with pytest.raises(GoneMeanwhile):
        save_entry(tag, by=person("manager"), now=NOW)


def test_entries_are_stored_and_deleted_by_permission() -> None:
    author, moderator, manager = person("author"), person("moderator"), person("manager")
    tag = Tag(slug="laut", name="laut")
    with pytest.raises(PermissionDenied):
        save_entry(tag, by=author, now=NOW)
    save_entry(tag, by=moderator, now=NOW)
    with pytest.raises(PermissionDenied):
        save_entry(Genre(slug="novel", name_en="Novel", name_id="Novel"), by=moderator, now=NOW)
    with pytest.raises(PermissionDenied):
        delete_for_good(tag, by=author, now=NOW)
    delete_for_good(tag, by=moderator, now=NOW)
    assert not Tag.objects.exists()
    _user, book = author_with_book()
    with pytest.raises(PermissionDenied):
        delete_for_good(book, by=moderator, now=NOW)
    with pytest.raises(StillOnCovers, match="Ratih"):
        delete_for_good(Author.objects.get(), by=manager, now=NOW)
    delete_for_good(book, by=manager, now=NOW)
    delete_for_good(Author.objects.get(), by=manager, now=NOW)
    assert not Author.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["Reading", "Media", "Language"])
def test_a_book_never_takes_an_address_of_the_reading_room(title: str) -> None:
    assert free_slug(title) == f"{title.lower()}-2"


@pytest.mark.django_db(transaction=True)
def test_two_books_of_one_title_made_in_one_instant_get_two_addresses() -> None:
    start = threading.Barrier(2, timeout=30)

    def make() -> str:
        start.wait()
        with transaction.atomic():
            slug = free_slug("Laut")
            Book.objects.create(title="Laut", slug=slug)
        connection.close()
        return slug

    with ThreadPoolExecutor(2) as pool:
        slugs = {made.result(timeout=30) for made in [pool.submit(make), pool.submit(make)]}
    assert slugs == {"laut", "laut-2"}

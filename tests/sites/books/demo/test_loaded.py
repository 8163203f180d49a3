"""A house that the demo was loaded into, once for all tests of this module: each undoes what it did."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf.global_settings import PASSWORD_HASHERS
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries, Settings

from sites.accounts.models import User
from sites.books.demo.load import DemoResult, load_demo
from sites.books.demo.people import DEMO_ACCOUNTS, DEMO_PASSWORD, email_of
from sites.books.models import Author, Book, Chapter, ReadingProgress, Status
from sites.books.reading import continuing
from tests.house import undone
from tests.sites.books.demo.test_load import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def media_of_demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The demo in the database, and where its covers lie."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), undone():
        with override_settings(MEDIA_ROOT=folder, PASSWORD_HASHERS=PASSWORD_HASHERS):
            load_demo(now=NOW)
        yield folder


@pytest.fixture(autouse=True)
def _loaded(media_of_demo: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = media_of_demo


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of books and accounts, as it lies in the database."""
    models = [
        *apps.get_app_config("books").get_models(),
        *apps.get_app_config("accounts").get_models(),
    ]
    return {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in models
    }


def test_a_second_run_changes_nothing_even_weeks_later() -> None:
    before = everything()
    assert not load_demo(now=NOW + timedelta(days=40)).changed
    assert everything() == before


def test_a_run_with_nothing_to_do_is_cheap(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(8):  # two of them open and close a savepoint
        load_demo(now=NOW)


def test_what_people_changed_stays() -> None:
    Book.objects.filter(slug="kopi-pahit").update(title="Kopi Manis", status=Status.DRAFT)
    Chapter.objects.filter(book__slug="kopi-pahit", number=1).update(text="<p>Baru.</p>")
    Chapter.objects.filter(book__slug="kopi-pahit", number=2).delete()
    Author.objects.filter(slug="laras-anjani").update(bio="Lain.")
    User.objects.filter(email=email_of("editor")).update(name="Lain", password="!")
    ReadingProgress.objects.all().delete()
    before = everything()
    load_demo(now=NOW)
    assert everything() == before


def test_a_deleted_book_comes_back_the_same() -> None:
    lost = Book.objects.get(slug="the-tide-clerk")
    before = list(lost.chapters.in_order().values_list("uid", "text", "publish_at"))
    lost.delete()
    assert load_demo(now=NOW) == DemoResult(books=1, chapters=8, covers=1)
    found = Book.objects.get(slug="the-tide-clerk")
    assert list(found.chapters.in_order().values_list("uid", "text", "publish_at")) == before


def test_visitors_read_what_is_out_and_the_author_what_is_to_come() -> None:
    serial = Book.objects.get(slug="anak-penjaga-mercusuar")
    author = User.objects.get(email=email_of("author"))

    def readable(user: User | AnonymousUser, now: datetime = NOW) -> int:
        return serial.chapters.readable_by(user, now).count()

    assert (readable(AnonymousUser()), readable(author)) == (4, 5)
    assert readable(AnonymousUser(), NOW + timedelta(days=7)) == 5


def test_something_was_published_within_the_hour() -> None:
    newest = Chapter.objects.published(NOW).newest_first().first()
    assert newest is not None
    assert newest.publish_at is not None
    assert timedelta(0) < NOW - newest.publish_at < timedelta(hours=1)


def test_nothing_was_written_in_the_future() -> None:
    for model in (Book, Chapter):
        assert not model._default_manager.filter(created_at__gt=NOW).exists()
        assert not model._default_manager.filter(updated_at__gt=NOW).exists()


def test_every_paragraph_can_be_pointed_at() -> None:
    for chapter in Chapter.objects.all():
        assert chapter.words > 0
        assert chapter.text.count(' id="p-') >= 5
        targets = set(re.findall(r'href="#(p-[a-z2-7]{8})"', chapter.text))
        assert targets <= set(re.findall(r'id="(p-[a-z2-7]{8})"', chapter.text)), chapter.title


def test_a_book_by_two_people_names_them_in_order() -> None:
    book = Book.objects.get(slug="resep-ibu-sari")
    assert book.author_names == "Sari Utami, Laras Anjani"


def test_each_role_has_an_account_that_opens(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    for role, email, name in DEMO_ACCOUNTS:
        user = authenticate(username=email, password=DEMO_PASSWORD)
        assert isinstance(user, User), role
        assert user.name == name
        assert user.is_superuser == (role == "superuser")
        groups = list(user.groups.values_list("name", flat=True))
        assert groups == ([] if role in ("reader", "superuser") else [role])


def test_the_author_account_has_books() -> None:
    author = User.objects.get(email=email_of("author"))
    assert Book.objects.of_user(author).get().slug == "anak-penjaga-mercusuar"


def test_a_new_author_account_gets_its_name_back() -> None:
    User.objects.get(email=email_of("author")).delete()
    assert load_demo(now=NOW) == DemoResult(accounts=1)
    assert Author.objects.get(slug="toba-siregar").user is not None


def test_the_reader_goes_on_where_they_left() -> None:
    reader = User.objects.get(email=email_of("reader"))
    places = continuing(reader, limit=7, now=NOW)
    assert len(places) == 4
    for place in places:
        assert f'id="{place.paragraph}"' in place.chapter.text

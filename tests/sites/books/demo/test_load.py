"""Loading the demo: once, whole, and without touching what people have made of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from sites.accounts.models import User
from sites.books.demo import load
from sites.books.demo.load import DemoOutsideLocal, DemoResult, load_demo
from sites.books.models import Book, Chapter

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def test_an_empty_house_is_filled(media: Path) -> None:
    said: list[str] = []
    result = load_demo(now=NOW, tell=said.append)
    assert result == DemoResult(books=12, chapters=Chapter.objects.count(), accounts=8, covers=12)
    assert len(said) == Book.objects.count() == 12
    for book in Book.objects.all():
        assert default_storage.exists(book.cover.name), book.title
        assert book.cover_ground != "#FCFBF8"
    assert len(list(media.glob("covers/*.svg"))) == 12


def test_a_persons_book_keeps_its_address_from_a_demo_book() -> None:
    mine = Book.objects.create(title="Kopi Pahit", slug="kopi-pahit")
    load_demo(now=NOW)
    assert Book.objects.get(slug="kopi-pahit") == mine
    assert Book.objects.get(identifier="demo:kopi-pahit").slug == "kopi-pahit-2"


def test_what_fails_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_given: object) -> None:
        raise OSError("no")

    monkeypatch.setattr(load, "keep_demo_places", fail)
    with pytest.raises(OSError, match="no"):
        load_demo(now=NOW)
    assert not Book.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize("environment", ["production", "development"])
def test_no_deployed_house_gets_demo_accounts(settings: Settings, environment: str) -> None:
    settings.ESENSI_ENV = environment
    with pytest.raises(DemoOutsideLocal, match=f"this is {environment}: .*import_book"):
        load_demo(now=NOW)
    assert not User.objects.exists()

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from sites.accounts.models import User
from sites.books.models import Book

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def run() -> str:
    out = io.StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def test_it_shows_progress_and_says_what_it_did() -> None:
    said = run()
    assert "Kopi Pahit: 4 chapters.\n" in said
    assert "Loaded 12 books with 57 chapters and drew 12 covers;" in said
    assert "opened 8 accounts with the password esensi-demo.\n" in said


def test_a_second_run_has_nothing_to_do() -> None:
    run()
    assert run() == "Nothing to do: the demo books and accounts are there.\n"


@pytest.mark.parametrize("environment", ["production", "development"])
def test_outside_local_it_refuses_in_a_sentence(settings: Settings, environment: str) -> None:
    settings.ESENSI_ENV = environment
    with pytest.raises(CommandError, match=f"local environment, and this is {environment}"):
        run()
    assert not Book.objects.exists()
    assert not User.objects.exists()

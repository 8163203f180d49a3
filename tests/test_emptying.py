"""After a test that really commits, the tables are as they were before the first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sites.models import Site
from django.core.management import call_command

from sites.accounts.actions import create_user
from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import AuditEntry, User
from sites.books.models import Book, Chapter
from tests import emptying
from tests.emptying import held

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 14, tzinfo=UTC)


@pytest.fixture
def flushes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that were called for it."""
    called: list[str] = []

    def noted(command: str, **words: object) -> None:
        called.append(command)
        call_command(command, **words)

    monkeypatch.setattr(emptying, "call_command", noted)
    return called


def clear() -> None:
    emptying.empty("flush", verbosity=0, interactive=False, reset_sequences=False)


def test_rows_of_a_test_go_and_first_rows_stay(flushes: list[str]) -> None:
    before = held()
    types = set(ContentType.objects.values_list("pk", "model"))
    user = create_user("ratih@esensi.example", password=None, roles=["author", "editor"])
    record_audit("sign_in", by=user, on=user, now=NOW)
    book = Book.objects.create(title="Laut", slug="laut")
    Chapter.objects.create(book=book, number=1, title="Pasang", text="<p>Laut.</p>", words=1)
    assert held() != before
    clear()
    assert flushes == []
    assert held() == before
    assert not User.objects.exists()
    assert not AuditEntry.objects.exists()
    assert set(ContentType.objects.values_list("pk", "model")) == types


def test_first_rows_that_a_test_changed_are_written_anew(flushes: list[str]) -> None:
    roles = set(Group.objects.values_list("name", "permissions__codename"))
    sites = set(Site.objects.values_list("name", "domain"))
    Group.objects.get(name="editor").delete()
    Site.objects.filter(name="publish").update(domain="publish.example")
    Permission.objects.create(name="x", codename="x", content_type=ContentType.objects.first())
    clear()
    assert flushes == ["flush", "sync_sites"]
    assert set(Group.objects.values_list("name", "permissions__codename")) == roles
    assert set(Site.objects.values_list("name", "domain")) == sites
    assert not Permission.objects.filter(codename="x").exists()
    flushes.clear()
    create_user("ratih@esensi.example", password=None)
    clear()
    assert flushes == []
    assert not User.objects.exists()


def test_tables_are_those_that_flush_empties() -> None:
    assert {'"accounts_user"', '"django_site"', '"books_chapter"'} <= set(emptying._tables)
    assert '"django_migrations"' not in emptying._tables

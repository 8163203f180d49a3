"""An account's address and the one it signs in with are the same."""

from __future__ import annotations

import importlib

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from sites.accounts.actions import create_user, free_address, keep_address
from sites.accounts.actions.save_person import save_person
from sites.accounts.models import User

pytestmark = pytest.mark.django_db


def addresses(user: User) -> list[tuple[str, bool, bool]]:
    rows = EmailAddress.objects.filter(user=user).order_by("email")
    return [(row.email, row.verified, row.primary) for row in rows]


def test_whoever_the_house_makes_an_account_for_can_sign_in() -> None:
    user = create_user("Toba@Example.com", password=None)
    assert addresses(user) == [("toba@example.com", True, True)]


def test_djangos_own_command_makes_such_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "langit-biru-77")
    call_command("createsuperuser", email="root@example.com", interactive=False, verbosity=0)
    assert addresses(User.objects.get()) == [("root@example.com", True, True)]


def test_the_office_makes_and_changes_an_address() -> None:
    by = create_user("manager@example.com", password=None, roles=["manager"])
    person = save_person(User(email="new@example.com"), roles=[], by=by, now=timezone.now())
    assert addresses(person) == [("new@example.com", True, True)]
    person.email = "other@example.com"
    save_person(person, roles=[], by=by, now=timezone.now())
    assert addresses(person) == [("other@example.com", True, True)]


def test_saving_a_person_confirms_nothing_that_they_have_not() -> None:
    by = create_user("manager@example.com", password=None, roles=["manager"])
    person = create_user("new@example.com", password=None)
    EmailAddress.objects.filter(user=person).update(verified=False)
    EmailAddress.objects.create(user=person, email="waits@example.com")
    person.name = "Toba"
    save_person(person, roles=[], by=by, now=timezone.now())
    assert addresses(person) == [
        ("new@example.com", False, True),
        ("waits@example.com", False, False),
    ]


def test_keeping_an_address_twice_changes_nothing() -> None:
    user = create_user("toba@example.com", password=None)
    before = EmailAddress.objects.get().pk
    keep_address(user)
    assert EmailAddress.objects.get().pk == before


def test_only_accounts_that_nobody_ever_opened_make_room() -> None:
    owner = create_user("owner@example.com", password=None)
    squatter = User.objects.create(email="wanted@example.com")
    EmailAddress.objects.create(user=squatter, email="wanted@example.com", primary=True)
    free_address("wanted@example.com", owner=owner)
    assert not User.objects.filter(pk=squatter.pk).exists()
    confirmed = create_user("taken@example.com", password=None)
    free_address("taken@example.com", owner=owner)
    free_address("owner@example.com", owner=owner)
    assert User.objects.filter(pk__in=[confirmed.pk, owner.pk]).count() == 2


def test_accounts_of_former_days_are_confirmed_by_the_migration() -> None:
    old = User.objects.create(email="old@example.com")
    kept = create_user("kept@example.com", password=None)
    EmailAddress.objects.filter(user=kept).update(verified=False)
    migration = importlib.import_module("sites.accounts.migrations.0003_verified_addresses")
    with connection.schema_editor() as editor:
        migration.verify(apps, editor)
    assert addresses(old) == [("old@example.com", True, True)]
    assert addresses(kept) == [("kept@example.com", False, True)]

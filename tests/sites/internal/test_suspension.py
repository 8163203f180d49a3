"""Accounts are suspended with a reason and readmitted at the office; the page says what there is."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from sites.accounts.models import AuditEntry, User
from tests.sites.desk.forms import edit
from tests.sites.desk.people import SmallHouse

MOST_QUERIES = 12


def path(person: User, step: str = "change/") -> str:
    return f"/accounts/user/{person.pk}/{step}"


@pytest.fixture
def manager(house: SmallHouse) -> Client:
    return house.visitor("internal", "manager")


def is_open(person: User) -> bool:
    return User.objects.get(pk=person.pk).is_active


def test_an_account_is_suspended_with_a_reason_and_its_sessions_end(
    house: SmallHouse, manager: Client
) -> None:
    author = house.people["author"]
    theirs = house.visitor("publish", "author")
    assert theirs.get("/").status_code == 200
    assert path(author, "suspend/") in manager.get(path(author)).content.decode()
    refused = manager.post(path(author, "suspend/"), {"reason": ""})
    assert (refused.status_code, is_open(author)) == (200, True)
    for _twice in range(2):
        answer = manager.post(path(author, "suspend/"), {"reason": "spam"})
        assert answer.headers["Location"] == path(author)
    assert not is_open(author)
    assert theirs.get("/").status_code == 302
    entries = AuditEntry.objects.filter(action="person.suspend")
    assert [(entry.facts["reason"], entry.subject_id) for entry in entries] == [
        ("spam", str(author.pk))
    ]
    page = manager.get(path(author)).content.decode()
    assert "This account is suspended" in page
    assert "Account suspended" in page


def test_a_suspended_account_is_opened_again(house: SmallHouse, manager: Client) -> None:
    reader = house.people["reader"]
    manager.post(path(reader, "suspend/"), {"reason": "abuse"})
    assert manager.get(path(reader, "readmit/")).status_code == 302
    assert not is_open(reader)
    for _twice in range(2):
        assert manager.post(path(reader, "readmit/")).status_code == 302
    assert is_open(reader)
    assert AuditEntry.objects.filter(action="person.readmit").count() == 1


def test_the_form_of_an_account_does_not_close_it(house: SmallHouse, manager: Client) -> None:
    reader = house.people["reader"]
    assert edit(manager, path(reader), is_active="").status_code == 302
    assert is_open(reader)


@pytest.mark.parametrize("role", ["editor", "support", "operator"])
def test_who_may_not_suspend_is_refused(house: SmallHouse, role: str) -> None:
    reader, client = house.people["reader"], house.visitor("internal", role)
    for step in ("suspend/", "readmit/"):
        assert client.post(path(reader, step), {"reason": "spam"}).status_code == 403
    assert is_open(reader)


def test_nobody_suspends_themselves_or_more_than_they_are(
    house: SmallHouse, manager: Client
) -> None:
    for role in ("manager", "superuser"):
        person = house.people[role]
        assert "suspend/" not in manager.get(path(person)).content.decode()
        assert manager.post(path(person, "suspend/"), {"reason": "spam"}).status_code == 403
        assert is_open(person)


def test_the_page_lists_books_second_factor_and_the_log(
    house: SmallHouse, manager: Client, django_assert_max_num_queries: Any
) -> None:
    author = house.people["author"]
    edit(manager, path(author), name="Nama Baru")
    page = manager.get(path(author)).content.decode()
    assert "Laut" in page
    assert "Danau" not in page
    assert "Account changed" in page
    assert "renamed: yes" in page
    assert manager.get(path(author)).context["original"].has_second_factor is False
    Authenticator.objects.create(user=author, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert manager.get(path(author)).context["original"].has_second_factor is False
    Authenticator.objects.create(user=author, type=Authenticator.Type.TOTP, data={})
    with django_assert_max_num_queries(MOST_QUERIES):
        assert manager.get(path(author)).context["original"].has_second_factor is True


def test_the_log_on_the_page_is_for_those_who_read_the_log(house: SmallHouse) -> None:
    reader = house.people["reader"]
    page = house.visitor("internal", "support").get(path(reader)).content.decode()
    assert "audit log" not in page
    assert house.visitor("internal", "support").get("/accounts/user/0/suspend/").status_code == 404

"""Accounts and roles through the office's forms; what a forged form asks for is refused, too."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client

from sites.accounts.models import User
from tests.sites.desk.forms import edit, fields_of, form_of
from tests.sites.desk.people import SmallHouse


def path_of(person: User) -> str:
    return f"/accounts/user/{person.pk}/change/"


def role(name: str) -> str:
    return str(Group.objects.get(name=name).pk)


def roles_of(person: User) -> set[str]:
    return set(person.groups.values_list("name", flat=True))


@pytest.fixture
def manager(house: SmallHouse) -> Client:
    return house.visitor("internal", "manager")


def test_a_manager_makes_an_account_with_a_role(manager: Client) -> None:
    answer = edit(
        manager, "/accounts/user/add/", email=" Baru@Contoh.Example ", roles=[role("author")]
    )
    assert answer.status_code == 302
    made = User.objects.get(email="baru@contoh.example")
    assert roles_of(made) == {"author"}
    assert not made.has_usable_password()


def test_an_account_without_a_password_says_who_sets_one(
    house: SmallHouse, manager: Client
) -> None:
    reader = house.people["reader"]
    for path in ("/accounts/user/add/", path_of(reader)):
        assert "manage.py changepassword" in manager.get(path).content.decode()
    reader.set_password("pasang surut di utara")
    reader.save()
    assert "manage.py changepassword" not in manager.get(path_of(reader)).content.decode()


def test_a_manager_gives_and_takes_roles(house: SmallHouse, manager: Client) -> None:
    reader = house.people["reader"]
    edit(manager, path_of(reader), roles=[role("support"), role("author")])
    assert roles_of(reader) == {"support", "author"}
    assert User.objects.get(pk=reader.pk).is_staff
    edit(manager, path_of(reader), roles=[])
    assert roles_of(reader) == set()
    assert not User.objects.get(pk=reader.pk).is_staff


def test_two_accounts_do_not_share_an_address(house: SmallHouse, manager: Client) -> None:
    answer = edit(manager, path_of(house.people["reader"]), email="AUTHOR@contoh.example")
    assert answer.status_code == 200
    assert "email" in form_of(answer).errors


@pytest.mark.parametrize("forged", [{"is_superuser": "on"}, {"is_staff": "on"}])
def test_flags_in_a_forged_form_count_for_nothing(
    house: SmallHouse, manager: Client, forged: dict[str, str]
) -> None:
    reader = house.people["reader"]
    edit(manager, path_of(reader), **forged)
    edit(manager, path_of(house.people["manager"]), **forged)
    for person in (reader, house.people["manager"]):
        stored = User.objects.get(pk=person.pk)
        assert not stored.is_superuser
    assert not User.objects.get(pk=reader.pk).is_staff


@pytest.mark.parametrize("field", ["groups", "user_permissions", "password"])
def test_fields_that_the_form_does_not_have_count_for_nothing(
    house: SmallHouse, manager: Client, field: str
) -> None:
    reader = house.people["reader"]
    before = reader.password
    edit(manager, path_of(reader), **{field: [role("manager")] if field == "groups" else "1"})
    stored = User.objects.get(pk=reader.pk)
    assert (roles_of(stored), stored.password) == (set(), before)
    assert not stored.user_permissions.exists()


def test_a_manager_does_not_change_their_own_roles(house: SmallHouse, manager: Client) -> None:
    own = house.people["manager"]
    answer = edit(manager, path_of(own), roles=[role("manager"), role("editor")], name="Baru")
    assert answer.status_code == 302
    assert roles_of(own) == {"manager"}
    assert User.objects.get(pk=own.pk).name == "Baru"


def test_a_superuser_is_shown_to_a_manager_and_not_changed(
    house: SmallHouse, manager: Client
) -> None:
    root = house.people["superuser"]
    opened = manager.get(path_of(root))
    assert opened.status_code == 200
    assert 'name="email"' not in opened.content.decode()
    assert manager.post(path_of(root), {"email": "curi@contoh.example"}).status_code == 403
    assert User.objects.get(pk=root.pk).email == root.email


def test_a_role_beyond_the_managers_is_neither_offered_nor_taken(
    house: SmallHouse, manager: Client
) -> None:
    strong = Group.objects.create(name="archivist")
    strong.permissions.add(*_permissions("delete_user"))
    reader = house.people["reader"]
    assert "archivist" not in manager.get(path_of(reader)).content.decode()
    answer = edit(manager, path_of(reader), roles=[str(strong.pk)])
    assert answer.status_code == 200
    assert roles_of(reader) == set()


@pytest.mark.parametrize("looking", ["support", "operator"])
def test_who_may_only_look_changes_nothing(house: SmallHouse, looking: str) -> None:
    client = house.visitor("internal", looking)
    for person in (house.people["reader"], house.people[looking]):
        assert client.get(path_of(person)).status_code == 200
        sent: dict[str, Any] = {"email": "x@contoh.example", "roles": [role("manager")]}
        assert client.post(path_of(person), sent).status_code == 403
    assert client.post("/accounts/user/add/", {"email": "x@contoh.example"}).status_code == 403
    assert not User.objects.filter(email="x@contoh.example").exists()
    assert roles_of(house.people[looking]) == {looking}


def test_nobody_deletes_people_or_changes_roles_and_sites_here(house: SmallHouse) -> None:
    root = house.visitor("internal", "superuser")
    paths = [f"/accounts/user/{house.people['reader'].pk}/delete/"]
    paths += [f"/auth/group/{role('author')}/{page}/" for page in ("change", "delete")]
    for path in paths:
        assert (
            root.post(path, {"post": "yes", "name": "x", "permissions": ["1"]}).status_code == 403
        )
    assert Group.objects.filter(name="author").exists()
    assert User.objects.filter(pk=house.people["reader"].pk).exists()


def test_a_superuser_makes_and_unmakes_another(house: SmallHouse) -> None:
    root = house.visitor("internal", "superuser")
    reader = house.people["reader"]
    edit(root, path_of(reader), is_superuser="on")
    assert User.objects.get(pk=reader.pk).is_superuser
    sent = fields_of(root.get(path_of(reader)))
    del sent["is_superuser"]
    assert root.post(path_of(reader), sent).status_code == 302
    assert not User.objects.get(pk=reader.pk).is_superuser


def test_the_log_knows_people_by_number(house: SmallHouse, manager: Client) -> None:
    reader = house.people["reader"]
    edit(manager, path_of(reader), name="Nama Baru")
    edit(manager, "/accounts/user/add/", email="baru@contoh.example", name="Sari")
    text = " ".join(f"{row.object_repr} {row.change_message}" for row in LogEntry.objects.all())
    assert f"#{reader.pk}" in text
    for word in ("Nama Baru", "Reader", "Sari", "contoh"):
        assert word not in text


def test_roles_are_called_as_people_know_them(house: SmallHouse, manager: Client) -> None:
    """In their list, on their page, and where people are filtered by them."""
    roles = manager.get("/auth/group/").content.decode()
    assert "Reader support</a>" in roles
    assert ">support<" not in roles
    assert (
        "Reader support" in manager.get(f"/auth/group/{role('support')}/change/").content.decode()
    )
    people = manager.get("/accounts/user/").content.decode()
    assert f'?groups__id__exact={role("support")}" title="Reader support"' in people
    found = manager.get(f"/accounts/user/?groups__id__exact={role('support')}")
    assert [str(person) for person in found.context["cl"].result_list] == [
        str(house.people["support"])
    ]


def test_the_sidebar_calls_roles_and_hosts_by_their_names(manager: Client) -> None:
    titles = [
        entry.title for group in manager.get("/").context["groups"] for entry in group.entries
    ]
    assert titles[-5:] == ["People", "Roles", "Hosts", "Audit log", "Operations"]


def _permissions(*names: str) -> Any:
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename__in=names)

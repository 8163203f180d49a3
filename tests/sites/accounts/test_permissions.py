"""Nobody hands out more than they have, themselves included."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied

from sites.accounts.actions import create_user
from sites.accounts.actions.save_person import save_person
from sites.accounts.models import AuditEntry, User
from sites.accounts.permissions import grantable_roles, may_change_person
from sites.accounts.roles import PERMISSIONS

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def person(*roles: str, superuser: bool = False, name: str = "") -> User:
    address = f"{name or '-'.join(roles) or 'reader'}@contoh.example"
    return create_user(address, password=None, roles=roles, superuser=superuser)


def roles(*names: str) -> list[Group]:
    return list(Group.objects.filter(name__in=names))


def test_a_manager_gives_and_takes_roles() -> None:
    manager, reader = person("manager"), person()
    save_person(reader, roles=roles("author", "support"), by=manager, now=NOW)
    stored = User.objects.get(pk=reader.pk)
    assert {group.name for group in stored.groups.all()} == {"author", "support"}
    assert stored.is_staff
    save_person(stored, roles=roles("author"), by=manager, now=NOW)
    stored = User.objects.get(pk=reader.pk)
    assert not stored.is_staff
    assert stored.has_role("author")


@pytest.mark.parametrize("role", [role for role in PERMISSIONS if role != "manager"])
def test_no_other_role_changes_people(role: str) -> None:
    somebody, reader = person(role), person()
    with pytest.raises(PermissionDenied):
        save_person(reader, roles=(), by=somebody, now=NOW)
    with pytest.raises(PermissionDenied):
        save_person(somebody, roles=roles("manager"), by=somebody, now=NOW)
    with pytest.raises(PermissionDenied):
        save_person(User(email="baru@contoh.example"), roles=(), by=somebody, now=NOW)
    assert grantable_roles(somebody) == []


def test_nobody_changes_their_own_roles() -> None:
    for by in (person("manager"), person(superuser=True, name="root")):
        with pytest.raises(PermissionDenied, match="their own"):
            save_person(by, roles=roles("operator"), by=by, now=NOW)
        by.is_active = False
        with pytest.raises(PermissionDenied, match="their own"):
            save_person(by, roles=by.groups.all(), by=User.objects.get(pk=by.pk), now=NOW)
        assert User.objects.get(pk=by.pk).is_active


def test_a_manager_changes_their_own_name() -> None:
    manager = person("manager")
    manager.name = "Nirmala"
    save_person(manager, roles=manager.groups.all(), by=manager, now=NOW)
    assert User.objects.get(pk=manager.pk).name == "Nirmala"


def test_a_manager_neither_makes_nor_touches_a_superuser() -> None:
    manager, reader, root = person("manager"), person(), person(superuser=True, name="root")
    reader.is_superuser = True
    with pytest.raises(PermissionDenied, match="superuser"):
        save_person(reader, roles=(), by=manager, now=NOW)
    with pytest.raises(PermissionDenied, match="superuser"):
        save_person(
            User(email="b@contoh.example", is_superuser=True), roles=(), by=manager, now=NOW
        )
    root.email = "dicuri@contoh.example"
    with pytest.raises(PermissionDenied):
        save_person(root, roles=(), by=manager, now=NOW)
    assert User.objects.filter(is_superuser=True).count() == 1
    assert User.objects.get(pk=root.pk).email == "root@contoh.example"


def test_rights_of_a_closed_account_still_count() -> None:
    """Whoever could set its address and open it again would have them."""
    manager, root = person("manager"), person(superuser=True, name="root")
    User.objects.filter(pk=root.pk).update(is_active=False)
    assert not may_change_person(manager, User.objects.get(pk=root.pk))
    powerful = person("editor", name="kuat")
    powerful.user_permissions.add(Permission.objects.get(codename="delete_user"))
    User.objects.filter(pk=powerful.pk).update(is_active=False)
    assert not may_change_person(manager, User.objects.get(pk=powerful.pk))


def test_a_role_with_a_right_that_the_giver_lacks_is_not_given() -> None:
    manager, reader = person("manager"), person()
    strong = Group.objects.create(name="archivist")
    strong.permissions.add(Permission.objects.get(codename="delete_user"))
    assert strong not in grantable_roles(manager)
    with pytest.raises(PermissionDenied, match="archivist"):
        save_person(reader, roles=[strong], by=manager, now=NOW)
    root = person(superuser=True, name="root")
    save_person(reader, roles=[strong], by=root, now=NOW)
    with pytest.raises(PermissionDenied):
        save_person(reader, roles=[], by=manager, now=NOW)


def test_a_new_account_has_no_password_and_the_roles() -> None:
    made = save_person(
        User(email="baru@contoh.example", name="Baru"),
        roles=roles("author"),
        by=person("manager"),
        now=NOW,
    )
    stored = User.objects.get(pk=made.pk)
    assert not stored.has_usable_password()
    assert stored.has_role("author")
    assert not stored.is_staff


def test_a_superuser_makes_another() -> None:
    root, reader = person(superuser=True, name="root"), person()
    reader.is_superuser = True
    save_person(reader, roles=(), by=root, now=NOW)
    stored = User.objects.get(pk=reader.pk)
    assert stored.is_superuser
    assert stored.is_staff


def test_the_log_says_what_changed_about_whom_and_names_nobody() -> None:
    manager = person("manager")
    made = save_person(
        User(email="baru@contoh.example", name="Baru"), roles=roles("author"), by=manager, now=NOW
    )
    made.name, made.email = "Lama", "lama@contoh.example"
    save_person(made, roles=roles("support", "editor"), by=manager, now=NOW)
    save_person(made, roles=roles("support", "editor"), by=manager, now=NOW)  # nothing changed
    made.is_active = False
    save_person(made, roles=roles("support", "editor"), by=manager, now=NOW)
    entries = AuditEntry.objects.order_by("pk")
    assert [(entry.action, entry.facts) for entry in entries] == [
        ("person.add", {"given": "author"}),
        (
            "person.change",
            {"given": "editor, support", "taken": "author", "renamed": True, "new_address": True},
        ),
        ("person.change", {"active": False}),
    ]
    assert {(entry.actor, entry.subject_id) for entry in entries} == {(manager.pk, str(made.pk))}

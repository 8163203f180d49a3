"""An account is closed at once, by those who may, with a reason that is a code."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied

from sites.accounts.actions import create_user
from sites.accounts.actions.save_person import save_person
from sites.accounts.actions.suspend_person import (
    AlreadySuspended,
    NotSuspended,
    Reason,
    readmit_person,
    suspend_person,
)
from sites.accounts.models import AuditEntry, Session, User
from sites.accounts.permissions import may_suspend
from sites.accounts.roles import PERMISSIONS
from tests.house import visitor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def person(*roles: str, superuser: bool = False, name: str = "") -> User:
    address = f"{name or '-'.join(roles) or 'reader'}@contoh.example"
    return create_user(address, password=None, roles=roles, superuser=superuser)


def test_a_suspended_person_is_out_at_once_and_the_log_says_why_in_a_code() -> None:
    moderator, reader = person("moderator"), person()
    browser = visitor("auth")
    browser.force_login(reader)
    assert browser.get("/").status_code == 200
    suspend_person(reader, reason=Reason.SPAM, by=moderator, now=NOW)
    assert browser.get("/").status_code == 302
    assert not Session.objects.filter(user=reader).exists()
    entry = AuditEntry.objects.get(action="person.suspend")
    assert (entry.actor, entry.subject_id, entry.at) == (moderator.pk, str(reader.pk), NOW)
    assert entry.facts == {"reason": "spam", "sessions": 1}


def test_a_readmitted_person_signs_in_anew() -> None:
    manager, reader = person("manager"), person()
    browser = visitor("auth")
    browser.force_login(reader)
    suspend_person(reader, reason=Reason.TAKEN_OVER, by=manager, now=NOW)
    readmit_person(reader, by=manager, now=NOW)
    assert User.objects.get(pk=reader.pk).is_active
    assert browser.get("/").status_code == 302
    browser.force_login(reader)
    assert browser.get("/").status_code == 200
    assert AuditEntry.objects.filter(action="person.readmit").count() == 1


def test_nothing_is_done_twice() -> None:
    manager, reader = person("manager"), person()
    with pytest.raises(NotSuspended):
        readmit_person(reader, by=manager, now=NOW)
    suspend_person(reader, reason=Reason.ABUSE, by=manager, now=NOW)
    with pytest.raises(AlreadySuspended):
        suspend_person(reader, reason=Reason.ABUSE, by=manager, now=NOW)
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("by", "whom", "may"),
    [
        ("moderator", "reader", True),
        ("moderator", "author", True),
        ("moderator", "support", False),
        ("moderator", "editor", False),
        ("moderator", "manager", False),
        ("manager", "reader", True),
        ("manager", "author", True),
        ("manager", "support", True),
        *((role, "reader", False) for role in PERMISSIONS if role not in ("moderator", "manager")),
        ("reader", "author", False),
    ],
)
def test_who_may_suspend_whom(by: str, whom: str, may: bool) -> None:
    somebody = person(*(() if by == "reader" else (by,)), name="somebody")
    other = person(*(() if whom == "reader" else (whom,)), name="other")
    assert may_suspend(somebody, other) is may
    if not may:
        with pytest.raises(PermissionDenied, match="Ask a manager"):
            suspend_person(other, reason=Reason.SPAM, by=somebody, now=NOW)
        assert User.objects.get(pk=other.pk).is_active


def test_nobody_suspends_themselves() -> None:
    for by in (person("manager"), person(superuser=True, name="root")):
        with pytest.raises(PermissionDenied, match="their own"):
            suspend_person(by, reason=Reason.ON_REQUEST, by=by, now=NOW)


def test_only_a_superuser_suspends_a_superuser() -> None:
    root, other = person(superuser=True, name="root"), person(superuser=True, name="other")
    with pytest.raises(PermissionDenied):
        suspend_person(root, reason=Reason.SPAM, by=person("manager"), now=NOW)
    suspend_person(root, reason=Reason.TAKEN_OVER, by=other, now=NOW)
    assert not User.objects.get(pk=root.pk).is_active


def test_somebody_suspended_suspends_nobody() -> None:
    manager, reader = person("manager"), person()
    suspend_person(manager, reason=Reason.ABUSE, by=person(superuser=True, name="root"), now=NOW)
    with pytest.raises(PermissionDenied):
        suspend_person(reader, reason=Reason.SPAM, by=User.objects.get(pk=manager.pk), now=NOW)


def test_closing_an_account_in_the_form_ends_its_sessions_too() -> None:
    manager, reader = person("manager"), person()
    visitor("auth").force_login(reader)
    assert Session.objects.filter(user=reader).exists()
    reader.is_active = False
    save_person(reader, roles=(), by=manager, now=NOW)
    assert not Session.objects.filter(user=reader).exists()

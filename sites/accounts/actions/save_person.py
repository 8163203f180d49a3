from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from realtime.streams import revoke
from sites.accounts.actions.end_sessions import end_sessions
from sites.accounts.actions.keep_address import keep_address
from sites.accounts.actions.record_audit import Fact, record_audit
from sites.accounts.models import User
from sites.accounts.permissions import require_change_person, require_grant
from sites.accounts.roles import BACK_OFFICE

FLAGS: Final = ("is_active", "is_superuser")


@transaction.atomic
def save_person(person: User, *, roles: Iterable[Group], by: User, now: datetime) -> User:
    """Store a new or changed account with exactly these roles.

    ``person`` comes with the wanted address, name, activity and superuser flag. The mark of staff
    follows from the roles. A new account has no password: its owner sets one by "reset password" on
    the auth host. Its address counts as verified, since the office vouches for it.

    Raises ``PermissionDenied`` where the account may do more than ``by`` may, where a role is not
    theirs to give or take, where the superuser flag is changed by anybody but a superuser, and
    where somebody changes their own roles, activity or flag. The message says which.
    """
    wanted = list(roles)
    before = _hold(person, by)
    held = list(before.groups.all()) if before else []
    given, taken = _difference(wanted, held), _difference(held, wanted)
    changed = [one for one in FLAGS if before and getattr(before, one) != getattr(person, one)]
    if before and before.pk == by.pk and (given or taken or changed):
        raise PermissionDenied(
            _("Nobody changes their own roles or closes their own account here. Ask a colleague.")
        )
    if ("is_superuser" in changed or (not before and person.is_superuser)) and not by.is_superuser:
        raise PermissionDenied(_("Only a superuser makes or unmakes a superuser."))
    require_grant(by, [*given, *taken])
    person.is_staff = person.is_superuser or any(role.name in BACK_OFFICE for role in wanted)
    facts = _facts(person, before, given, taken)
    if not before:
        person.set_unusable_password()
        person.full_clean()
        person.save()
    else:
        person.save(update_fields=["email", "name", "is_staff", *FLAGS])
    if not before or before.email != person.email:
        keep_address(person)
    person.groups.set(wanted)
    if facts.get("active") is False:
        end_sessions(person)
    if facts or not before:
        record_audit(f"person.{'change' if before else 'add'}", by=by, on=person, now=now, **facts)
        revoke(user_id=person.pk)
    return person


def _facts(
    person: User, before: User | None, given: list[Group], taken: list[Group]
) -> dict[str, Fact]:
    """Say what changes, without a name or an address: roles by their names, flags, and that the
    name or the address is another one."""
    facts: dict[str, Fact] = {}
    if given:
        facts["given"] = ", ".join(sorted(role.name for role in given))
    if taken:
        facts["taken"] = ", ".join(sorted(role.name for role in taken))
    for name, flag in (("active", "is_active"), ("superuser", "is_superuser")):
        if before and getattr(before, flag) != getattr(person, flag):
            facts[name] = bool(getattr(person, flag))
    if before and before.name != person.name:
        facts["renamed"] = True
    if before and before.email != person.email:
        facts["new_address"] = True
    return facts


def _hold(person: User, by: User) -> User | None:
    """Lock the stored account and check that ``by`` may change it, or may make a new one."""
    if person._state.adding:
        if not by.has_perm("accounts.add_user"):
            raise PermissionDenied(_("Only managers make accounts for others."))
        return None
    before = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    require_change_person(by, before)
    return before


def _difference(one: list[Group], other: list[Group]) -> list[Group]:
    keys = {role.pk for role in other}
    return [role for role in one if role.pk not in keys]

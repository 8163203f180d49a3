"""Who may change whose account. Nobody hands out more than they have, themselves included."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from sites.accounts.models import Person, User
from sites.accounts.roles import AUTHOR


def rights_of(user: User) -> QuerySet[Permission]:
    """Give all model permissions that an account has, or would have if it were active.

    Django's own answer is empty for inactive accounts, which would make them look harmless.
    """
    return Permission.objects.filter(Q(group__user=user) | Q(user=user)).order_by()


def may_change_person(by: Person, person: User) -> bool:
    """May ``by`` change this account? Only with the model permission, and only where the account
    could do nothing that they may not: who can set an address can take the account over."""
    if not isinstance(by, User) or not by.has_perm("accounts.change_user"):
        return False
    if by.is_superuser:
        return True
    beyond = rights_of(person).exclude(pk__in=rights_of(by).values("pk"))
    return not person.is_superuser and not beyond.exists()


def grantable_roles(by: Person) -> list[Group]:
    """Give the roles that ``by`` may give and take: those without a right that they lack."""
    if not isinstance(by, User) or not by.has_perm("accounts.change_user"):
        return []
    roles = Group.objects.order_by("name")
    if not by.is_superuser:
        lacking = Permission.objects.exclude(pk__in=rights_of(by).values("pk")).order_by()
        roles = roles.exclude(permissions__in=lacking)
    return list(roles)


def require_change_person(by: Person, person: User) -> None:
    """Raises ``PermissionDenied`` with the reason."""
    if not may_change_person(by, person):
        raise PermissionDenied(
            _(
                "This account may do more than yours does. Ask somebody with its rights to change it."
            )
        )


def require_grant(by: Person, roles: Iterable[Group]) -> None:
    """Raises ``PermissionDenied`` where one of the roles is not for ``by`` to give or take."""
    allowed = {role.pk for role in grantable_roles(by)}
    missing = sorted(role.name for role in roles if role.pk not in allowed)
    if missing:
        raise PermissionDenied(
            _("You cannot give or take the role %(roles)s: it may do more than you do.")
            % {"roles": ", ".join(missing)}
        )


def may_suspend(by: Person, person: User) -> bool:
    """May ``by`` close or open this account? Nobody their own. Readers' and authors': whoever has the
    permission. Accounts of the house's own people: only who may also change them."""
    if not isinstance(by, User) or by.pk == person.pk:
        return False
    if not by.has_perm("accounts.suspend_user"):
        return False
    if person.is_superuser or person.is_staff or _works_here(person):
        return may_change_person(by, person)
    return True


def _works_here(person: User) -> bool:
    """Has the account a role beside author's, or rights of its own? Closed accounts count as well."""
    beyond = person.groups.exclude(name=AUTHOR).exists()
    return beyond or person.user_permissions.exists()


def require_suspend(by: Person, person: User) -> None:
    """Raises ``PermissionDenied`` with the reason."""
    if may_suspend(by, person):
        return
    if isinstance(by, User) and by.pk == person.pk:
        raise PermissionDenied(_("Nobody suspends their own account. Ask a colleague."))
    raise PermissionDenied(
        _("You cannot suspend this account, or open it again. Ask a manager to do it.")
    )

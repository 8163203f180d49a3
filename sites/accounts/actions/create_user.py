from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction

from sites.accounts.models import User
from sites.accounts.roles import BACK_OFFICE


@transaction.atomic
def create_user(
    email: str,
    *,
    password: str | None,
    name: str = "",
    roles: Iterable[str] = (),
    superuser: bool = False,
) -> User:
    """Create an account with its roles. A trusted caller decides on the roles: commands and tests.

    ``password`` ``None`` makes an account that cannot sign in by password. Raises Django's
    ``ValidationError`` for a malformed or a taken address, and ``Group.DoesNotExist`` for a role
    that is not in ``sites.accounts.roles``.
    """
    wanted = set(roles)
    user = User.objects.create_user(
        email,
        password,
        name=name,
        is_staff=superuser or bool(wanted.intersection(BACK_OFFICE)),
        is_superuser=superuser,
    )
    groups = list(Group.objects.filter(name__in=wanted))
    missing = wanted.difference(group.name for group in groups)
    if missing:
        raise Group.DoesNotExist(
            f"No such role: {', '.join(sorted(missing))}. Run `manage.py migrate`."
        )
    user.groups.set(groups)
    return user

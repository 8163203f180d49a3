"""Open the demo accounts that are not there yet."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password

from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.accounts.roles import READER
from sites.books.demo.people import DEMO_ACCOUNTS, DEMO_PASSWORD, SUPERUSER


def open_accounts() -> set[str]:
    """Create what is missing of ``DEMO_ACCOUNTS`` and give the roles of the new ones.

    An account that is there stays as it is, its password included.
    """
    wanted = {account.email: account for account in DEMO_ACCOUNTS}
    known = set(User.objects.filter(email__in=wanted).values_list("email", flat=True))
    missing = [account for email, account in wanted.items() if email not in known]
    for account in missing:
        create_user(
            account.email,
            password=None,
            name=account.name,
            roles=() if account.role in (READER, SUPERUSER) else (account.role,),
            superuser=account.role == SUPERUSER,
        )
    if missing:
        # One hash for all of them: it takes a third of a second, eight would be felt at the start.
        User.objects.filter(email__in=[account.email for account in missing]).update(
            password=make_password(DEMO_PASSWORD)
        )
    return {account.role for account in missing}

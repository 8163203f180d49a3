from __future__ import annotations

from django.db import transaction

from sites.accounts.models import User


@transaction.atomic
def keep_address(user: User) -> None:
    """Make ``user.email`` the account's only address to sign in with, verified and primary.

    For those whom the house trusts with an address: commands and the office. Nobody's permission is
    asked: the action that changes the account has asked. What the person adds themselves is verified
    by a mail to it, and allauth keeps ``User.email`` in step by itself.
    """
    # Not before the apps are ready: models of allauth point at ours.
    from allauth.account.models import EmailAddress

    addresses = EmailAddress.objects.filter(user_id=user.pk)
    addresses.exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(
        user_id=user.pk, email=user.email, defaults={"verified": True, "primary": True}
    )

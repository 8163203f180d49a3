from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef

from sites.accounts.models import User


@transaction.atomic
def free_address(email: str, *, owner: User) -> None:
    """Remove accounts that were signed up with ``email`` and never confirmed, other than ``owner``'s.

    ``owner`` has just shown that the mailbox is theirs. Nobody could ever sign in to such an
    account, so it holds nothing; it only stands in the way of its address.
    """
    from allauth.account.models import EmailAddress  # models are not loaded before the apps

    confirmed = EmailAddress.objects.filter(user_id=OuterRef("pk"), verified=True)
    User.objects.filter(~Exists(confirmed), email=email, last_login=None).exclude(
        pk=owner.pk
    ).delete()

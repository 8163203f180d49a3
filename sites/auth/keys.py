"""What protects an account, in a few numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sites.accounts.models import User


@dataclass(frozen=True)
class Keys:
    """Whether there is a password and an authenticator app, and how many passkeys there are."""

    password: bool
    app: bool
    passkeys: int


def keys_of(user: User) -> Keys:
    """Give what somebody can sign in with, in one query."""
    from allauth.mfa.models import Authenticator  # models are not loaded before the apps

    kinds = Counter(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    kind = Authenticator.Type
    return Keys(user.has_usable_password(), bool(kinds[kind.TOTP]), kinds[kind.WEBAUTHN])

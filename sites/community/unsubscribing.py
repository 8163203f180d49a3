"""The address that ends digests: signed, for one account, and good for as long as the mail is kept."""

from __future__ import annotations

from typing import Final

from django.core import signing

from sites.accounts.models import User
from sites.links import host_url

_SALT: Final = "sites.community.unsubscribing"


def unsubscribe_address(user: User) -> str:
    """Give the address, absolute."""
    return host_url("main", "unsubscribe", signing.Signer(salt=_SALT).sign(str(user.pk)))


def whose(token: str) -> User | None:
    """Give the account that an address was made for, while it is there."""
    try:
        key = signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=int(key)).first()


def headers(user: User) -> dict[str, str]:
    """Give the headers by which mail programs unsubscribe with one click (RFC 8058, RFC 2369)."""
    return {
        "List-Unsubscribe": f"<{unsubscribe_address(user)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }

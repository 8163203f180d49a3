"""Secrets of second factors, unreadable to whoever gets hold of the database alone."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

#: Part of the key, so that it is no other key derived from SECRET_KEY.
_PURPOSE = b"esensi second factors:"


class LostKey(Exception):
    """What is stored was written under a key that is not known any more."""

    def __init__(self) -> None:
        super().__init__(
            "A second factor was stored under another SECRET_KEY. Put the former key into "
            "SECRET_KEY_FALLBACKS."
        )


def encrypt(text: str) -> str:
    """Give ``text`` as a Fernet token (AES-128-CBC and HMAC-SHA256) under SECRET_KEY."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Give the text of a token that ``encrypt`` made, under this key or a former one. Raises
    ``LostKey``."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise LostKey from error


def _fernet() -> MultiFernet:
    # cryptography takes 50 ms to import, and only those who have a second factor need it.
    from cryptography.fernet import Fernet, MultiFernet

    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(urlsafe_b64encode(sha256(_PURPOSE + key.encode()).digest())) for key in keys]
    )

"""Signed links and forms of the folder: what a bucket signs by itself, signed here by HMAC."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from django.core.signing import BadSignature, Signer

from storage.errors import BadLink

#: Where the folder's files are served and taken (``storage.serving``).
PREFIX: Final = "/files/"
_DOWN: Final = "storage.download"
_UP: Final = "storage.upload"
LONGEST_NAME: Final = 200  # characters of a file's name in a link


class Download(NamedTuple):
    """What a link lets its holder read, until when, and as what it is saved ("" = shown)."""

    key: str
    until: int  # seconds since 1970
    name: str = ""

    def signed(self) -> str:
        """Give the link."""
        query = {"until": str(self.until)} | ({"name": self.name} if self.name else {})
        query["signature"] = _signature(_DOWN, self.key, str(self.until), self.name)
        return f"{PREFIX}{quote(self.key)}?{urlencode(query)}"


class Arrival(NamedTuple):
    """What a form lets its holder store: one key, exactly so many bytes of one type."""

    key: str
    until: int
    size: int
    type: str

    def signed(self) -> str:
        """Give the address that takes the bytes by PUT."""
        query = {"until": str(self.until), "size": str(self.size), "type": self.type}
        query["signature"] = _signature(_UP, self.key, *query.values())
        return f"{PREFIX}{quote(self.key)}?{urlencode(query)}"


def read_download(key: str, query: dict[str, str], *, now: datetime) -> Download:
    """Give the link that was followed. Raises ``BadLink`` unless it was signed here, for this very
    key, and is still good ``now``."""
    found = Download(key, _number(query, "until"), query.get("name", ""))
    expected = (key, str(found.until), found.name)
    _check(_DOWN, query, expected, until=found.until, now=now)
    return found


def read_arrival(key: str, query: dict[str, str], *, now: datetime) -> Arrival:
    """Give the form that is used. Raises ``BadLink`` as ``read_download`` does."""
    found = Arrival(key, _number(query, "until"), _number(query, "size"), query.get("type", ""))
    expected = (key, str(found.until), str(found.size), found.type)
    _check(_UP, query, expected, until=found.until, now=now)
    return found


def until(now: datetime, expires: timedelta) -> int:
    """Give the second in which a link that is made ``now`` expires."""
    return int((now + expires).timestamp())


def _check(
    purpose: str, query: dict[str, str], parts: tuple[str, ...], *, until: int, now: datetime
) -> None:
    try:
        # Signer tries the former keys as well, and compares in constant time.
        Signer(salt=purpose).unsign(f"{_value(*parts)}:{query.get('signature', '')}")
    except BadSignature:
        raise BadLink from None
    if now.timestamp() >= until:
        raise BadLink


def _signature(purpose: str, *parts: str) -> str:
    return Signer(salt=purpose).signature(_value(*parts))


def _value(*parts: str) -> str:
    # Quoted, so that no part can end early and another begin.
    return "/".join(quote(part, safe="") for part in parts)


def _number(query: dict[str, str], name: str) -> int:
    text = query.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise BadLink
    return int(text)

"""Which kept page answers a request? Whatever may change a page for a stranger is in its key, and a
request with anything else about it has none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from django.conf import settings
from django.http.cookie import parse_cookie
from django.utils import translation

from esensi.asgi_types import Scope
from sites.accounts.reading import ReadingSettings

#: Hosts that have pages for strangers.
HOSTS: Final = ("main", "chapter")
#: Bytes of an address: the longest slug, and its filters.
LONGEST_ADDRESS: Final = 400
#: Parameters that are numbers of pages and filters. What somebody searches for is theirs, and hardly
#: ever asked twice.
PARAMETERS: Final = frozenset({"page", "genre", "language", "running"})
#: As Django's GZipMiddleware reads Accept-Encoding.
_GZIP: Final = re.compile(r"\bgzip\b")
#: Headers with which a request is none for a page, or somebody's own.
_FOREIGN: Final = frozenset(
    {b"authorization", b"content-type", b"content-length", b"transfer-encoding", b"upgrade"}
)
#: Headers that the key is made of; where one comes twice, it is not clear what it says.
_READ: Final = frozenset(
    {b"host", b"cookie", b"accept-language", b"accept-encoding", b"x-forwarded-proto"}
)


class Key(NamedTuple):
    """Two requests with the same key are answered alike."""

    host: str
    path: bytes
    query: tuple[tuple[str, str], ...]
    language: str
    reading: str
    is_gzipped: bool


class _Asked(NamedTuple):
    """What Django's choice of a language reads of a request."""

    COOKIES: dict[str, str]
    META: dict[str, str]


def key_of(scope: Scope) -> Key | None:
    """Give the key of a GET or HEAD request; None where no kept page may answer it, because somebody
    may be known by it, or because it is not as browsers ask for pages."""
    if scope["method"] not in ("GET", "HEAD"):
        return None
    read = _headers(scope)
    if read is None:
        return None
    host = _host(read)
    cookies = parse_cookie(read.get(b"cookie", ""))
    query = _query(scope["query_string"])
    path: bytes = scope.get("raw_path") or b""
    if not host or not path or query is None or settings.SESSION_COOKIE_NAME in cookies:
        return None
    if len(path) + len(scope["query_string"]) > LONGEST_ADDRESS:
        return None
    return Key(
        host,
        path,
        query,
        _language(cookies, read),
        ReadingSettings.from_cookie(cookies.get(settings.READING_COOKIE_NAME, "")).to_cookie(),
        bool(_GZIP.search(read.get(b"accept-encoding", ""))),
    )


def _headers(scope: Scope) -> Mapping[bytes, str] | None:
    read: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        if name in _FOREIGN and value != b"0":
            return None
        if name in _READ:
            if name in read:
                return None
            read[name] = value.decode("latin-1")
    return read


def _host(read: Mapping[bytes, str]) -> str:
    """Give the host's key, by its name exactly as pages write it."""
    names = settings.HOST_NAMES
    if names.secure and read.get(b"x-forwarded-proto") != "https":
        return ""  # is led to https
    asked = read.get(b"host", "")
    return next((key for key in HOSTS if names.domains[key] == asked), "")


def _query(query_string: bytes) -> tuple[tuple[str, str], ...] | None:
    if not query_string:
        return ()
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=len(PARAMETERS),
        )
    except ValueError:
        return None
    names = {name for name, _value in pairs}
    return tuple(sorted(pairs)) if len(names) == len(pairs) and names <= PARAMETERS else None


def _language(cookies: dict[str, str], read: Mapping[bytes, str]) -> str:
    meta = {"HTTP_ACCEPT_LANGUAGE": read.get(b"accept-language", "")}
    asked: Any = _Asked(cookies, meta)
    return translation.get_language_from_request(asked)

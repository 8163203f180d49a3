"""The folder's door, where no bucket serves files: an ASGI program before the actual one.

``/media/…``: what lies in public, for everybody and for a year. ``/files/…``: what lies in private,
for whoever has a signed link that has not expired (GET), and uploads by a signed form (PUT).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.files.storage import InvalidStorageError, storages
from django.utils.http import content_disposition_header

from storage import arriving, keys, links
from storage.answers import answer_with, redirect
from storage.asgi_types import App, Headers, Receive, Scope, Send, say
from storage.errors import BadKey, BadLink
from storage.fallback import Fallback
from storage.folder import Folder

PUBLIC: Final = "/media/"
#: What browsers show; anything else they only save.
SHOWN: Final = frozenset(type_ for type_ in keys.ENDINGS if type_.startswith("image/"))
_LONGEST_QUERY: Final = 4_000  # bytes

_HARMLESS: Final = [
    # An SVG is a document: opened by itself it must be as harmless as a picture.
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
    ),
    (b"cross-origin-resource-policy", b"same-site"),
    (b"x-content-type-options", b"nosniff"),
]
#: Keys carry a hash of their content: what they name never changes.
_FOR_A_YEAR: Final = (b"cache-control", b"public, max-age=31536000, immutable")
_FOR_AN_HOUR: Final = [(b"cache-control", b"public, max-age=3600")]
_FOR_NOBODY_ELSE: Final = (b"cache-control", b"private, no-store")


class StoredFiles:
    """Serve the folders' files; lead everything else on to ``app``.

    What is missing is led on as well, so that the 404 has the look of its host. ``headers`` are sent
    with every file. Where the places are buckets, this door is closed.
    """

    def __init__(self, app: App, *, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        self._app = app
        self._headers = [*_HARMLESS, *headers]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        reads = scope["method"] in ("GET", "HEAD")
        if path.startswith(PUBLIC) and reads:
            served = await self._public(scope, send, path.removeprefix(PUBLIC))
        elif path.startswith(links.PREFIX) and reads:
            served = await self._private(scope, send, path.removeprefix(links.PREFIX))
        elif path.startswith(links.PREFIX) and scope["method"] == "PUT":
            served = await self._arrival(scope, receive, send)
        else:
            served = False
        if not served:
            await self._app(scope, receive, send)

    async def _public(self, scope: Scope, send: Send, key: str) -> bool:
        elsewhere = _elsewhere(key)
        if (settings.MEDIA_URL != PUBLIC and not elsewhere) or keys.type_of(key) not in SHOWN:
            return False
        path = await asyncio.to_thread(find, "public", key)
        if path is None and elsewhere:
            # While files move, what is not in the folder is in the bucket, or nowhere.
            await redirect(send, elsewhere, [*self._headers, *_FOR_AN_HOUR])
            return True
        if path is None:
            return False
        type_ = (b"content-type", keys.type_of(key).encode())
        await answer_with(scope, send, path, [*self._headers, _FOR_A_YEAR, type_])
        return True

    async def _private(self, scope: Scope, send: Send, key: str) -> bool:
        if _folder("private") is None:
            return False
        try:
            link = links.read_download(key, _query(scope), now=datetime.now(UTC))
        except BadLink as refusal:
            await say(send, 403, str(refusal))
            return True
        path = await asyncio.to_thread(find, "private", key)
        if path is None:
            return False
        headers = [*self._headers, _FOR_NOBODY_ELSE, *_saved_as(link)]
        await answer_with(scope, send, path, headers)
        return True

    async def _arrival(self, scope: Scope, receive: Receive, send: Send) -> bool:
        folder = _folder("private")
        if folder is None:
            return False
        key = scope["path"].removeprefix(links.PREFIX)
        try:
            arrival = links.read_arrival(key, _query(scope), now=datetime.now(UTC))
        except BadLink as refusal:
            await say(send, 403, str(refusal))
            return True
        await arriving.take(scope, receive, send, (folder, arrival))
        return True


def find(place: str, key: str) -> Path | None:
    """Give the file of a key; None for what is missing, out of the folder, or in a bucket."""
    folder = _folder(place)
    try:
        path = Path(folder.path(key)) if folder else None
        return path if path and path.is_file() else None
    except (OSError, ValueError, BadKey):
        return None


def _folder(place: str) -> Folder | None:
    try:
        found = storages[place]
    except InvalidStorageError:
        return None
    if isinstance(found, Fallback):
        return found.folder
    return found if isinstance(found, Folder) else None


def _elsewhere(key: str) -> str:
    """Give where a public file is that is not in the folder, while files move; "" at other times."""
    try:
        found = storages["public"]
        return found.elsewhere.url(key) if isinstance(found, Fallback) else ""
    except (InvalidStorageError, BadKey):
        return ""


def _query(scope: Scope) -> dict[str, str]:
    query: bytes = scope["query_string"]
    if len(query) > _LONGEST_QUERY:
        return {}
    try:
        return dict(parse_qsl(query.decode("latin-1"), max_num_fields=10))
    except ValueError:  # more fields than any link of ours has
        return {}


def _saved_as(link: links.Download) -> Headers:
    """Give the type, and the name in any script (RFC 6266); only pictures may be looked at."""
    type_ = keys.type_of(link.key)
    headers = [(b"content-type", type_.encode())]
    if link.name or type_ not in SHOWN:
        name = link.name or link.key.rpartition("/")[2]
        shown = content_disposition_header(True, name) or "attachment"
        headers.append((b"content-disposition", shown.encode("ascii", "ignore")))
    return headers

"""Covers and pictures from the folder, where no bucket serves them: before Django and its gate."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path, PurePosixPath
from typing import Final

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.http import http_date, parse_etags, parse_http_date_safe

from esensi.asgi_types import App, Receive, Scope, Send, header

PREFIX: Final = "/media/"

#: What the house itself stores; anything else is not shown in a browser.
SHOWN: Final = {
    ".svg": b"image/svg+xml",
    ".webp": b"image/webp",
    ".png": b"image/png",
    ".jpg": b"image/jpeg",
    ".jpeg": b"image/jpeg",
    ".gif": b"image/gif",
    ".avif": b"image/avif",
}
_PIECE: Final = 64 * 1024  # bytes
_RANGE: Final = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")

_HEADERS: Final = [
    # Keys carry a hash of their content: what they name never changes.
    (b"cache-control", b"public, max-age=31536000, immutable"),
    # An SVG is a document: opened by itself it must be as harmless as a picture.
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'",
    ),
    (b"cross-origin-resource-policy", b"same-site"),
    (b"x-content-type-options", b"nosniff"),
    (b"accept-ranges", b"bytes"),
]


class Pictures:
    """Answer ``GET /media/…`` with a stored picture; lead everything else on.

    What is missing or no picture is led on as well, so that the 404 has the look of its host. A
    slow reader holds neither a thread nor an open file.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = None
        if scope["path"].startswith(PREFIX) and scope["method"] in ("GET", "HEAD"):
            path = await asyncio.to_thread(find, scope["path"].removeprefix(PREFIX))
        if path is None:
            await self._app(scope, receive, send)
        else:
            await _answer(scope, send, path)


def find(key: str) -> Path | None:
    """Give the file of a picture's key; None for what is missing, no picture, or out of the folder."""
    if settings.MEDIA_URL != PREFIX or not isinstance(default_storage, FileSystemStorage):
        return None
    if PurePosixPath(key).suffix.lower() not in SHOWN:
        return None
    try:
        path = Path(default_storage.path(key)).resolve()
        inside = path.is_relative_to(Path(default_storage.location).resolve())
        return path if inside and path.is_file() else None
    except (OSError, ValueError, SuspiciousFileOperation):
        return None


async def _answer(scope: Scope, send: Send, path: Path) -> None:
    found = await asyncio.to_thread(path.stat)
    etag = f'"{found.st_mtime_ns:x}-{found.st_size:x}"'
    headers = [
        *_HEADERS,
        (b"etag", etag.encode()),
        (b"last-modified", http_date(found.st_mtime).encode()),
    ]
    if not settings.HOST_NAMES.public:
        headers.append((b"x-robots-tag", b"noindex"))
    if _is_known(scope, etag, found.st_mtime):
        await _send_head(send, 304, headers)
        await send({"type": "http.response.body", "body": b""})
        return
    status, first, end = _part(scope, etag, found.st_size)
    if status == 416:
        headers.append((b"content-range", f"bytes */{found.st_size}".encode()))
    elif status == 206:
        headers.append((b"content-range", f"bytes {first}-{end - 1}/{found.st_size}".encode()))
    headers.append((b"content-type", SHOWN[path.suffix.lower()]))
    headers.append((b"content-length", str(end - first).encode()))
    await _send_head(send, status, headers)
    if scope["method"] == "HEAD":
        end = first
    await _send_pieces(send, path, first, end)


async def _send_head(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _send_pieces(send: Send, path: Path, first: int, end: int) -> None:
    while first < end:
        piece = await asyncio.to_thread(_read, path, first, min(_PIECE, end - first))
        if not piece:
            return  # the file was cut short meanwhile: the server closes the connection
        first += len(piece)
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _read(path: Path, offset: int, size: int) -> bytes:
    # Opened anew for each piece: a file never changes, and open ones are few in a process.
    with path.open("rb", buffering=0) as file:
        return os.pread(file.fileno(), size, offset)


def _is_known(scope: Scope, etag: str, modified: float) -> bool:
    """Whether the browser has this picture (RFC 9110, 13.2.2)."""
    if tags := header(scope, b"if-none-match"):
        known = parse_etags(tags)
        return "*" in known or etag in {tag.removeprefix("W/") for tag in known}
    since = parse_http_date_safe(header(scope, b"if-modified-since"))
    return since is not None and int(modified) <= since


def _part(scope: Scope, etag: str, size: int) -> tuple[int, int, int]:
    """Give the status, the first byte and the one after the last (RFC 9110, 14.2): one range, or all."""
    wanted = _RANGE.fullmatch(header(scope, b"range").replace(" ", ""))
    unchanged = header(scope, b"if-range") in ("", etag)
    if not wanted or not any(wanted.groups()) or not unchanged or scope["method"] != "GET":
        return 200, 0, size
    if not wanted[1]:  # the last so many
        first, end = max(0, size - int(wanted[2])), size
    else:
        first = int(wanted[1])
        end = min(size, int(wanted[2]) + 1) if wanted[2] else size
        if wanted[2] and int(wanted[2]) < first:
            return 200, 0, size  # no range at all
    return (206, first, end) if first < end else (416, 0, 0)

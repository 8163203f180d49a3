"""One file of the folder as an answer: known ones (304), parts (206), all of it, a piece at a time.

A slow reader holds neither a thread nor an open file.
"""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import Final

from django.utils.http import http_date, parse_etags, parse_http_date_safe

from storage.asgi_types import Headers, Scope, Send, header

_PIECE: Final = 64 * 1024  # bytes
_RANGE: Final = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


async def answer_with(scope: Scope, send: Send, path: Path, headers: Headers) -> None:
    """Send a file with ``headers``, its type among them, as RFC 9110 has it."""
    found = await asyncio.to_thread(path.stat)
    etag = f'"{found.st_mtime_ns:x}-{found.st_size:x}"'
    headers = [
        *headers,
        (b"accept-ranges", b"bytes"),
        (b"etag", etag.encode()),
        (b"last-modified", http_date(found.st_mtime).encode()),
    ]
    if _is_known(scope, etag, found.st_mtime):
        headers = [each for each in headers if each[0] != b"content-type"]
        await _send_head(send, 304, headers)
        await send({"type": "http.response.body", "body": b""})
        return
    status, first, end = _part(scope, etag, found.st_size)
    if status == 416:
        headers.append((b"content-range", f"bytes */{found.st_size}".encode()))
    elif status == 206:
        headers.append((b"content-range", f"bytes {first}-{end - 1}/{found.st_size}".encode()))
    headers.append((b"content-length", str(end - first).encode()))
    await _send_head(send, status, headers)
    if scope["method"] == "HEAD":
        end = first
    await _send_pieces(send, path, first, end)


async def redirect(send: Send, address: str, headers: Headers) -> None:
    """Lead a browser to where the file is."""
    await _send_head(send, 302, [*headers, (b"location", address.encode("ascii"))])
    await send({"type": "http.response.body", "body": b""})


async def _send_head(send: Send, status: int, headers: Headers) -> None:
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
    """Whether the browser has this file (RFC 9110, 13.2.2)."""
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

"""Bytes that a browser sends into the folder, under the rules that a bucket has for signed forms."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import IO, Final

from storage.asgi_types import Receive, Scope, Send, header, say
from storage.folder import Folder
from storage.links import Arrival

#: Seconds between two pieces of a body; whoever sends nothing for so long has gone.
SILENCE: Final = 30.0
#: Bytes a second of the slowest line that is waited for: 100 MB then take 52 minutes, and forms are
#: good for an hour. Who drips would hold one of few places for as long as they like.
SLOWEST: Final = 32_000
#: Files that arrive in one process at once. They hold neither a thread nor a turn at the gate.
AT_ONCE: Final = 16
_PIECE: Final = 256 * 1024  # bytes that are written at a time

_arriving = 0


async def take(scope: Scope, receive: Receive, send: Send, to: tuple[Folder, Arrival]) -> None:
    """Store a request's body as ``to`` allows, as a whole or not at all, and answer.

    201: it is stored. 400: it was cut short. 411, 413, 415: not the announced size or type. 503:
    too many others. The type is the announced one by name alone; what the bytes are is looked at
    when the upload is finished.
    """
    global _arriving
    folder, arrival = to
    if refusal := _refusal(scope, arrival):
        await say(send, *refusal)
        return
    _arriving += 1
    try:
        status, sentence = await _store(receive, folder, arrival)
    finally:
        _arriving -= 1
    await say(send, status, sentence)


def _refusal(scope: Scope, arrival: Arrival) -> tuple[int, str] | None:
    length = header(scope, b"content-length")
    if not length.isascii() or not length.isdigit():
        return 411, "Say how long the file is."
    if len(length) > 15 or int(length) != arrival.size:
        return 413, f"The file must have exactly {arrival.size} bytes."
    if header(scope, b"content-type") != arrival.type:
        return 415, f"The file must be of type {arrival.type}."
    if _arriving >= AT_ONCE:
        return 503, "Too many files arrive at the moment. Try again in a minute."
    return None


async def _store(receive: Receive, folder: Folder, arrival: Arrival) -> tuple[int, str]:
    part = await asyncio.to_thread(folder.begin, arrival.key)
    try:
        with await asyncio.to_thread(part.open, "wb") as file:
            arrived = await _write(receive, file, arrival.size)
        if arrived != arrival.size:
            return 400, "The file was cut short."
        await asyncio.to_thread(folder.commit, part, Path(folder.path(arrival.key)))
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)
    return 201, ""


async def _write(receive: Receive, file: IO[bytes], most: int) -> int:
    """Write what arrives, and give how much it was; it ends when nothing more comes, or too slowly."""
    arrived, waiting, more = 0, bytearray(), True
    clock = asyncio.get_running_loop().time
    ends = clock() + SILENCE + most / SLOWEST
    while more and arrived <= most:
        try:
            message = await asyncio.wait_for(receive(), min(SILENCE, ends - clock()))
        except TimeoutError:
            return -1
        if message["type"] != "http.request":
            return -1  # the browser has left
        body: bytes = message.get("body", b"")
        arrived += len(body)
        waiting += body
        more = message.get("more_body", False)
        if waiting and (len(waiting) >= _PIECE or not more):
            await asyncio.to_thread(file.write, bytes(waiting))
            waiting.clear()
    return arrived

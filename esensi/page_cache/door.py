"""Answers strangers' requests for pages from memory, before Django, and keeps what Django draws for
them where it says that everybody may see it (``sites.page_cache``)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings

from esensi.answers import PIECE_SECONDS
from esensi.asgi_types import App, Message, Receive, Scope, Send, header
from esensi.page_cache.key import Key, key_of
from esensi.page_cache.store import ASKED, LARGEST_PAGE, Page, PageStore
from esensi.record import record_of
from sites.page_cache import PERMIT, Permit

#: Seconds for which others wait when a page that they want is being drawn; then they draw it, too.
PATIENCE: Final = 2.0
#: Bytes that are sent at once: what one slow reader may have lying in the server, beside the kept page
#: itself, which all of them share.
PIECE: Final = 64 * 1024
#: Headers that a 304 leaves out: they speak of a body (RFC 9110, section 15.4.5).
_OF_BODY: Final = (b"content-length", b"content-encoding", b"content-type")


class PageCache:
    """Lead to ``app`` what is not in ``store``. ``now`` gives seconds, by ``time.time``."""

    def __init__(self, app: App, store: PageStore, *, now: Callable[[], float] = time.time) -> None:
        self._app, self._store, self._now = app, store, now
        #: Pages that are being drawn, each with the event that ends it.
        self._drawing: dict[Key, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = key_of(scope) if self._store.is_awake else None
        if key is None:
            await self._app(scope, receive, send)
            return
        page = self._store.find(key, self._now()) or await self._drawn_by_another(key)
        if page is not None:
            ASKED.add(how="kept")
            if (record := record_of(scope)) is not None:
                record.cached, record.route = True, page.route
            await _answer(page, scope, send, age=int(self._now() - page.kept_at))
        elif scope["method"] == "GET":
            ASKED.add(how="drawn")
            await self._draw(key, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _drawn_by_another(self, key: Key) -> Page | None:
        """After a change all who want a page come at once: one draws it, the others wait for that."""
        ended = self._drawing.get(key)
        if ended is None:
            return None
        try:
            await asyncio.wait_for(ended.wait(), PATIENCE)
        except TimeoutError:
            return None
        return self._store.find(key, self._now())

    async def _draw(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        permit, ended = Permit(), self._drawing.setdefault(key, asyncio.Event())

        def end() -> None:
            ended.set()
            if self._drawing.get(key) is ended:
                del self._drawing[key]

        keeping = _Keeping(send, permit, passes=end)
        mark, begun = self._store.mark(), self._now()
        page = None
        try:
            await self._app({**scope, PERMIT: permit}, receive, keeping.send)
            record = record_of(scope)
            page = keeping.page(begun, record.route if record else "")
            if page is not None:
                self._store.keep(key, page, mark)
        finally:
            end()
        # Only now: whoever reads slowly keeps nobody else from the page.
        await keeping.finish(page)


class _Keeping:
    """Passes an answer on; one that is permitted to be kept is held back until all of it is there.
    ``passes`` is called as soon as it is clear that this one is not."""

    def __init__(self, send: Send, permit: Permit, *, passes: Callable[[], None]) -> None:
        self._send, self._permit, self._passes = send, permit, passes
        self._start: Message | None = None
        self._body = bytearray()
        self._is_whole = False

    async def send(self, message: Message) -> None:
        is_start = message["type"] == "http.response.start"
        if is_start and self._permit.is_given and message["status"] == 200:
            self._start = message
        elif self._start is None:
            self._passes()
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            self._is_whole = not message.get("more_body", False)
            if len(self._body) > LARGEST_PAGE:
                await self._pass_on()  # it is not kept, and the rest comes as it comes

    def page(self, begun: float, route: str) -> Page | None:
        """Give the answer, if it is to be kept."""
        if self._start is None or not self._is_whole:
            return None
        headers = [(bytes(name), bytes(value)) for name, value in self._start["headers"]]
        return Page(headers, bytes(self._body), self._permit.about, begun, route)

    async def finish(self, page: Page | None) -> None:
        """Send what was held back: the page, or as much as there is of one that broke off."""
        if page is None:
            await self._pass_on()
        elif self._start is not None:
            await self._send(self._start)
            await _send_body(page.body, self._send)

    async def _pass_on(self) -> None:
        """Hold back nothing any more."""
        start, self._start = self._start, None
        if start is None:
            return
        body, more = bytes(self._body), not self._is_whole
        self._body.clear()
        self._passes()
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": more})


async def _answer(page: Page, scope: Scope, send: Send, *, age: int) -> None:
    headers = [*page.headers, (b"age", str(max(age, 0)).encode())]
    etag = next((value for name, value in headers if name.lower() == b"etag"), b"")
    if etag and _knows(header(scope, b"if-none-match"), etag.decode("latin-1")):
        headers = [(name, value) for name, value in headers if name.lower() not in _OF_BODY]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await _send_body(b"" if scope["method"] == "HEAD" else page.body, send)


async def _send_body(body: bytes, send: Send) -> None:
    """Send a body at its reader's pace; who takes no piece in ``PIECE_SECONDS`` is not reading."""
    for begin in range(0, len(body) or 1, PIECE):
        more = begin + PIECE < len(body)
        piece = body[begin : begin + PIECE]
        try:
            async with asyncio.timeout(PIECE_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": more})
        except TimeoutError:
            return


def _knows(if_none_match: str, etag: str) -> bool:
    """Does the client have it? By RFC 9110's weak comparison (section 8.8.3.2)."""
    if not if_none_match:
        return False
    known = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return "*" in known or etag.removeprefix("W/") in known


def with_page_cache(app: App) -> App:
    """Give ``app`` behind the cache, where the settings ask for one."""
    global store
    if not settings.PAGE_CACHE_BYTES:
        return app
    store = PageStore(settings.PAGE_CACHE_BYTES)
    return PageCache(app, store)


#: This process's, once its doors stand; ``esensi.page_cache.hearing`` wakes it.
store: PageStore | None = None

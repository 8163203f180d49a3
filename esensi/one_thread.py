"""Django under ASGI, each request from its first middleware to its last in one thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from tempfile import SpooledTemporaryFile
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from esensi.record import current, note


class OneThreadHandler(ASGIHandler):
    """Answer a request in the thread that it has, its error pages included, and in one go.

    Django's own handler draws the page of a 404, 403 or 500 in another thread, which takes a second
    database connection while the request still holds its first, and never gives it back. There are
    as many connections as requests at once (``esensi.gate``): as many missing pages at the same
    moment would wait for one another until the pool gives up, and the house with them. All views
    and middlewares of ours are synchronous, so that nothing is lost.

    It also starts a thread for each request, and goes into it three times. With ``threads``, requests
    take those, each once; there should be as many as requests at once. Without, they take the thread
    that is meant for them (``ThreadSensitiveContext``), as tests need it, whose transaction belongs to
    a thread. Who leaves while a page is drawn is told to nobody: the page is drawn to its end.
    """

    def __init__(self, threads: ThreadPoolExecutor | None = None) -> None:
        BaseHandler.__init__(self)  # ASGIHandler's would load the asynchronous chain
        self.load_middleware(is_async=False)
        self._has_threads = threads is not None
        self._answer: Callable[..., Coroutine[Any, Any, HttpResponseBase]] = sync_to_async(
            self._answered, thread_sensitive=threads is None, executor=threads
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async with nullcontext() if self._has_threads else ThreadSensitiveContext():
            await self.handle(scope, receive, send)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request; who left before all of it came gets no answer."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        record = current.get()
        if record is not None:
            record.waited = time.perf_counter() - record.began
        try:
            response = await self._answer(scope, body)
            if response.streaming:
                await self._stream(response, receive, send)
            else:
                await self.send_response(response, send)
        finally:
            body.close()

    def _answered(self, scope: Any, body: SpooledTemporaryFile[bytes]) -> HttpResponseBase:
        """Give the answer, with all done that needs the thread; one that is streamed is still open."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response = refusal if request is None else self._of(request)
        assert response is not None  # noqa: S101 - create_request gives one of the two
        response._handler_class = self.__class__  # type: ignore[attr-defined]  # as Django's does
        if response.streaming:
            # What it still asks, it asks in another thread. This one gives its connection back.
            close_old_connections()
        else:
            response.close()
        return response

    def _of(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = self.get_response(request)
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if (record := current.get()) is not None:
            note(record, request)
        return response

    async def _stream(self, response: HttpResponseBase, receive: Any, send: Any) -> None:
        """Send what comes piece by piece, until its reader leaves."""
        async with ThreadSensitiveContext() if self._has_threads else nullcontext():
            sending = asyncio.create_task(self.send_response(response, send))
            leaving = asyncio.create_task(receive())
            try:
                await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                leaving.cancel()
                if not sending.done():
                    sending.cancel()
                await asyncio.wait({sending, leaving})
                await sync_to_async(response.close)()
            if not sending.cancelled():
                sending.result()  # what went wrong is the caller's to know

"""Django under ASGI, each request from its first middleware to its last in one thread."""

from __future__ import annotations

import time

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from esensi.record import current, note


class OneThreadHandler(ASGIHandler):
    """Answer a request in the thread that it has, its error pages included.

    Django's own handler draws the page of a 404, 403 or 500 in another thread, which takes a second
    database connection while the request still holds its first, and never gives it back. There are
    as many connections as requests at once (``esensi.gate``): as many missing pages at the same
    moment would wait for one another until the pool gives up, and the house with them. All views
    and middlewares of ours are synchronous, so that nothing is lost.
    """

    def __init__(self) -> None:
        BaseHandler.__init__(self)  # ASGIHandler's would load the asynchronous chain
        self.load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        record = current.get()
        if record is not None:
            record.waited = time.perf_counter() - record.began
        response: HttpResponseBase = await sync_to_async(self.get_response)(request)
        if record is not None:
            note(record, request)
        return response

"""The doors: HTTP and WebSocket, health before everything else."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esensi.settings")
django.setup(set_prefix=False)

# Only now: these read settings.
from esensi import database_metrics, http_metrics  # noqa: E402
from esensi.asgi_types import App, Receive, Scope, Send  # noqa: E402
from esensi.elsewhere import Elsewhere  # noqa: E402
from esensi.gate import RequestGate  # noqa: E402
from esensi.guarded import guarded  # noqa: E402
from esensi.health import Health  # noqa: E402
from esensi.lifespan import lifespan  # noqa: E402
from esensi.one_thread import OneThreadHandler  # noqa: E402
from esensi.page_cache.door import with_page_cache  # noqa: E402
from esensi.ready import Ready  # noqa: E402
from esensi.recorded import Recorded  # noqa: E402
from esensi.sockets import refuse_unsafe, sockets, with_event_streams  # noqa: E402
from esensi.static_files import with_static_files  # noqa: E402
from esensi.stored_files import with_stored_files  # noqa: E402

_threads = ThreadPoolExecutor(settings.REQUESTS_AT_ONCE, thread_name_prefix="requests")
_django = OneThreadHandler(_threads)
_pages = RequestGate(cast(App, _django))
# Files from a folder are no more to be found by search engines than the pages that show them.
_unindexed = [] if settings.HOST_NAMES.public else [(b"x-robots-tag", b"noindex")]
_files = with_stored_files(with_page_cache(_pages), headers=_unindexed)
_streams = with_event_streams(with_static_files(_files))
_http: App = Health(Recorded(Elsewhere(guarded(Ready(_streams), unsafe=_pages))))
_sockets: App = Recorded(guarded(sockets, unsafe=refuse_unsafe))
http_metrics.WAITING.tell(lambda: _pages.waiting)
database_metrics.begin()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Lead each connection through its door."""
    if scope["type"] == "websocket":
        await _sockets(scope, receive, send)
    elif scope["type"] == "http":
        await _http(scope, receive, send)
    elif scope["type"] == "lifespan":
        await lifespan(scope, receive, send)
    else:
        raise ValueError(f"No door for {scope['type']!r} connections.")

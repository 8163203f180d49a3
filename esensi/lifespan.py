"""What lives as long as the process: begun when the first page has been served, ended with the last.

Nothing of it is loaded here, since this module is loaded before the first page.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

from esensi.asgi_types import Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

#: Seconds after which an instance tells the others that it is there. A machine that wakes for a page
#: serves that first; a socket that comes earlier does not wait for this (``realtime.instances``).
BEGIN_AFTER: Final = 3.0
#: Seconds, twice, to leave in order: a job that runs gets five, and fly.toml's kill_timeout is longer than
#: this, the drain and the requests together.
ENDS_WITHIN: Final = 6.0


class Lifespan:
    """ASGI's lifespan: ``begin`` is called once ``after`` seconds have passed, ``end`` at the end."""

    def __init__(
        self,
        begin: Callable[[], Coroutine[Any, Any, None]],
        end: Callable[[], Coroutine[Any, Any, None]],
        *,
        after: float = BEGIN_AFTER,
    ) -> None:
        self._begin, self._end, self._after = begin, end, after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _expect(receive, "lifespan.startup")
        beginning = asyncio.create_task(self._later())
        await send({"type": "lifespan.startup.complete"})
        await _expect(receive, "lifespan.shutdown")
        beginning.cancel()
        await asyncio.wait({beginning})
        try:
            await self._end()
        except Exception:
            logger.exception("Something that lives as long as the process could not be ended.")
        await send({"type": "lifespan.shutdown.complete"})

    async def _later(self) -> None:
        await asyncio.sleep(self._after)
        try:
            await self._begin()
        except Exception:  # the house goes on without it
            logger.exception("Something that lives as long as the process could not be begun.")


async def _expect(receive: Receive, kind: str) -> Message:
    while (message := await receive())["type"] != kind:
        continue
    return message


#: What runs until it is cancelled, and what is called at the end.
_tasks: Final[list[asyncio.Task[None]]] = []
_endings: Final[list[Callable[[], None]]] = []


async def begin() -> None:
    """Open the port of metrics, where one is set, register with the other instances, and work."""
    from django.conf import settings

    from sites.background.metrics import watch_queue
    from sites.background.worker import run_worker

    if settings.METRICS_PORT:
        from esensi import metrics

        _endings.append(metrics.serve(settings.METRICS_PORT, address=metrics.own_address()))
        _tasks.append(asyncio.create_task(watch_queue()))
    instances = await asyncio.to_thread(_load)
    await instances.ensure_here()
    _tasks.append(asyncio.create_task(run_worker()))
    _tasks.append(asyncio.create_task(_keep_pages()))


async def _keep_pages() -> None:
    """Have pages for strangers kept, once changes can be heard of."""
    from django.conf import settings

    if not settings.PAGE_CACHE_BYTES:
        return
    from esensi.page_cache.hearing import begin_in_time

    await begin_in_time()


def _load() -> Any:
    """Import what others would wait for, beside them: it takes a tenth of a second, or a whole one on a
    machine that is busy."""
    from channels.layers import get_channel_layer

    from realtime import instances

    get_channel_layer()
    return instances


async def drain(*, is_hurried: Callable[[], bool]) -> None:
    """Send the sockets of this process elsewhere, where there are any."""
    if "realtime.instances" in sys.modules:
        from realtime import instances

        try:
            await instances.drain(is_hurried=is_hurried)
        except Exception:  # the server ends what is left
            logger.exception("Sockets could not be sent elsewhere.")


async def end() -> None:
    """Leave nothing behind: no job half done, no row, no open port. A database that does not answer keeps
    nobody: what is left then is swept by the others."""
    for task in _tasks:
        task.cancel()
    if "realtime.instances" in sys.modules:
        from realtime import instances

        with suppress(TimeoutError):
            async with asyncio.timeout(ENDS_WITHIN):
                await instances.leave()
    if _tasks:
        _done, late = await asyncio.wait(_tasks, timeout=ENDS_WITHIN)
        if late:
            logger.warning("The worker does not end; its job goes back to the others.")
    _tasks.clear()
    while _endings:
        await asyncio.to_thread(_endings.pop())


lifespan: Final = Lifespan(begin, end)

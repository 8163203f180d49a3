"""The worker's connections to PostgreSQL: procrastinate's, with two gaps less."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

from procrastinate import PsycopgConnector
from procrastinate.connector import LISTEN_TIMEOUT
from procrastinate.jobs import JobInserted

if TYPE_CHECKING:
    from procrastinate.connector import Notify
    from psycopg import AsyncConnection

#: What the queue itself says when a job has come; no job has the number 0.
_LOOK: Final = json.dumps(JobInserted(type="job_inserted", job_id=0))
#: Seconds after the last word of the queue: by then a question that was under way has its answer.
_ONCE_MORE: Final = 0.5


class LookingConnector(PsycopgConnector):
    """Lets no job lie until the worker's next look.

    It looks once it listens, at the start and after every loss of the connection: what was deferred
    before was told to nobody. And it looks once more after each word of the queue: the worker forgets
    what it is told while it asks for a job, though that job may not be in the answer.
    """

    async def _loop_notify(
        self,
        on_notification: Notify,
        connection: AsyncConnection,
        timeout: float = LISTEN_TIMEOUT,  # noqa: ASYNC109 - procrastinate's own
    ) -> None:
        """Called by ``listen_notify`` as soon as it listens to all channels."""
        loop = asyncio.get_running_loop()
        looks: set[asyncio.Future[None]] = set()
        soon: asyncio.TimerHandle | None = None

        def look() -> None:
            looking = asyncio.ensure_future(on_notification(channel="", payload=_LOOK))
            looks.add(looking)
            looking.add_done_callback(looks.discard)

        async def heard(*, channel: str, payload: str) -> None:
            nonlocal soon
            await on_notification(channel=channel, payload=payload)
            if soon is not None:
                soon.cancel()
            soon = loop.call_later(_ONCE_MORE, look)

        try:
            await heard(channel="", payload=_LOOK)
            await super()._loop_notify(heard, connection, timeout)
        finally:
            if soon is not None:
                soon.cancel()

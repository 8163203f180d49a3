"""The worker's connections to PostgreSQL: procrastinate's, with one gap less."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from procrastinate import PsycopgConnector
from procrastinate.connector import LISTEN_TIMEOUT
from procrastinate.jobs import JobInserted

if TYPE_CHECKING:
    from procrastinate.connector import Notify
    from psycopg import AsyncConnection

#: What the queue itself says when a job has come; no job has the number 0.
_LOOK: Final = JobInserted(type="job_inserted", job_id=0)


class LookingConnector(PsycopgConnector):
    """Looks for jobs once it listens, at the start and after every loss of the connection: what was
    deferred before was told to nobody, and would lie there until the worker's next look.
    """

    async def _loop_notify(
        self,
        on_notification: Notify,
        connection: AsyncConnection,
        timeout: float = LISTEN_TIMEOUT,  # noqa: ASYNC109 - procrastinate's own
    ) -> None:
        # Called by listen_notify() as soon as it listens to all channels.
        await on_notification(channel="", payload=json.dumps(_LOOK))
        await super()._loop_notify(on_notification, connection, timeout)

"""The worker that lives inside the web process, or in one of its own (``manage.py work``)."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    from procrastinate import App

logger = logging.getLogger(__name__)

#: Seconds after the start: the first pages come before procrastinate is imported.
FIRST_PAGES: Final = 5.0
#: Seconds between two looks for work: the connection that listens usually tells at once, and after a
#: sleep of the machine it may be dead without knowing.
LOOK_EVERY: Final = 30.0
#: Seconds that a running job gets when the process stops; Fly's kill_timeout is longer.
GRACE: Final = 4.0
#: Seconds until a worker that failed starts again, doubled each time.
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0


async def run_worker(*, after: float = FIRST_PAGES) -> None:
    """Work until cancelled, if the setting ``WORKER`` is ``inside``; raises nothing but that.

    Cancelled, it lets the running job end, for ``GRACE`` seconds; what does not end by then goes back
    into the queue. A database that goes away is waited for.
    """
    if settings.WORKER != "inside":
        return
    await asyncio.sleep(after)
    await work()


async def work() -> None:
    """Work until cancelled, whatever ``WORKER`` says."""
    pause = FIRST_PAUSE
    while True:
        begun = asyncio.get_running_loop().time()
        try:
            await _work_once()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            if (
                _is_cancelled()
            ):  # procrastinate tidies up first, and fails where the database is gone
                raise asyncio.CancelledError from error
            logger.warning("The worker stopped (%s); it starts again.", type(error).__name__)
        if asyncio.get_running_loop().time() - begun > LONGEST_PAUSE:
            pause = FIRST_PAUSE
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _work_once() -> None:
    # In a thread: importing takes a tenth of a second, and the loop answers pages meanwhile.
    app = await asyncio.to_thread(_load)
    async with app.open_async():
        await app.run_worker_async(
            concurrency=1,
            install_signal_handlers=False,
            fetch_job_polling_interval=LOOK_EVERY,
            abort_job_polling_interval=LOOK_EVERY,
            shutdown_graceful_timeout=GRACE,
            delete_jobs="successful",
        )


def _load() -> App:
    from sites.background.app import working_app

    return working_app()

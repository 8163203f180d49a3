"""An event loop of the process's own, in a thread, for code whose loops come and go."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
from collections.abc import Coroutine
from typing import Any


class Home:
    """A thread with a loop, started when it is first needed; it ends with the process."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="realtime", daemon=True).start()

    def run(self, work: Coroutine[Any, Any, Any]) -> concurrent.futures.Future[Any]:
        """Run a coroutine there."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)


_lock = threading.Lock()
_home: Home | None = None


def home() -> Home:
    """Give this process's own loop; a child process has another one than its parent."""
    global _home
    with _lock:
        if _home is None or _home.pid != os.getpid():
            _home = Home()
        return _home

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
#: What a child process has of its parent; to close it would be to close it there too.
_inherited: list[Home | None] = []


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()  # a thread of the parent may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def home() -> Home:
    """Give this process's own loop; a child process has another one than its parent."""
    global _home
    with _lock:
        if _home is None or _home.pid != os.getpid():
            _inherited.append(_home)
            _home = Home()
        return _home

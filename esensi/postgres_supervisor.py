"""The small process that ends the local PostgreSQL server with its last user.

Run as a program, by its path, with the standard library only. Each user of the server holds a shared
lock on one file. This process waits for the exclusive lock on it, which the kernel grants when the
last user has gone, however it went, and keeps it until the server has stopped: whoever comes in the
meantime waits at that lock, and then starts the server anew. No user is ever cut off.

The server and all its processes inherit a second lock (`server_lock`), so that "is any process of the
server still alive?" has an exact answer, which process numbers do not give.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO, TypedDict

STOP_LIMIT = 60.0  # seconds for an orderly stop, then the server is cut off and recovers next time.


class Order(TypedDict):
    """What the supervisor is told, as JSON in its only argument."""

    command: list[str]  # The server, or empty to watch over one that runs.
    environment: dict[str, str]
    account: list[int]  # uid and gid of the server; empty for our own.
    data: str
    users_lock: str
    server_lock: str
    server_lock_fd: int  # Held already, to be handed on to the server; -1 without a command.
    throwaway: bool
    remove: list[str]  # Directories to delete after the last user.


def main(order: Order) -> None:
    """Start the server if asked to, and stay until no process of it is left."""
    if os.fork():
        os._exit(0)  # The caller waits for this one, so nothing is left for it to reap later.
    signal.signal(signal.SIGCHLD, lambda *_: _reap())
    signal.signal(signal.SIGTERM, lambda *_: _signal_server(order["data"], signal.SIGINT))
    users_gone = threading.Event()
    with (
        Path(order["users_lock"]).open("r+b") as users,
        Path(order["server_lock"]).open("r+b") as lock,
    ):
        if order["command"]:
            _start_server(order)
        stop = (order["data"], users, users_gone)
        threading.Thread(target=_stop_after_last_user, args=stop, daemon=True).start()
        fcntl.flock(lock, fcntl.LOCK_EX)  # Granted when no process of the server is left.
        _finish(order, users_gone)


def _finish(order: Order, users_gone: threading.Event) -> None:
    """Clear away, still holding what locks there are."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(-1, 0)  # It is ending, and a container's first process may reap nobody.
    if order["throwaway"]:
        users_gone.wait()  # The server may have died under them.
    if users_gone.is_set():
        for directory in order["remove"]:
            shutil.rmtree(directory, ignore_errors=True)


def _start_server(order: Order) -> None:
    uid, gid = order["account"] if order["account"] else (None, None)
    process = subprocess.Popen(  # noqa: S603  The command comes from the launcher.
        order["command"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # Its words go to stderr, which is the log file.
        cwd="/",
        env=order["environment"],
        pass_fds=[order["server_lock_fd"]],
        user=uid,
        group=gid,
        extra_groups=None if uid is None else [],
    )
    process.returncode = 0  # Reaped by _reap(), not by this object.
    os.close(order["server_lock_fd"])


def _stop_after_last_user(data: str, users: BinaryIO, users_gone: threading.Event) -> None:
    fcntl.flock(users, fcntl.LOCK_EX)  # Kept until the process ends.
    users_gone.set()
    _signal_server(data, signal.SIGINT)  # "Fast": ends the sessions, writes all out.
    time.sleep(STOP_LIMIT)  # The process ends in the meantime, and with it this thread.
    _signal_server(data, signal.SIGQUIT)


def _signal_server(data: str, number: signal.Signals) -> None:
    with contextlib.suppress(OSError, ValueError):
        pid = int(Path(data, "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, number)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

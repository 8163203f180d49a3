"""The local PostgreSQL server, for whoever has none: started with its first user, stopped with its last.

    with postgres.join(BASE_DIR) as url:
        ...

Where DATABASE_URL is set, nothing is launched. Otherwise the programs come from the machine, or else
from a wheel (ESENSI_POSTGRES=binaries or =wheel forces one), and the data lie in `.local/postgres`.
Only the standard library is used, and nothing of Django: this runs before every command.

Two locks make it safe for any number of processes; the kernel frees them however a process ends:
`users.lock` is shared by all users, and taken exclusively by the supervisor to stop the server.
`server.lock` is held by whoever starts the server, and then by the server's own processes: it tells
whether any is alive. (`supervisor.lock` does so for the supervisor.)
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from esensi import postgres_supervisor
from esensi.postgres_binaries import ENVIRONMENT, choose_binaries
from esensi.postgres_cluster import clear_remains, create, major_version, options
from esensi.postgres_errors import StartFailed, TooSlow, diagnose
from esensi.postgres_greeting import State, greet
from esensi.postgres_home import (
    Home,
    barrier,
    find_home,
    prepare,
    prepare_inside,
    server_account,
)

START_LIMIT = 90.0  # seconds; a start takes 0.1 s, recovery after a crash some more.
LOCK_LIMIT = (
    150.0  # seconds; whoever holds a lock may be making the database or stopping the server.
)
POLL = 0.01  # seconds between two looks, at first.
LONGEST_POLL = 0.25  # seconds; the server notes every look it has to turn away in its log.
LONGEST_LOG = 5_000_000  # bytes; a longer log becomes log.1 at the next start.


def local_url(base_dir: Path) -> str:
    """The address of the local database of the checkout `base_dir`; starts and touches nothing.

    Raises PostgresError where no server could be placed.
    """
    return find_home(base_dir).url


@contextlib.contextmanager
def join(base_dir: Path) -> Iterator[str]:
    """Use the database of the checkout `base_dir`, started if need be; yields its address.

    With DATABASE_URL set it yields that, and does nothing else. What takes a while or is unexpected
    is said in one sentence on stderr. Raises PostgresError, whose message is a sentence with a cure.
    """
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    home = find_home(base_dir)
    with _membership(home):
        yield home.url


@contextlib.contextmanager
def throwaway() -> Iterator[str]:
    """Use a new server that forgets everything at the end, for tests; yields its address.

    It saves the time that safety costs (fsync is off), and its directory is deleted with its last
    user, even after kill -9. DATABASE_URL is not looked at.
    """
    account = server_account(Path("/")) if os.geteuid() == 0 else find_home(Path("/")).account
    places = [Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/tmp")]  # noqa: S108  mkdtemp is private.
    place = next((place for place in places if barrier(place, account) is None), places[-1])
    home = Home(Path(tempfile.mkdtemp(prefix="esensi-", dir=place)), account, durable=False)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_membership(home))
        except BaseException:  # Nobody would ever come to delete it; the cause goes on its way.
            shutil.rmtree(home.root, ignore_errors=True)
            raise
        yield home.url


@contextlib.contextmanager
def _membership(home: Home) -> Iterator[None]:
    with contextlib.ExitStack() as membership:
        try:
            prepare(home)
            membership.enter_context(_shared(home, "users.lock"))
            _ensure_running(home)
        except (OSError, subprocess.SubprocessError) as error:
            raise diagnose(str(error), home.data, otherwise=StartFailed) from error
        yield


def _ensure_running(home: Home) -> None:
    """Return when the server answers; start it if nobody does. Called as a user."""
    deadline = time.monotonic() + START_LIMIT
    log_begin = 0
    started = False
    patience = POLL
    while (greeting := greet(home.sockets)).state is not State.READY:
        if greeting.state is State.REFUSED:
            raise StartFailed(home.data, greeting.reason)
        with _if_free(home, "server.lock") as server:
            if server is not None and started:
                raise diagnose(_log_since(home, log_begin), home.data, otherwise=StartFailed)
            if server is not None:
                log_begin = _start(home, server)
                started = True
        if time.monotonic() > deadline:
            raise TooSlow("The start of PostgreSQL", START_LIMIT, home.log)
        time.sleep(patience)
        patience = min(patience * 1.2, LONGEST_POLL)
    if not started:
        _ensure_supervised(home)


def _start(home: Home, server: int) -> int:
    """Start a server, on new data if there are none, and its supervisor; returns where in the log its
    own words begin. `server` is the descriptor of `server.lock`, which the server will hold."""
    prepare_inside(home)
    written_by = major_version(home.data)
    choice = os.environ.get("ESENSI_POSTGRES") or "auto"
    binaries = choose_binaries(choice, home.account, data=home.data, written_by=written_by)
    if home.distant:
        _say(
            f"As root the server runs as {home.account.name}, who cannot enter this checkout, so "
            f"the database lies in {home.root}."
        )
    if written_by is None:
        if home.durable:
            _say(f"Making a new PostgreSQL {binaries.major} database in {home.root}, once.")
        create(home, binaries, held=server)
    clear_remains(home)
    log_begin = _rotate_log(home)
    command = [str(binaries.directory / "postgres"), "-D", str(home.data), *options(home)]
    with _if_free(home, "supervisor.lock") as supervisor:
        # An old supervisor that is just ending still holds it; the next to join makes up for that.
        _supervise(home, command, server=server, supervisor=supervisor)
    return log_begin


def _ensure_supervised(home: Home) -> None:
    """Give a running server of ours a new supervisor, if somebody killed the one it had."""
    with _if_free(home, "supervisor.lock") as supervisor, _if_free(home, "server.lock") as server:
        if supervisor is not None and server is None:
            _supervise(home, [], server=None, supervisor=supervisor)


def _supervise(
    home: Home, command: list[str], *, server: int | None, supervisor: int | None
) -> None:
    outside = [] if home.sockets.parent == home.root else [str(home.sockets)]
    order: postgres_supervisor.Order = {
        "command": command,
        "environment": ENVIRONMENT,
        "account": [] if home.account.is_ours else [home.account.uid, home.account.gid],
        "data": str(home.data),
        "users_lock": str(home.root / "users.lock"),
        "server_lock": str(home.root / "server.lock"),
        "server_lock_fd": -1 if server is None else server,
        "throwaway": not home.durable,
        "remove": outside if home.durable else [str(home.root), *outside],
    }
    program = str(Path(postgres_supervisor.__file__).resolve())
    with _open(home.log, os.O_APPEND) as log:
        subprocess.run(  # noqa: S603  Our own interpreter and our own file.
            [sys.executable, "-I", "-S", program, json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # Nothing may keep a pipe of our caller open.
            stderr=log,
            cwd="/",
            pass_fds=[fd for fd in (server, supervisor) if fd is not None],
            start_new_session=True,  # Ctrl-C in the terminal is meant for us only.
            check=True,
        )


@contextlib.contextmanager
def _shared(home: Home, name: str) -> Iterator[None]:
    """Share a lock with others; waits while somebody holds it alone."""
    deadline = time.monotonic() + LOCK_LIMIT
    with _open(home.root / name) as descriptor:
        while not _try(descriptor, fcntl.LOCK_SH):
            if time.monotonic() > deadline:
                raise TooSlow(f"Waiting for {home.root / name}", LOCK_LIMIT, home.log)
            time.sleep(POLL)
        yield


@contextlib.contextmanager
def _if_free(home: Home, name: str) -> Iterator[int | None]:
    """Hold a lock exclusively if nobody else does; yields its descriptor or None."""
    with _open(home.root / name) as descriptor:
        yield descriptor if _try(descriptor, fcntl.LOCK_EX) else None


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _open(path: Path, flags: int = 0) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | flags, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _rotate_log(home: Home) -> int:
    """Begin a new log where the old is long; returns the size of the log that will be written to."""
    try:
        size = home.log.stat().st_size
    except FileNotFoundError:
        return 0
    if size <= LONGEST_LOG:
        return size
    home.log.replace(home.log.with_suffix(".1"))
    return 0


def _log_since(home: Home, begin: int) -> str:
    with home.log.open("rb") as log:
        log.seek(begin)
        return log.read(LONGEST_LOG).decode(errors="replace")


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()

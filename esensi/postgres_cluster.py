"""The data directory: make one that is whole or not there at all, and look at one that exists."""

from __future__ import annotations

import os
import re
import shutil
import signal
from pathlib import Path

from esensi.postgres_binaries import Binaries, run
from esensi.postgres_errors import (
    BrokenData,
    CreationFailed,
    ForeignServer,
    PostgresError,
    diagnose,
)
from esensi.postgres_home import NAME, Account, Home

# C.UTF-8 exists on Linux; macOS had none for long, and has en_US.UTF-8 everywhere. Only the kinds of
# letters (LC_CTYPE) are taken from it: pg_trgm needs to know which characters are letters.
CTYPES = ("C.UTF-8", "en_US.UTF-8")
FIRST_WITH_BUILTIN_LOCALE = 17
UNFINISHED = "data.new"
# What no data directory is without.
ESSENTIALS = ("PG_VERSION", "global/pg_control", "base", "pg_wal")


def major_version(data: Path) -> int | None:
    """The major version that wrote `data`, or None where there are no data yet.

    Raises BrokenData for a directory that no server could have left behind.
    """
    if not data.exists():
        return None
    for name in ESSENTIALS:
        if not (data / name).exists():
            raise BrokenData(data, f"{name} is missing")
    text = (data / "PG_VERSION").read_text(errors="replace").strip()
    if not re.fullmatch(r"[1-9]\d{1,2}", text):
        raise BrokenData(data, "PG_VERSION holds no version number")
    return int(text)


def create(home: Home, binaries: Binaries, *, held: int) -> None:
    """Make the data directory of `home`, with the database in it.

    Everything is made beside its place and put there by a rename, so that an end half-way (Ctrl-C, a
    full disk, a kill) leaves nothing that looks like data; what such an end did leave is cleared
    away. initdb holds the lock `held` itself: if this process dies, nobody begins while it still
    writes. Raises CreationFailed, NoSpace, NotPermitted or OSError.
    """
    unfinished = home.root / UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(mode=0o700)
        os.chown(unfinished, home.account.uid, home.account.gid)
        _initdb(home, binaries, unfinished, held=held)
        # One statement per line is what the single-user server reads.
        script = f"CREATE DATABASE {NAME};\n"
        command: list[str | Path] = [binaries.directory / "postgres", "--single", "-D", unfinished]
        command += [*options(home), "postgres"]
        answer = run(command, home.account, stdin=script, held=held)
        if answer.returncode != 0 or "ERROR:" in answer.stdout:
            raise diagnose(answer.stdout, home.data, otherwise=CreationFailed)
        unfinished.rename(home.data)
        _sync(home.root)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _initdb(home: Home, binaries: Binaries, target: Path, *, held: int) -> None:
    """UTF-8, sorted by code point, letters known; the same under every version and system."""
    command: list[str | Path] = [
        *(binaries.directory / "initdb", "-D", target, "-U", NAME, "--encoding=UTF8"),
        # Whoever reaches the socket is let in: the socket lies in a directory that only the server's
        # account (and root) can enter, the server listens nowhere else, and whoever can enter could
        # read the data files as well. A password would have to lie in the same place.
        *("--auth=trust", "--locale=C", "--data-checksums"),
    ]
    if binaries.major >= FIRST_WITH_BUILTIN_LOCALE:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if not home.durable:
        command += ["--no-sync"]
    failure: PostgresError | None = None
    for ctype in CTYPES:
        answer = run([*command, f"--lc-ctype={ctype}"], home.account, held=held)
        if answer.returncode == 0:
            return
        failure = diagnose(answer.stdout, home.data, otherwise=CreationFailed)
        if "invalid locale" not in answer.stdout:
            break
    raise failure or CreationFailed(home.data, "no locale")


def options(home: Home) -> list[str]:
    """The server's settings for a laptop; given at every start, so that a change reaches old data."""
    settings = {
        "listen_addresses": "",  # The socket is the only way in.
        "unix_socket_directories": '"' + str(home.sockets).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        "cluster_name": NAME,
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",  # Compiling costs more than it gains on queries of a few milliseconds.
        "max_wal_size": "256MB",
        "max_connections": "100",
        "log_checkpoints": "off",
        "log_min_messages": "warning",
        "logging_collector": "off",
    }
    if not home.durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def clear_remains(home: Home) -> None:
    """Remove the lock files that a crash left behind. Call only while no server of ours is alive.

    PostgreSQL does so itself, unless the process number in them now belongs to something else that
    runs under the same account: then it refuses to start, for ever. Shared memory needs no care: the
    server frees the segment of its dead predecessor. Raises ForeignServer where a server that this
    launcher did not start is at work on the data.
    """
    lock = home.data / "postmaster.pid"
    try:
        pid = int(lock.read_text(errors="replace").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        pid = 0
    if pid > 0 and _serves(pid, home.data):
        raise ForeignServer(home.data, pid)
    lock.unlink(missing_ok=True)
    for leftover in home.sockets.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    """Whether process `pid` is a PostgreSQL server on `data`: it keeps that as its working directory."""
    if not _is_alive(pid):
        return False
    if Path("/proc/self/cwd").exists():
        try:
            return Path(f"/proc/{pid}/cwd").samefile(data)
        except OSError:
            return False  # Another account's process, and so none that could write these data.
    # Without /proc (macOS, BSD) only the name can be asked for.
    myself = Account(os.geteuid(), os.getegid(), "")
    return "postgres" in run(["/bin/ps", "-o", "args=", "-p", str(pid)], myself).stdout


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIG_DFL)  # Signal 0 asks without harm.
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sync(directory: Path) -> None:
    """Make the rename of a file in `directory` survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

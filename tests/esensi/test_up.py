"""The one command: `manage.py up` as a newcomer types it, in a process of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.esensi.local_server import DEADLINE, REPOSITORY, Checkout, wait_for
from tests.journeys.server import psycopg_url
from tests.waiting import free_port


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An empty database, a free port and a folder for media."""
    server = os.environ["DATABASE_URL"]
    name = f"up_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield os.environ | {
        "DATABASE_URL": psycopg_url(server, name),
        "PORT": str(free_port()),
        "ESENSI_MEDIA_ROOT": str(tmp_path / "media"),
    }
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def manage(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


@contextlib.contextmanager
def starting(
    environment: dict[str, str], project: Path = REPOSITORY, *, demo: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """A house that begins to open, without demo books if not told otherwise."""
    with subprocess.Popen(
        [sys.executable, str(project / "manage.py"), "up", *([] if demo else ["--no-demo"])],
        cwd="/",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def up(
    environment: dict[str, str], project: Path = REPOSITORY, *, demo: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """A house that serves."""
    with starting(environment, project, demo=demo) as process:
        wait_until_open(process, environment)
        yield process


def wait_until_open(process: subprocess.Popen[str], environment: dict[str, str]) -> None:
    wait_for(lambda: process.poll() is not None or answers(environment), "serving")
    assert process.poll() is None, process.communicate()[0]


def answers(environment: dict[str, str]) -> bool:
    with contextlib.suppress(OSError):
        return status(environment, "main", "/healthz") == 200
    return False


def status(environment: dict[str, str], host: str, path: str = "/") -> int:
    name = "esensi.localhost" if host == "main" else f"{host}.esensi.localhost"
    port = int(environment["PORT"])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Host": f"{name}:{port}"})
        return connection.getresponse().status


def test_the_five_hosts_answer_and_their_addresses_are_printed(
    environment: dict[str, str],
) -> None:
    with up(environment) as process:
        for host in ("main", "chapter", "publish", "internal", "auth"):
            assert status(environment, host) < 400, host
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=DEADLINE)
    port = environment["PORT"]
    for name in ("esensi", "chapter.esensi", "publish.esensi", "internal.esensi", "auth.esensi"):
        assert f"http://{name}.localhost:{port}/" in output


def test_ctrl_c_closes_the_house_cleanly(environment: dict[str, str]) -> None:
    with (
        up(environment) as process,
        socket.create_connection(("127.0.0.1", int(environment["PORT"]))) as idle,
    ):
        idle.sendall(b"GET / HTTP/1.1\r\nHost: esensi.localhost\r\n")  # Never finished.
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=DEADLINE)
        assert time.monotonic() - begin < 10  # Two seconds are promised; machines are shared.
    assert process.returncode == 0
    assert "Traceback" not in output


def test_a_busy_port_gets_a_sentence_before_anything_is_done(environment: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        environment["PORT"] = str(other.getsockname()[1])
        ended = manage(environment, "up")
    assert ended.returncode == 1
    assert f"Port {environment['PORT']} is in use by another program" in ended.stderr
    assert f"PORT={int(environment['PORT']) + 1} make run" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT to_regclass('django_site')").fetchone() == (None,)


def test_two_that_start_at_once_prepare_the_database_one_after_the_other(
    environment: dict[str, str],
) -> None:
    other = environment | {"PORT": str(free_port())}
    with starting(environment) as first, starting(other) as second:
        wait_until_open(first, environment)
        wait_until_open(second, other)


def test_covers_that_an_interrupted_start_left_out_are_drawn_by_the_next(
    environment: dict[str, str],
) -> None:
    assert manage(environment, "migrate", "--verbosity", "0").returncode == 0
    assert manage(environment, "demo").returncode == 0
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as connection:
        # One that is no demo book any more: loading the demo would bring it again.
        connection.execute("UPDATE books_book SET identifier = NULL WHERE slug = 'kopi-pahit'")
        bare = connection.execute(
            "UPDATE books_book SET cover = '' WHERE identifier IS NOT NULL AND id % 2 = 0"
        ).rowcount
        with up(environment, demo=True) as process:
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=DEADLINE)
        left = connection.execute("SELECT slug FROM books_book WHERE cover = ''").fetchall()
        books = connection.execute("SELECT count(*) FROM books_book").fetchone()
    assert bare > 1
    assert left == []
    assert "covers that an interrupted start had left out." in output
    assert books == (12,), "The demo was loaded again."


def test_outside_a_laptop_it_refuses(environment: dict[str, str]) -> None:
    environment |= {"ESENSI_ENV": "production", "SECRET_KEY": "0123456789" * 6}
    environment |= {"EMAIL_URL": "smtp://mail.invalid", "FILES_BACKEND": "folder"}
    ended = manage(environment, "up")
    assert ended.returncode == 1
    assert "ESENSI_ENV is production: run python -m esensi.server" in ended.stderr


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "postgresql://ana:s3cret@127.0.0.1:1/books",
            "The database at 127.0.0.1/books does not answer (",
        ),
        ("postgresql://ana:s3cret@/books?host=/nowhere", "The database at the local socket/books"),
    ],
)
def test_a_database_that_is_not_there_gets_a_sentence(
    environment: dict[str, str], url: str, sentence: str
) -> None:
    ended = manage(environment | {"DATABASE_URL": url}, "sync_sites")
    assert ended.returncode == 1
    assert ended.stderr.startswith(sentence)
    assert "s3cret" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_database_without_tables_gets_a_sentence(environment: dict[str, str]) -> None:
    ended = manage(environment, "sync_sites")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].endswith("run manage.py migrate.")
    assert "Traceback" not in ended.stderr


def test_help_needs_no_database(environment: dict[str, str]) -> None:
    environment["DATABASE_URL"] = "postgresql://ana@127.0.0.1:1/books"
    for words in (["help"], ["up", "--help"], ["check"], []):
        assert manage(environment, *words).returncode == 0, words


def test_without_database_url_the_house_brings_its_own(
    environment: dict[str, str], folder: Path
) -> None:
    clone = Checkout(folder / "clone")
    for package in ("esensi", "sites", "realtime", "storage"):
        shutil.copytree(REPOSITORY / package, clone.path / package)
    shutil.copy(REPOSITORY / "manage.py", clone.path)
    del environment["DATABASE_URL"]
    try:
        for _ in ("first", "second"):
            with up(environment, clone.path) as process:
                assert status(environment, "main") == 200
                assert clone.processes()
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=DEADLINE)
            assert process.returncode == 0
            clone.wait_until_stopped()
    finally:
        clone.clear_away()

"""A pool of transactions takes LISTEN and passes nothing on: it is refused at the start, with the
cure. authentik #22412: LISTEN through PgBouncer exhausted it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row

from esensi.postgres_home import server_account
from tests.realtime.conftest import ours
from tests.realtime.faults.scene import asking
from tests.realtime.stage import Actor, Refused
from tests.waiting import answers, free_port, until


@pytest.fixture(params=["transaction", "session"])
def pool(request: pytest.FixtureRequest, layer_database: str) -> Iterator[tuple[str, str]]:
    """A PgBouncer in front of the server; gives its mode and the address through it."""
    # A pool of transactions has one connection: whoever kept it would keep all others out.
    size = 1 if request.param == "transaction" else 5
    with pgbouncer(layer_database, str(request.param), size) as address:
        yield str(request.param), make_conninfo(address)


@contextmanager
def pgbouncer(server: str, mode: str, size: int = 5) -> Iterator[str]:
    """Give an address of ``server``'s database through a PgBouncer in this mode, with so many
    connections to the server for all."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.skip("There is no PgBouncer here: that it is refused is not tested.")
    port, words = free_port(), conninfo_to_dict(server)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        config = Path(folder, "pgbouncer.ini")
        config.write_text(_configuration(words, mode, port, size))
        config.chmod(0o644)
        # It refuses to run as root; and the server's socket is open to the server's account alone.
        account = ["-u", server_account(Path("/")).name] if os.geteuid() == 0 else []
        process = subprocess.Popen(
            [program, *account, str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            until(lambda: answers(port))
            yield f"postgresql://anybody@127.0.0.1:{port}/pooled"
        finally:
            process.terminate()
            process.wait()


def _configuration(words: dict[str, Any], mode: str, port: int, size: int) -> str:
    known = ("host", "port", "dbname", "user", "password")
    server = " ".join(f"{key}={words[key]}" for key in known if words.get(key))
    return f"""
        [databases]
        pooled = {server}
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir =
        auth_type = any
        pool_mode = {mode}
        default_pool_size = {size}
        """.replace("\n        ", "\n")


def test_a_pool_of_transactions_is_refused_with_the_cure(
    pool: tuple[str, str], start: Callable[..., Actor]
) -> None:
    mode, address = pool
    actor = start(ours(address))
    if mode == "session":
        channel = actor("new_channel")
        actor("send", channel=channel, message={"type": "n", "n": 1})
        assert actor("receive", channel=channel)["n"] == 1
        return
    for _ in range(2):  # it is asked anew each time, and answered the same
        with pytest.raises(Refused, match=r"PooledByTransaction.*DIRECT_DATABASE_URL"):
            actor("new_channel")
    # There is the one on which the process sends, and others find their turn.
    until(lambda: _clients(address) <= 1)
    with asking(address) as connection, connection.transaction():
        assert connection.execute("SELECT 1").fetchone() == (1,)


def _clients(address: str) -> int:
    """How many connections has the pool's own console from others than itself?"""
    with asking(make_conninfo(address, dbname="pgbouncer")) as console:
        cursor = psycopg.ClientCursor(console, row_factory=dict_row)
        return sum(one["database"] == "pooled" for one in cursor.execute("SHOW CLIENTS").fetchall())

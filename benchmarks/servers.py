"""Real servers for the benchmarks: on loopback, on free ports, ended by process id."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_LIMIT = 60.0  # seconds


def environment(database: str, port: int) -> dict[str, str]:
    """What a house on this machine needs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"DATABASE_URL": database, "PORT": str(port), "PYTHONWARNINGS": "ignore"}


def deployed_environment(database: str, port: int, static: Path) -> dict[str, str]:
    """What an instance in production gets; the secret protects nothing."""
    return environment(database, port) | {
        "ESENSI_ENV": "production",
        "SECRET_KEY": "for-benchmarks-only-0123456789-abcdefghijklmnopqrstuvwxyz",
        "EMAIL_URL": "smtp://mail.invalid:587",
        "FILES_BACKEND": "folder",
        "ESENSI_STATIC_ROOT": str(static),
    }


def manage(database: str, *words: str, port: int = 8000, env: dict[str, str] | None = None) -> str:
    """Run a management command against a database; its output."""
    ended = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=env or environment(database, port),
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise RuntimeError(f"manage.py {' '.join(words)} failed:\n{ended.stderr}")
    return ended.stdout


def fetch(port: int, host: str, path: str) -> tuple[int, bytes]:
    """GET one page by address, with the Host header that resolvers of Python do not know."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        # As the edge says it, which ends TLS; a house on a laptop does not look at it.
        connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def wait_for_200(port: int, host: str, path: str, process: subprocess.Popen[bytes]) -> float:
    """Wait for the first 200; gives the moment by ``time.perf_counter``."""
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(
                f"The server on port {port} ended by itself with {process.returncode}."
            )
        with contextlib.suppress(OSError):
            status, _body = fetch(port, host, path)
            if status == 200:
                return time.perf_counter()
        time.sleep(0.002)
    raise TimeoutError(f"No 200 from port {port} within {START_LIMIT:.0f} s.")


@contextlib.contextmanager
def running(words: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server for the length of the block."""
    process = subprocess.Popen(
        words, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

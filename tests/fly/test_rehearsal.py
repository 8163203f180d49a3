"""The image, made and started as Fly would: built from the lock file, not as root, on code that cannot
be written, against a real database; all five hosts answer, and it ends when it is told to."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sites import hosts
from tests.fly import rehearsal
from tests.fly.dockerfile import stages
from tests.fly.files import ROOT, toml
from tests.fly.test_workflows import smoke
from tests.forwarding import database_by_port
from tests.waiting import free_port, until

#: Megabytes (architecture.md, Numbers).
LARGEST_IMAGE = 350
SECRETS = {
    "SECRET_KEY": "rehearsal-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "EMAIL_URL": "smtp://nobody:nothing@127.0.0.1:1",
    # In place of buckets; the one folder that can be written.
    "FILES_BACKEND": "folder",
    "ESENSI_MEDIA_ROOT": "/tmp/media",
}

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600), pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, float]]:
    """The image's root, and its size in megabytes."""
    if why := rehearsal.missing():
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("image")
    folder.chmod(0o755)
    bare = rehearsal.base(folder)
    build, final = stages(ROOT / "Dockerfile")
    built, served = folder / "build", folder / "served"
    for root in (built, served):
        subprocess.run(["cp", "-a", str(bare), str(root)], check=True)
    before = rehearsal.megabytes(bare / "usr", bare / "etc")
    rehearsal.carry_out(build, built)
    rehearsal.carry_out(final, served, built)
    added = rehearsal.megabytes(served / "usr", served / "etc") - before
    own = rehearsal.megabytes(served / "opt", served / "app")
    yield served, rehearsal.SLIM + added + own
    shutil.rmtree(folder)


def words_of(root: Path, command: str, env: dict[str, str]) -> list[str]:
    """The words that run something in the image: as its own account, on code that cannot be written."""
    final = stages(ROOT / "Dockerfile")[1]
    shell = ["/bin/sh", "-c", f"cd /app && exec {command}"]
    given = {**final.env, **env}
    return rehearsal.words_to_enter(root, shell, given, account="10001:10001", read_only=True)


@contextmanager
def serving(root: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The image's own command."""
    command = " ".join(stages(ROOT / "Dockerfile")[1].command)
    process = subprocess.Popen(words_of(root, command, env))
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def ask(port: int, host: str, path: str = "/") -> tuple[int, str]:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        asking.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
        answer = asking.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    except OSError:
        return 0, ""
    finally:
        asking.close()


def environment(database: str) -> dict[str, str]:
    given = {key: value for key, value in toml("fly.toml")["env"].items() if key != "PORT"}
    return {**given, **SECRETS, "DATABASE_URL": database}


def test_the_image_is_small_and_serves_five_hosts_as_nobody(image: tuple[Path, float]) -> None:
    root, size = image
    print(f"The image holds {size:.0f} MB.")  # noqa: T201 - shown by `make soak`
    assert size <= LARGEST_IMAGE
    port = free_port()
    with database_by_port() as database:
        env = environment(database) | {"PORT": str(port), "METRICS_PORT": str(free_port())}
        release = words_of(root, toml("fly.toml")["deploy"]["release_command"], env)
        subprocess.run(release, check=True, timeout=300)
        serve_and_stop(root, port, env)


def serve_and_stop(root: Path, port: int, env: dict[str, str]) -> None:
    with serving(root, env) as process:
        until(lambda: ask(port, "x", "/healthz")[0] == 200, patience=60)
        told = smoke("production", "--at", f"127.0.0.1:{port}", "--patience", "30")
        assert (told.returncode, told.stdout) == (0, "All five hosts of production serve.\n")
        names = hosts.names("production", "esensi.online", 443).domains
        page = ask(port, names["main"])[1]
        style = page.split('href="/static/house.')[1].split('"')[0]
        assert ask(port, names["main"], f"/static/house.{style}")[0] == 200
        server = _child(process.pid)
        assert os.stat(f"/proc/{server}").st_uid == 10001
        os.kill(server, signal.SIGTERM)
        until(lambda: process.poll() is not None, patience=60)


def _child(pid: int) -> int:
    """The innermost process: unshare forks once, and everything after it is exec."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return _child(int(children[0])) if children else pid

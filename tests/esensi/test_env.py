"""Every variable is read once, from one table, and all problems are told together."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from esensi.env import DEPLOYED, VARIABLES, BadEnvironment, read

ROOT = Path(__file__).resolve().parents[2]
KEY = "k3y-" * 5 + "0123456789abcdefghijklmnopqrstuvwxyz"
DEPLOYED_ENVIRON = {
    "ESENSI_ENV": "production",
    "SECRET_KEY": KEY,
    "DATABASE_URL": "postgresql://esensi:pass@db.example:5432/esensi",
    "EMAIL_URL": "smtp://esensi:pass@mail.example",
    "FILES_BACKEND": "folder",
}


def test_a_laptop_needs_no_variable_at_all() -> None:
    values = read({})
    assert values["ESENSI_ENV"] == "local"
    assert values["ESENSI_DOMAIN"] == "esensi.localhost"
    assert values["PORT"] == 8000
    assert values["DATABASE_URL"] is None


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read({"PORT": "", "ESENSI_ENV": ""})["PORT"] == 8000


@pytest.mark.parametrize("environment", DEPLOYED)
def test_deployed_environments_name_every_missing_secret_at_once(environment: str) -> None:
    with pytest.raises(BadEnvironment) as caught:
        read({"ESENSI_ENV": environment})
    required = [variable.name for variable in VARIABLES if environment in variable.required_in]
    door = ["BASIC_AUTH"] if environment == "development" else []
    assert required == ["SECRET_KEY", "DATABASE_URL", *door, "EMAIL_URL"]
    told = [problem.split()[0] for problem in caught.value.problems]
    assert told == [*required, "BUCKET_NAME"]


def test_missing_and_malformed_are_told_together_without_repeating_a_secret() -> None:
    with pytest.raises(BadEnvironment) as caught:
        read(
            DEPLOYED_ENVIRON
            | {"PORT": "eighty", "SECRET_KEY": "short", "DATABASE_URL": "mysql://u:hush@h/d"}
        )
    told = str(caught.value)
    assert {problem.split()[0] for problem in caught.value.problems} == {
        "PORT",
        "SECRET_KEY",
        "DATABASE_URL",
    }
    assert "hush" not in told
    assert "short" not in told
    assert "docs/settings.md" in told


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ESENSI_ENV", "staging"),
        ("ESENSI_DOMAIN", "Esensi.Online"),
        ("ESENSI_DOMAIN", "esensi.online:443"),
        ("ESENSI_DOMAIN", "localhost"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "８０"),
        ("SECRET_KEY", "a" * 60),
        ("SECRET_KEY_FALLBACKS", f"{KEY} short"),
        ("DATABASE_URL", "postgresql://host"),
        ("DATABASE_POOL_SIZE", "0"),
        ("DATABASE_POOL_SIZE", "101"),
        ("ESENSI_POSTGRES", "docker"),
        ("ESENSI_DEBUG", "maybe"),
        ("ESENSI_MEDIA_URL", "media"),
        ("ESENSI_MEDIA_URL", "http://media.example/"),
        ("FILES_BACKEND", "floppy"),
        ("AWS_ENDPOINT_URL_S3", "fly.storage.tigris.dev"),
        ("AWS_ENDPOINT_URL_S3", "https://fly.storage.tigris.dev/bucket"),
        ("PUBLIC_FILES_URL", "/media/"),
        ("PUBLIC_FILES_URL", "https://files.example"),
        ("EMAIL_URL", "http://mail.example"),
        ("EMAIL_FROM", "Esensi"),
        ("BASIC_AUTH", "ratih"),
        ("BASIC_AUTH", "ratih:short"),
        ("BASIC_AUTH", ":a-long-password"),
        ("BASIC_AUTH", "ra/tih:a-long-password"),
        ("BASIC_AUTH", f"ratih:{'a' * 201}"),
        ("BASIC_AUTH", "ratih:a-long-password ratih:another-password"),
        ("BASIC_AUTH", " ".join(f"p{n}:a-long-password" for n in range(51))),
    ],
)
def test_a_malformed_value_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(BadEnvironment, match=name):
        read({name: text})


@pytest.mark.parametrize("environment", DEPLOYED)
def test_debug_pages_are_refused_where_visitors_come(environment: str) -> None:
    with pytest.raises(BadEnvironment, match="ESENSI_DEBUG"):
        read(DEPLOYED_ENVIRON | {"ESENSI_ENV": environment, "ESENSI_DEBUG": "1"})


@pytest.mark.parametrize("environment", DEPLOYED)
def test_the_program_refuses_to_start_without_its_secrets(environment: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import esensi.settings"],
        env={"PATH": os.environ["PATH"], "ESENSI_ENV": environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode != 0
    assert "SECRET_KEY is missing." in ended.stderr
    assert "DATABASE_URL is missing." in ended.stderr


def test_people_at_the_door_are_told_apart_and_no_password_is_repeated() -> None:
    found = read({"BASIC_AUTH": "ratih:a-long:password\n  bima:tuesday-market-9"})["BASIC_AUTH"]
    assert [(one.name, one.password) for one in found] == [
        ("ratih", "a-long:password"),
        ("bima", "tuesday-market-9"),
    ]
    assert "market" not in repr(found)
    with pytest.raises(BadEnvironment) as caught:
        read({"BASIC_AUTH": "ratih:hush"})
    assert "hush" not in str(caught.value)
    assert "ratih" in str(caught.value)


def test_the_documentation_holds_the_same_table() -> None:
    rows = re.findall(
        r"^\| `([A-Z0-9_]+)` \| (.+?) \| (.+?) \| (.+) \|$",
        (ROOT / "docs/settings.md").read_text(),
        re.M,
    )
    assert [row[0] for row in rows] == [variable.name for variable in VARIABLES]
    for variable, (_name, kind, default, sentence) in zip(VARIABLES, rows, strict=True):
        assert kind.replace("\\|", "|") == variable.type_name
        assert sentence == variable.sentence + (" A secret." if variable.secret else "")
        if not variable.required_in:
            assert default == (f"`{variable.default}`" if variable.default else "none")


def test_no_other_module_reads_the_environment() -> None:
    """One table, one reader; the launchers run before settings and name what they read."""
    launchers = {"esensi/settings.py"}
    known = {variable.name for variable in VARIABLES}
    for folder in ("esensi", "sites", "realtime", "storage"):
        for path in (ROOT / folder).rglob("*.py"):
            if str(path.relative_to(ROOT)) in launchers:
                continue
            for name in _variables_read(path):
                assert name in known, (
                    f"{path.relative_to(ROOT)} reads {name}, which env.py does not list"
                )


def _variables_read(path: Path) -> set[str]:
    """Names given as text to os.environ or os.getenv; the system's own are not settings."""
    system = {"PATH", "HOME", "DJANGO_SETTINGS_MODULE", "TMPDIR", "XDG_CACHE_HOME"}
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        text = ast.unparse(node) if isinstance(node, ast.Call | ast.Subscript) else ""
        match = re.match(
            r"os\.(?:environ\.(?:get|setdefault)\(|environ\[|getenv\()'([A-Z_0-9]+)'", text
        )
        if match:
            found.add(match[1])
    return found - system

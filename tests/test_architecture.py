"""The rules of the house that a machine can hold: lengths, mirroring, commands, documents."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("esensi", "sites", "realtime", "storage", "benchmarks", "tests")
LONGEST_FILE = 300
LONGEST_FUNCTION = 40

#: A file or function over the limit, with its reason.
EXCUSED: dict[str, str] = {}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("this copy of the project is no git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path


def test_files_hold_one_idea() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert not set(long) - set(EXCUSED), long


def test_functions_are_short() -> None:
    long = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = length
    assert not set(long) - set(EXCUSED), long


def test_tests_mirror_the_code() -> None:
    """tests/<path>/test_<name>.py names a module, a package or a scenario of that folder; journeys are
    of the whole, and tests/fly of the files that Fly and GitHub read at the top."""
    for path in (ROOT / "tests").rglob("test_*.py"):
        folder = path.parent.relative_to(ROOT / "tests")
        if folder.name != "faults" and folder.parts[:1] not in ((), ("journeys",), ("fly",)):
            assert (ROOT / folder).is_dir(), f"{path.relative_to(ROOT)} mirrors no folder"


def test_test_folders_are_packages() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert not [str(folder) for folder in folders if not (folder / "__init__.py").exists()]


def test_every_command_is_documented() -> None:
    documented = (ROOT / "docs" / "commands.md").read_text()
    names = {
        path.stem
        for path in ROOT.glob("*/**/management/commands/*.py")
        if ".venv" not in path.parts
    }
    for name in sorted(names - {"__init__"}):
        assert f"`manage.py {name}" in documented, f"docs/commands.md says nothing of {name}"


def test_every_make_target_is_documented() -> None:
    documented = (ROOT / "docs" / "commands.md").read_text()
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.M)
    assert targets
    for target in targets:
        assert f"`make {target}`" in documented, f"docs/commands.md says nothing of make {target}"


def test_documents_link_to_what_exists() -> None:
    for path in tracked("*.md"):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
            assert (path.parent / link).exists(), f"{path.relative_to(ROOT)} links to {link}"


def test_every_view_is_refused_or_answered_by_an_action() -> None:
    """Views translate: no view module saves, deletes or updates rows by itself."""
    for path in (ROOT / "sites").glob("*/views*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in (
                    "save",
                    "delete",
                    "update",
                    "bulk_create",
                    "create",
                ), f"{path.relative_to(ROOT)}:{node.lineno} writes; an action should"


def test_lock_files_name_no_index() -> None:
    for path in ROOT.glob("requirements*.txt"):
        text = path.read_text()
        assert "--hash=sha256:" in text
        assert "index-url" not in text
        assert "://" not in text


def test_the_owners_packages_are_installed() -> None:
    wanted = {
        "django",
        "channels",
        "channels-postgres",
        "django-storages",
        "boto3",
        "daphne",
        "psycopg",
    }
    names = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(), re.M))
    assert wanted <= names
    assert "pytest-django==" in (ROOT / "requirements-dev.txt").read_text()

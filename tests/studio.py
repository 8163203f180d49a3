"""Where pictures for the documentation are taken: a house of its own, and a browser."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

from esensi import postgres
from tests.journeys.server import House, find_chromium, launch, running_house


class Studio(NamedTuple):
    """``folder`` is the house's own, for what it is to read."""

    browser: Browser
    house: House
    folder: Path


@contextmanager
def studio(pictures: Path) -> Iterator[Studio]:
    """Run a house and a browser; make the folder ``pictures``. Ends the program where there is no
    Chromium."""
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("No Chromium on this machine (Debian: apt-get install chromium).")
    pictures.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as name,
        postgres.throwaway() as server,
        running_house(Path(name), server) as house,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright, chromium)
        yield Studio(browser, house, Path(name))
        browser.close()

"""A process starts without the heavy libraries that only bringing books in needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("lxml", "PIL", "nh3", "resvg_py", "uharfbuzz", "fontTools")


def test_actions_and_commands_load_no_parser_and_no_decoder() -> None:
    program = f"""
import sys, django
django.setup()
import sites.books.actions.import_book, sites.books.management.commands.import_book
import sites.books.text.draw, sites.books.text.words, sites.books.text.paragraphs
print(sorted(name for name in {HEAVY} if name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "esensi.settings", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr

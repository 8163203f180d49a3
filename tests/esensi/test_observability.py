"""The page on watching the house and the code say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

from esensi.json_log import JsonLines
from esensi.record import Record
from esensi.recorded import facts

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "devops" / "observability.md").read_text()


def fields() -> list[str]:
    """What a line has, in its order."""
    import logging

    record = logging.makeLogRecord({"name": "x", "facts": facts(Record("1", "GET", "main", 0), 0)})
    return list(json.loads(JsonLines("m", "r").format(record)))


def test_the_table_and_the_example_have_the_fields_of_a_line() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.M) == fields()
    (example,) = re.findall(r"```json\n(.*?)\n```", PAGE, re.S)
    assert list(json.loads(example)) == fields()

"""Records as people and programs read them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from esensi.domains.records import TTL, Record


def table(records: Sequence[Record]) -> str:
    """Give one line for each record, in columns."""
    rows = [
        (
            record.name,
            record.kind,
            record.value,
            ("" if record.wanted else "if needed: ") + record.reason,
        )
        for record in records
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  ".join([*(row[column].ljust(widths[column]) for column in range(3)), row[3]])
        for row in rows
    )


def zone(records: Sequence[Record]) -> str:
    """Give the notation of zone files; what is not known yet stands there as a comment."""
    return "\n".join(_zone_line(record) for record in records)


def as_json(records: Sequence[Record], commands: Sequence[str]) -> str:
    """Give the records and the commands of certificates."""
    return json.dumps(
        {"records": [asdict(one) for one in records], "commands": list(commands)}, indent=2
    )


def _zone_line(record: Record) -> str:
    value = record.value
    if record.kind == "TXT":
        value = f'"{value}"'
    if record.kind == "CNAME":
        value = f"{value}."
    line = f"{record.name}. {TTL} IN {record.kind} {value}"
    is_whole = "<" not in record.name + record.value
    return line if is_whole and record.wanted else f"; {line}"

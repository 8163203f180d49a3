"""Lines of the log for machines: one JSON object each."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from esensi.record import current

#: Of a traceback, from its innermost frame; and of errors that led to one another.
MOST_FRAMES: Final = 40
MOST_ERRORS: Final = 5
#: Made once: ``json.dumps`` with options makes one for each line.
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
ROOT: Final = Path(__file__).resolve().parent.parent


class JsonLines(logging.Formatter):
    """Write a record as one line; ``machine`` and ``region`` say where it comes from.

    What is logged while a request is answered carries its id. Sentences are scrubbed; Django's about
    requests lose what they name, which is the path.
    """

    def __init__(self, machine: str, region: str) -> None:
        super().__init__()
        self._place = {"machine": machine or None, "region": region or None}

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            **self._place,
        }
        facts: dict[str, Any] | None = getattr(record, "facts", None)
        if facts is not None:
            line |= facts
        else:
            request = current.get()
            line |= {"request": request.id if request else None, "message": message_of(record)}
        if record.exc_info and record.exc_info[1]:
            line["errors"] = errors_of(record.exc_info[1])
        return _encode(line)


def message_of(record: logging.LogRecord) -> str:
    """Give a record's sentence, scrubbed."""
    from esensi.scrubbing import scrubbed  # its patterns are made with the first sentence

    if record.name.startswith("django.") and record.args:
        return scrubbed(str(record.msg).replace("%s", "…").replace("%d", "…"))
    return scrubbed(record.getMessage())


def errors_of(error: BaseException) -> list[dict[str, Any]]:
    """Give an error and those that led to it, the first cause last: type, sentence, frames. Values of
    variables are not in it, and sentences as ``scrubbing.sentence_of`` gives them."""
    from esensi.scrubbing import sentence_of  # with the first error

    told: list[dict[str, Any]] = []
    each: BaseException | None = error
    while each is not None and len(told) < MOST_ERRORS:
        frames = traceback.extract_tb(each.__traceback__)[-MOST_FRAMES:]
        told.append(
            {
                "type": f"{type(each).__module__}.{type(each).__qualname__}".removeprefix(
                    "builtins."
                ),
                "says": sentence_of(each),
                "frames": [f"{place_of(one.filename)}:{one.lineno} {one.name}" for one in frames],
            }
        )
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return told


def place_of(filename: str) -> str:
    """Give a source file's name as the project or the package has it, not as the machine does."""
    path = Path(filename)
    if path.is_relative_to(ROOT) and ".venv" not in path.parts:
        return str(path.relative_to(ROOT))
    return filename.rpartition("site-packages/")[2].rpartition("/lib/")[2] or path.name

"""``python -m benchmarks [NAME…]``: ask all questions, or those named; print and keep the answers."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    comments,
    files,
    from_zero,
    importing,
    layers,
    moving,
    pages,
    publish,
    requests,
    search,
    sockets,
    start,
    storm,
)
from benchmarks.harness import Row, table

QUESTIONS: dict[str, Callable[[], list[Row]]] = {
    "start": start.rows,
    "from_zero": from_zero.rows,
    "import": importing.rows,
    "pages": pages.rows,
    "requests": requests.rows,
    "search": search.rows,
    "layers": layers.rows,
    "publish": publish.rows,
    "files": files.rows,
    "moving": moving.rows,
    "sockets": sockets.rows,
    "storm": storm.rows,
    "comments": comments.rows,
}
RESULTS = Path(__file__).parent / "results.json"


def main(words: list[str]) -> int:
    unknown = set(words) - set(QUESTIONS)
    if unknown:
        print(f"No such question: {', '.join(sorted(unknown))}. There are: {', '.join(QUESTIONS)}.")
        return 2
    answers = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    missed = False
    for name in words or QUESTIONS:
        print(f"\n## {name}\n", flush=True)
        rows = QUESTIONS[name]()
        print(table(rows), flush=True)
        missed = missed or any(row.met is False for row in rows)
        answers[name] = [row.as_json() for row in rows]
    answers["machine"] = {"python": platform.python_version(), "processor": platform.machine()}
    RESULTS.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""The files that Fly reads, read."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TOMLS = ("fly.toml", "fly.dev.toml")


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / name).read_text())


def schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / "tests/fly/fly.schema.json").read_text())
    return read

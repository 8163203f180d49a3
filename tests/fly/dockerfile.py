"""Reads a Dockerfile as far as ours goes; whatever else stands in one is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

KNOWN: Final = ("FROM", "RUN", "COPY", "WORKDIR", "ENV", "USER", "EXPOSE", "CMD")


@dataclass
class Stage:
    """From one FROM to the next. ``steps`` are (instruction, words) in order."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def words(self, instruction: str) -> list[str]:
        return [words for found, words in self.steps if found == instruction]

    @property
    def env(self) -> dict[str, str]:
        pairs = [pair for words in self.words("ENV") for pair in words.split()]
        return dict(pair.split("=", 1) for pair in pairs)

    @property
    def command(self) -> list[str]:
        """The program and its words. Raises ``ValueError`` where a shell would stand in between."""
        (words,) = self.words("CMD")
        command: list[str] = json.loads(words)
        return command


def stages(path: Path) -> list[Stage]:
    """Raises ``ValueError`` for an instruction that is not known here."""
    found: list[Stage] = []
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        instruction, _space, words = line.partition(" ")
        if instruction not in KNOWN or line.endswith("\\"):
            raise ValueError(f"This is not read here: {line}")
        if instruction == "FROM":
            base, _as, name = words.partition(" AS ")
            found.append(Stage(base, name))
        else:
            found[-1].steps.append((instruction, words))
    return found

"""Remarks about what was left out, for the person who imports."""

from __future__ import annotations

from dataclasses import dataclass, field

from sites.books.importers import limits
from sites.books.importers.readable import readable


@dataclass(slots=True)
class Notes:
    """Sentences, each once, and no more than anybody reads."""

    sentences: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        """Add a sentence; what the file brings into it is only shown, never obeyed."""
        sentence = readable(sentence)
        if len(self.sentences) < limits.NOTES and sentence not in self.sentences:
            self.sentences.append(sentence)

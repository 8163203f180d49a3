"""Texts and ids for the tests of paragraph ids."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from sites.books.text.blocks import read_blocks
from sites.books.text.paragraphs import ID_ALPHABET, assign_paragraph_ids
from sites.books.text.tokens import split_clean

A = "It was a bright cold day in April and the clocks were striking thirteen in the square"
B = "The hallway smelt of boiled cabbage and of old rag mats that nobody had beaten for years"
C = "Outside, even through the shut window pane, the world looked cold, and little eddies whirled"
D = "She had never seen the sea before, and so she stood there for a long while without a word"


def counter(start: int = 0) -> Callable[[], str]:
    """New ids in a row: p-aaaaaaaa, p-aaaaaaab, …"""
    numbers = itertools.count(start)

    def draw() -> str:
        number, letters = next(numbers), []
        for _ in range(8):
            number, digit = divmod(number, 32)
            letters.append(ID_ALPHABET[digit])
        return "p-" + "".join(reversed(letters))

    return draw


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def without_ids(text: str) -> str:
    return re.sub(r' id="[^"]*"', "", text)


def ids_of(text: str) -> list[str]:
    return [block.id for block in read_blocks(split_clean(text))]


def by_text(text: str) -> dict[str, str]:
    return {block.text: block.id for block in read_blocks(split_clean(text))}


def first_version(*texts: str) -> tuple[str, list[str]]:
    text = assign_paragraph_ids(paragraphs(*texts), new_id=counter())
    return text, ids_of(text)

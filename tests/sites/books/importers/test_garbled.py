"""Whatever is garbled in a file: it is read, or refused in a sentence."""

from __future__ import annotations

import io
import random

import pytest

from sites.books.importers.epub import read_epub
from sites.books.importers.errors import ImportRefused
from tests.sites.books.importers.epub_builder import CONTAINER, picture, small_book


def sentence_for(file: io.BytesIO) -> str:
    """Read a file; anything but a sentence fails the test by itself."""
    try:
        read_epub(file)
    except ImportRefused as refused:
        return str(refused)
    return "It was read."


#: A short stroll each time, a long one in `make soak`.
STROLLS = [150, pytest.param(4000, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])]


@pytest.mark.parametrize("flips", STROLLS)
@pytest.mark.parametrize("seed", range(4))
def test_a_garbled_file_never_gives_anything_but_a_sentence(seed: int, flips: int) -> None:
    chance = random.Random(seed)
    epub = small_book(contents="both").file(
        "p.png", picture(), "image/png", "properties='cover-image'"
    )
    epub.page("p.xhtml", '<p>a <img src="p.png"/></p><svg><path d="M0 0"/></svg>')
    content = epub.build()
    for _flip in range(flips):
        garbled = bytearray(content)
        for _bit in range(chance.choice([1, 1, 2, 8, 40])):
            garbled[chance.randrange(len(garbled))] = chance.randrange(256)
        if chance.random() < 0.2:
            del garbled[chance.randrange(len(garbled)) :]
        assert sentence_for(io.BytesIO(garbled)).endswith(".")


@pytest.mark.parametrize("flips", STROLLS)
@pytest.mark.parametrize("seed", range(4))
def test_garbled_markup_never_gives_anything_but_a_sentence(seed: int, flips: int) -> None:
    chance = random.Random(seed)
    for _flip in range(flips // 3):
        epub = small_book(contents=chance.choice(["nav", "ncx"]))
        epub.page(
            "x.xhtml", "<table><tr><td><ul><li><math><mi>x</mi></math></li></ul></td></tr></table>"
        )
        parts = {
            **epub.files,
            "OPS/book.opf": epub._opf('<item id="ncx" href="toc.ncx" media-type="x"/>'),
            "OPS/nav.xhtml": epub._nav(),
            "OPS/toc.ncx": epub._ncx(),
            "META-INF/container.xml": CONTAINER,
        }
        name = chance.choice(sorted(parts))
        garbled = list(str(parts[name]))
        for _letter in range(chance.choice([1, 3, 20])):
            garbled[chance.randrange(len(garbled))] = chance.choice("<>&/\"'=\0 aé\ud7ff")
        epub.instead[name] = "".join(garbled)
        assert sentence_for(epub.open()).endswith(".")

from __future__ import annotations

import gzip
import random

from sites.frames.slots import slot, split
from sites.frames.squeezed import Still, squeeze, still


def test_pieces_make_one_stream_whatever_they_are() -> None:
    chance = random.Random(7)
    words = [b"the sea ", b"remembers ", b"all. ", "laut élan ".encode(), b"\x00\xff"]
    for _ in range(300):
        pieces: list[Still | bytes] = []
        whole = b""
        for _piece in range(chance.randrange(8)):
            text = b"".join(chance.choices(words, k=chance.randrange(400)))
            whole += text
            pieces.append(still(text) if chance.random() < 0.5 else text)
        assert gzip.decompress(squeeze(pieces)) == whole


def test_how_long_a_stream_is_says_little_of_what_is_in_it() -> None:
    assert len({len(squeeze([b"secret"])) for _ in range(40)}) > 5


def test_a_text_is_split_at_its_slots_alone() -> None:
    name, other = slot("test name"), slot("test other")
    assert slot("test name") is name
    text = f"a{name}b{other}{name}12345678901234567890123"
    assert split(text) == [b"a", name, b"b", other, name, b"12345678901234567890123"]
    assert name.in_words is slot("test name in words")

"""Every way to break a title, and what speaks against each."""

import pytest

from sites.books.covers.line_breaking import MOST_LINES, Break, Line, breaks


def measure(text: str) -> float:
    """As if every character were half an em wide."""
    return len(text) / 2


def ways(title: str, widest: float = 20) -> list[tuple[str, ...]]:
    return [tuple(line.text for line in way.lines) for way in breaks(title, measure, widest=widest)]


def test_all_ways_are_tried() -> None:
    assert ways("Kota di Bawah") == [
        ("Kota di Bawah",),
        ("Kota", "di Bawah"),
        ("Kota di", "Bawah"),
        ("Kota", "di", "Bawah"),
    ]


def test_a_line_may_end_in_a_hyphen() -> None:
    assert ways("Moby-Dick") == [("Moby-Dick",), ("Moby-", "Dick")]
    assert ways("-kan") == [("-kan",)]


def test_no_way_has_more_than_six_lines() -> None:
    assert max(len(way) for way in ways("a b c d e f g h i")) == MOST_LINES


def test_a_word_wider_than_a_line_breaks_anywhere() -> None:
    assert ways("Donaudampfschiff", widest=6)[-1] == ("Donaudam", "pfschiff")


def test_a_long_title_has_no_more_ways_than_thirteen_words() -> None:
    found = ways("kata " * 200, widest=1_000)
    assert len(found) == 1_586
    assert all(" ".join(way).split() == ["kata"] * 200 for way in found)


def test_raggedness_is_nothing_in_a_block_and_most_for_a_word_alone() -> None:
    block = Break((Line("Kata", 4), Line("Kota", 4)))
    alone = Break((Line("Kata", 4), Line("Kota", 4), Line("di", 1)))
    short = Break((Line("Kata", 4), Line("Kota", 3.5), Line("dari", 3.5)))
    assert block.raggedness == 0
    assert alone.raggedness > 2 * short.raggedness > 0


@pytest.mark.parametrize(
    ("lines", "loose"),
    [
        *((("Kota di", "Bawah"), 1), (("Kota", "di Bawah"), 0), (("Moby-", "Dick"), 1)),
        (("The", "Salt", "Road of"), 1),
    ],
)
def test_a_leaning_word_at_a_lines_end_is_a_loose_end(lines: tuple[str, ...], loose: int) -> None:
    assert Break(tuple(Line(text, 1) for text in lines)).loose_ends == loose

"""Path data in few bytes."""

import pytest

from sites.books.covers import shapes


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1"), (1.04, "1"), (1.25, "1.2"), (-0.04, "0"), (-2.5, "-2.5")]
)
def test_numbers_are_written_to_a_tenth(value: float, text: str) -> None:
    assert shapes.number(value) == text


def test_a_rectangle_and_a_circle_close() -> None:
    assert shapes.rectangle((1, 2), 3, 4) == "M1 2h3v4h-3z"
    assert shapes.circles([(10, 20)], 5) == "M5 20a5 5 0 1 1 10 0a5 5 0 1 1-10 0z"


def test_a_motif_is_repeated_at_each_place() -> None:
    assert shapes.repeated("h1z", [(0, 0), (5, 5)]) == "M0 0h1zM5 5h1z"


def test_a_smooth_line_keeps_its_ends() -> None:
    data = shapes.smooth([(0, 0), (10, 10), (20, 0), (30, 10)])
    assert data == "0 0Q10 10 15 5Q20 0 25 5L30 10"


def test_paths_say_opacity_only_where_they_are_not_solid() -> None:
    assert shapes.path("M0 0", "#000") == '<path fill="#000" d="M0 0"/>'
    assert 'opacity="0.5"' in shapes.path("M0 0", "#000", opacity=0.5)
    assert 'stroke-opacity="0.5"' in shapes.line("M0 0", "#000", 1, opacity=0.5)

"""Words that lean towards a plate."""

import pytest

from sites.books.covers import draw_cover
from sites.books.covers.lexicon import STEMS, leanings
from sites.books.covers.plates import PLATES


@pytest.mark.parametrize(
    ("title", "plates"),
    [
        ("Laut yang Mengingat Nama", ["ombak"]),
        ("The SEA, the sea", ["ombak"]),
        ("Segelombang Rindu", ["ombak"]),
        ("A Season of Seasons", []),
        ("Hujan di Gunung", ["bukit", "mega"]),
        ("Rumah Kawung", ["kawung"]),
        ("Jejak", []),
        ("海", []),
    ],
)
def test_words_lean_in_both_languages(title: str, plates: list[str]) -> None:
    assert leanings(title) == plates


def test_every_stem_leads_to_a_plate_that_exists() -> None:
    assert set(STEMS) <= {plate.name for plate in PLATES}


def test_a_word_decides_the_plate_about_85_times_in_a_hundred() -> None:
    plates = [draw_cover("Ombak", "N", version=version).plate for version in range(400)]
    # A tenth of the other 15 fall on the same plate by chance.
    assert 0.80 < plates.count("ombak") / 400 < 0.93

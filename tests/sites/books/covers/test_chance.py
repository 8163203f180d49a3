"""Chance that a hash makes: even, endless and the same everywhere."""

import hashlib

from sites.books.covers.chance import Chance, seed


def test_the_seed_is_the_hash_of_version_title_and_author() -> None:
    assert seed("Jejak", "Toba", 1) == hashlib.sha256(b"1|jejak|toba").digest()


def test_capitals_and_composition_do_not_change_the_seed() -> None:
    assert seed("CAFÉ", "ANA", 1) == seed("cafe\u0301", "ana", 1)


def test_half_a_surrogate_pair_has_a_seed_too() -> None:
    assert len(seed("\ud800", "", 1)) == 32


def test_the_stream_is_the_one_that_covers_were_published_with() -> None:
    chance = Chance(b"Esensi")
    assert [chance.whole(0, 99) for _ in range(10)] == [98, 10, 36, 9, 2, 89, 12, 9, 14, 93]


def test_whole_numbers_reach_both_ends_and_nothing_beyond() -> None:
    chance = Chance(b"")
    assert {chance.whole(3, 6) for _ in range(500)} == {3, 4, 5, 6}


def test_fractions_are_spread_evenly() -> None:
    chance = Chance(b"even")
    fractions = [chance.fraction() for _ in range(4_000)]
    assert all(0 <= fraction < 1 for fraction in fractions)
    for tenth in range(10):
        share = sum(tenth <= fraction * 10 < tenth + 1 for fraction in fractions) / 4_000
        assert 0.08 < share < 0.12


def test_choices_come_from_the_options_and_numbers_from_between() -> None:
    chance = Chance(b"options")
    assert {chance.choice("abc") for _ in range(100)} == set("abc")
    assert all(2.5 <= chance.between(2.5, 2.75) <= 2.75 for _ in range(100))

"""Which way text runs, checked against orders worked out by hand from UAX 9."""

import pytest

from sites.books.covers.direction import Run, is_rtl, runs

ARABIC, HEBREW = "البحر", "שיר"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("Jejak", False), (ARABIC, True), (HEBREW, True), ("1984", False), ("", False)),
        *((f"1001 {ARABIC}", True), (f"A {ARABIC}", False), (f"«{ARABIC}»", True)),
    ],
)
def test_the_first_letter_decides_the_base_direction(text: str, expected: bool) -> None:
    assert is_rtl(text) is expected


def test_one_script_is_one_run() -> None:
    assert runs("Rumah, kawung!", rtl=False) == [Run("Rumah, kawung!", rtl=False)]
    assert runs(f"{ARABIC} {ARABIC}.", rtl=True) == [Run(f"{ARABIC} {ARABIC}.", rtl=True)]


def test_a_number_in_arabic_stands_left_of_what_it_follows() -> None:
    assert runs(f"{ARABIC} 1,250", rtl=True) == [
        Run("1,250", rtl=False),
        Run(f"{ARABIC} ", rtl=True),
    ]


def test_latin_in_arabic_keeps_its_order() -> None:
    assert runs(f"{ARABIC} Moby Dick {ARABIC}", rtl=True) == [
        Run(f" {ARABIC}", rtl=True),
        Run("Moby Dick", rtl=False),
        Run(f"{ARABIC} ", rtl=True),
    ]


def test_arabic_in_latin_keeps_its_order() -> None:
    assert runs(f"On {ARABIC} now", rtl=False) == [
        Run("On ", rtl=False),
        Run(ARABIC, rtl=True),
        Run(" now", rtl=False),
    ]


def test_a_mark_goes_with_its_letter() -> None:
    assert runs("\u0627\u064e", rtl=True) == [Run("\u0627\u064e", rtl=True)]


def test_nothing_has_no_runs() -> None:
    assert runs("", rtl=False) == []

"""What can be lettered, by which face, and how wide it is."""

import pytest

from sites.books.covers.lettering import author_lettering, italic_lettering, title_lettering

LATIN, ARABIC = title_lettering(rtl=False), title_lettering(rtl=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jejak", "Jejak"),
        ("  Dua \t kata\u00a0lagi\n", "Dua kata lagi"),
        ("Cafe\u0301", "Café"),
        ("Cinta 💔 Pertama", "Cinta Pertama"),
        ("😀", ""),
        ("雪国", ""),
        ("Dune デューン", ""),
        ("「Dune」", "Dune"),
        ("???", "???"),
        ("Jilid ② 𝐇𝐚𝐫𝐢", "Jilid 2 Hari"),
        ("Twenty\u2011One", "Twenty-One"),
        ("soft\u00adhyphen", "softhyphen"),
        ("a\u0301\u0323\u0301\u0323\u0301", "ạ\u0323\u0301"),
        ("\u0301", ""),
        ("\x00\u202e\ud800", ""),
        ("", ""),
    ],
)
def test_what_cannot_be_drawn_is_left_out(text: str, expected: str) -> None:
    assert LATIN.legible(text) == expected


def test_a_line_is_as_wide_as_its_outline() -> None:
    for lettering in (LATIN, author_lettering()):
        assert lettering.width("Rumah Kawung") == lettering.outline("Rumah Kawung").width > 4


def test_nothing_has_no_width() -> None:
    assert LATIN.width("") == 0


def test_letters_are_spaced_but_not_after_the_last() -> None:
    spaced, plain = author_lettering(), italic_lettering()
    assert spaced.width("I") == pytest.approx(spaced.width("II") - spaced.width("I") - 0.09)
    assert plain.width("I") * 2 == pytest.approx(plain.width("II"), abs=0.02)


def test_joined_letters_are_never_spaced() -> None:
    word = "شهرزاد"
    assert author_lettering().width(word, rtl=True) + 0.09 == pytest.approx(
        ARABIC.width(word, rtl=True), abs=1e-6
    )


def test_a_joiner_keeps_a_word_in_one_face() -> None:
    assert LATIN.legible("می\u200cخواهم") == "می\u200cخواهم"
    apart = LATIN.outline("می\u200cخواهم", rtl=True)
    together = LATIN.outline("میخواهم", rtl=True)
    assert apart.data != together.data


def test_each_script_has_its_face() -> None:
    mixed = LATIN.outline("A ب", rtl=False)
    assert mixed.width == pytest.approx(LATIN.width("A ") + LATIN.width("ب", rtl=True), abs=0.02)


def test_a_standing_line_is_scaled_and_upright() -> None:
    svg = LATIN.outline("I").standing(24, 100, size=40, fill="#123456")
    assert svg.startswith(
        '<path fill="#123456" transform="matrix(0.04000 0 0 -0.04000 24 100)" d="M0 0m'
    )
    assert LATIN.outline("").standing(24, 100, size=40, fill="#123456") == ""

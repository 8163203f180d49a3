"""What readers write is kept as they typed it, without what would disturb what stands beside it."""

from __future__ import annotations

import time
import unicodedata

import pytest

from sites.community.exceptions import TooLong
from sites.community.plain_text import MOST_LINES, MOST_MARKS, clean_line, clean_plain_text
from tests.hostile_texts import BENT, PAYLOADS, SENTENCES, TURNED, UNSEEN, every_script, pastes

MOST = 2000
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_there_are_as_many_hostile_texts_as_promised() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 200
    assert len(every_script()) >= 150


def test_what_people_of_the_whole_world_write_is_kept_letter_by_letter() -> None:
    for text in (*SENTENCES.values(), *every_script().values()):
        assert clean_plain_text(text, most=MOST) == unicodedata.normalize("NFC", text)


def test_markup_is_a_text_like_any_other() -> None:
    for payload in PAYLOADS:
        cleaned = clean_plain_text(payload, most=MOST)
        if payload.isprintable():
            assert cleaned == unicodedata.normalize("NFC", payload).strip()
        assert "\x00" not in cleaned


@pytest.mark.parametrize("text", TURNED)
def test_nothing_turns_what_stands_beside_it(text: str) -> None:
    cleaned = clean_plain_text(text, most=MOST)
    assert cleaned
    assert not TURNING.intersection(cleaned)


@pytest.mark.parametrize("text", UNSEEN)
def test_what_nobody_can_see_is_nothing(text: str) -> None:
    assert clean_plain_text(text, most=MOST) == ""


def test_towers_of_marks_and_screens_of_nothing_are_cut_down() -> None:
    tower, _, empty, *_rest = (clean_plain_text(text, most=MOST) for text in BENT)
    assert len(tower) <= 1 + MOST_MARKS
    assert empty == "a\n\nb"


def test_a_family_a_flag_and_a_joined_word_stay_whole() -> None:
    for text in (
        "👩‍👩‍👧‍👦",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می‌خواهم",
    ):
        assert clean_plain_text(text, most=MOST) == text


def test_line_ends_of_all_machines_are_one() -> None:
    assert clean_plain_text("a\r\nb\rc\u2028d\x0be", most=MOST) == "a\nb\nc\nd\ne"


def test_a_million_characters_are_refused_at_once() -> None:
    began = time.monotonic()
    for text in pastes():
        with pytest.raises(TooLong, match="at most 2000"):
            clean_plain_text(text, most=MOST)
        assert len(clean_line(text[:MOST], most=MOST)) <= MOST
    assert time.monotonic() - began < 5


def test_the_limit_counts_what_is_kept() -> None:
    apart = unicodedata.normalize("NFD", "é" * MOST)
    assert clean_plain_text(apart, most=MOST) == "é" * MOST
    with pytest.raises(TooLong, match="this has 2001"):
        clean_plain_text("é" * (MOST + 1), most=MOST)


def test_one_line_has_single_spaces() -> None:
    assert clean_line("  a\n\n b\tc\u3000d ", most=10) == "a b c d"


@pytest.mark.parametrize(("lines", "kept"), [(MOST_LINES, MOST_LINES), (900, MOST_LINES)])
def test_a_column_of_letters_is_no_longer_than_a_long_poem(lines: int, kept: int) -> None:
    cleaned = clean_plain_text("a\r\n" * lines, most=MOST)
    assert cleaned.count("\n") + 1 == kept
    assert cleaned.split() == ["a"] * lines
    assert clean_plain_text(cleaned, most=MOST) == cleaned
    assert clean_plain_text("a \n" + "b \n\n" * lines, most=4 * MOST).count("\n") < kept

"""What is too long, too dense or hostile is refused in time."""

from __future__ import annotations

import time

import pytest

from sites.books.text import clean
from sites.books.text.clean import TAG_LIMIT, TEXT_LIMIT, clean_html
from sites.books.text.errors import TextTooLong, TooManyTags

BOMBS = {
    "formatting that each paragraph reopens": "".join(f"<p><b id={n}>" for n in range(60_000)),
    "a long link that each paragraph reopens": f"<a href='https://{'x' * 1900}'>" + "<p>x" * 99_000,
    "nested lists": "<ul><li>" * 60_000 + "x",
    "nested divs": "<div>" * 200_000 + "x",
    "nested tables": "<table><tr><td>" * 60_000 + "x",
    "formatting in tables": "<table><b>" * 60_000 + "x",
    "nested formulas": "<math>" + "<mrow>" * 100_000 + "x",
    "open comments": "<!--" * 200_000,
    "open quotes": "<a x='" * 200_000,
    "less-than signs": "<" * 300_000,
    "ampersands": "&" * 300_000,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_hostile_markup_takes_seconds_not_minutes(
    bomb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also without the limit on tags, which most of these are beyond."""
    monkeypatch.setattr(clean, "TAG_LIMIT", len(bomb))
    started = time.monotonic()
    assert len(clean_html(bomb)) <= TEXT_LIMIT
    assert time.monotonic() - started < 15  # 0.1 to 1.5 s where this was written


def test_a_text_too_long_is_refused_in_one_sentence() -> None:
    with pytest.raises(TextTooLong, match=r"2,000,000: divide it into several chapters\.$"):
        clean_html("<p>x</p>" * 300_000)


def test_a_text_of_too_many_tags_is_refused_before_it_is_cleaned() -> None:
    bomb = "<p>" + "<b><i>x</b></i>" * 120_000
    started = time.process_time()
    with pytest.raises(TooManyTags, match=r"480,001 tags and a chapter may have 60,000: .*\.$"):
        clean_html(bomb)
    assert time.process_time() - started < 0.1  # 34.7 s when it was cleaned


def test_a_text_of_too_many_tags_once_it_is_clean_is_refused() -> None:
    """What was stored could not be stored again, else."""
    with pytest.raises(TooManyTags):
        clean_html("<p>x" * (TAG_LIMIT // 2 + 1))


DENSE = {
    "formatting that ends in the wrong order": "<p><b><i>x</b></i>",
    "paragraphs": "<p>x</p>",
    "links": "<a href='https://x.example'>x</a>",
    "attributes": "<b a=1 b=2 c=3 d=4 e=5>x</b>",
}


@pytest.mark.parametrize("dense", DENSE.values(), ids=DENSE.keys())
def test_as_many_tags_as_a_chapter_may_have_take_a_second(dense: str) -> None:
    # What is left open gets one more tag, and all of it a paragraph.
    text = dense * ((TAG_LIMIT - 2) // (dense.count("<") + 1))
    started = time.process_time()
    clean_html(text)
    assert time.process_time() - started < 3  # 0.3 to 0.6 s where this was written


def test_a_text_that_grows_too_long_is_refused() -> None:
    with pytest.raises(TextTooLong):
        clean_html("&" * 500_000)

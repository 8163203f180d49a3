"""The house's template tags and filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import translation

from sites.templatetags import house

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It began.", 'It began<i class="point">.</i>'),
        ("It began…", "It began…"),
        ("It began...", "It began..."),
        ("Did it?", "Did it?"),
        ("海は忘れない。", '海は忘れない<i class="point">。</i>'),
        ("<b>.", '&lt;b&gt;<i class="point">.</i>'),
        ("", ""),
    ],
)
def test_a_full_stop_is_set_as_the_point(sentence: str, expected: str) -> None:
    assert house.red_stop(sentence) == expected


@pytest.mark.parametrize(
    ("length", "expected"),
    [(0, ""), (69, ""), (70, "is-long"), (139, "is-long"), (300, "is-longest")],
)
def test_long_lines_are_set_smaller(length: int, expected: str) -> None:
    assert house.length_class("x" * length) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, "0 minutes"),
        (1, "1 minute"),
        (59, "59 minutes"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (310, "5 hours 10 minutes"),
    ],
)
def test_minutes_are_said_in_hours(minutes: int, expected: str) -> None:
    with translation.override("en"):
        assert house.duration(minutes) == expected


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(minutes=-10), "just now"),
        (timedelta(minutes=4), "just now"),
        (timedelta(minutes=14), "14 minutes ago"),
        (timedelta(minutes=61), "1 hour ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=6, hours=23), "6 days ago"),
        (timedelta(days=7), "16 November 2026"),
    ],
)
def test_moments_are_said_by_how_long_ago_they_were(passed: timedelta, expected: str) -> None:
    with translation.override("en"):
        assert house.ago(NOW - passed, NOW) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("#F0B429", "#F0B429"),
        ("#f0b429", "#f0b429"),
        ("red", "#FCFBF8"),
        ("", "#FCFBF8"),
        ("#F0B429}", "#FCFBF8"),
    ],
)
def test_only_a_colour_passes_as_a_colour(value: str, expected: str) -> None:
    assert house.colour(value) == expected


def test_languages_are_named_here_and_in_their_own_words() -> None:
    with translation.override("en"):
        assert house.language_in_words("id") == "Indonesian"
        assert house.language_in_words("en-GB") == "English"
        assert house.language_in_words("jv") == "Javanese"
        assert house.language_in_words("zh-Hant") == "Chinese"
    with translation.override("id"):
        assert house.language_in_words("jv") == "Jawa"
        assert house.language_in_words("zh-Hant") == "Tionghoa"
    assert house.language_in_its_own_words("id") == "Bahasa Indonesia"
    assert house.language_in_words("xx") == house.language_in_its_own_words("xx") == "xx"


def test_an_icon_is_hidden_beside_words_and_named_when_alone() -> None:
    assert 'aria-hidden="true"' in house.icon("search")
    named = house.icon("search", "Search <now>")
    assert 'role="img"' in named
    assert "Search &lt;now&gt;" in named
    assert "icon-turns" in house.icon("back")
    assert "icon-turns" not in house.icon("search")


def test_rooms_have_a_name_beside_the_wordmark_and_main_has_none() -> None:
    with translation.override("en"):
        assert house.room_name("chapter") == "Reading room"
    assert house.room_name("main") == house.room_name("") == ""


def test_the_front_door_is_known_without_a_database() -> None:
    names = settings.HOST_NAMES
    assert house.home_address() == f"{names.scheme}://{names.domains['main']}/"

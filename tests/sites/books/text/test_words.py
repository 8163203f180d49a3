from __future__ import annotations

import pytest

from sites.books.text.words import (
    OPENING_LIMIT,
    WORDS_PER_MINUTE,
    opening_line,
    reading_minutes,
    word_count,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("<p>Call me Ishmael.</p>", 3),
        ("<p>one</p><p>two</p>", 2),
        ("<p>one<br>two</p>", 2),
        ("<p>th<em>re</em>e</p>", 1),
        ("<p>don’t, it's well-known — 3.5 &amp; U.S.A.</p>", 5),
        ("<p>a &lt;b&gt; c</p>", 3),
        ("<p>Orang-orang itu berjalan-jalan.</p>", 3),
        ("<p>吾輩は猫である。</p>", 7),
        ("<p>我有 two 只猫</p>", 5),
        ("<p>في البداية، سنستعرض</p>", 3),
        ("<p>الحِمْيات الغذائيّة</p>", 2),
        ("<p>안녕하세요 세계</p>", 2),
        ("<p>…</p><hr><p>* * *</p>", 0),
    ],
)
def test_words_are_counted_as_readers_count(text: str, words: int) -> None:
    assert word_count(text) == words


def test_minutes_are_rounded_and_never_none() -> None:
    assert reading_minutes(0) == 1
    assert reading_minutes(WORDS_PER_MINUTE) == 1
    assert reading_minutes(WORDS_PER_MINUTE * 12) == 12
    assert reading_minutes(int(WORDS_PER_MINUTE * 2.6)) == 3


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<h2>Loomings</h2><p>Call me Ishmael. Some years ago</p>", "Call me Ishmael."),
        ("<p>“Who is there?” he said. Nobody.</p>", "“Who is there?” he said."),
        ("<p>Mr. and Mrs. Dursley were proud. They</p>", "Mr. and Mrs. Dursley were proud."),
        ("<p>T. S. Eliot wrote it. Yes.</p>", "T. S. Eliot wrote it."),
        ("<p>It was 3.5 miles. Far.</p>", "It was 3.5 miles."),
        ("<p>Wait… what? No.</p>", "Wait… what?"),
        ("<p>吾輩は猫である。名前はまだ無い。</p>", "吾輩は猫である。"),
        ("<p>هل تسمع؟ نعم.</p>", "هل تسمع؟"),
        (
            "<p>April is the cruellest month, breeding</p><p>Lilacs</p>",
            "April is the cruellest month, breeding",
        ),
        ("<aside><p>A note.</p></aside><figure><p>F.</p></figure><p>* * *</p><p>Now.</p>", "Now."),
        ('<p><img src="media:a.webp"></p><p>Now then.</p>', "Now then."),
        ("<p>He said &lt;no&gt;. Yes.</p>", "He said <no>."),
        ("<h2>Only a title</h2>", ""),
        ("", ""),
    ],
)
def test_the_opening_line_is_the_first_sentence_of_the_story(text: str, line: str) -> None:
    assert opening_line(text) == line


def test_a_long_sentence_is_cut_after_a_word() -> None:
    line = opening_line(f"<p>{'word ' * 200}</p>")
    assert line.endswith("word…")
    assert len(line) <= OPENING_LIMIT
    assert len(opening_line(f"<p>{'猫' * 2000}</p>")) <= OPENING_LIMIT

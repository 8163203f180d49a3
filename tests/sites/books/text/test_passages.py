from __future__ import annotations

import hashlib
import random
import time

import pytest

from sites.books.text import passages
from sites.books.text.passage import AROUND, Passage
from sites.books.text.passages import (
    Found,
    digest_of,
    find_passage,
    parts_of,
    passage_at,
    tidy,
)
from sites.books.text.running_text import Part, read_running_text

TIDE = (
    '<p id="p-aaaaaaaa">The tide <em>came in</em> at six, and the boats\nrose with it.</p>'
    '<p id="p-bbbbbbbb">Nobody on the quay had seen “the ledger” since the flood.</p>'
    '<p id="p-cccccccc">The tide went out again.</p>'
)


def marked(html: str, quote: str) -> Passage:
    """The passage that somebody marks who selects these words."""
    text = read_running_text(html)
    start = text.words.index(quote)
    passage = passage_at(text, Found(start, start + len(quote)))
    assert passage is not None
    return passage


def words_of(html: str, passage: Passage) -> str:
    """What is marked now; nothing where it is gone."""
    text = read_running_text(html)
    found = find_passage(text, passage)
    return tidy(text.words[found.start : found.end]) if found else ""


def test_a_passage_knows_its_paragraph_its_characters_and_what_stands_around_it():
    assert marked(TIDE, "came in at six") == Passage(
        "p-aaaaaaaa",
        9,
        "p-aaaaaaaa",
        23,
        "came in at six",
        "The tide ",
        ", and the boats rose with it.\nNo",
    )
    assert len(marked(TIDE, "rose with it").after) == AROUND


def test_a_passage_over_two_paragraphs_has_a_part_in_each():
    passage = marked(TIDE, "rose with it.\nNobody on the quay")
    assert parts_of(read_running_text(TIDE), passage) == [
        Part("p-aaaaaaaa", 39, 52),
        Part("p-bbbbbbbb", 0, 18),
    ]
    assert passage.quote == "rose with it.\nNobody on the quay"


def test_blanks_at_its_ends_are_no_part_of_a_passage():
    text = read_running_text(TIDE)
    at = text.words.index(" came in ")
    passage = passage_at(text, Found(at, at + len(" came in ")))
    assert passage is not None
    assert passage.quote == "came in"
    assert passage_at(text, Found(at, at + 1)) is None


@pytest.mark.parametrize(
    ("edited", "paragraph"),
    [
        (TIDE.replace("The tide <em>", "At dusk the slow tide <em>"), "p-aaaaaaaa"),
        (
            TIDE.replace('<p id="p-aaaaaaaa">', '<p id="p-zzzzzzzz">New.</p><p id="p-yyyyyyyy">'),
            "p-yyyyyyyy",
        ),
        (TIDE.replace("<em>came in</em>", "came <strong>in</strong>"), "p-aaaaaaaa"),
        (TIDE.replace("</p>", "</p>\n").replace("boats\nrose", "boats rose"), "p-aaaaaaaa"),
    ],
    ids=["words before it", "another paragraph's id", "other formats", "other line ends"],
)
def test_a_passage_is_found_again_after_an_edit(edited: str, paragraph: str):
    passage = marked(TIDE, "came in at six, and the boats rose")
    [part] = parts_of(read_running_text(edited), passage)
    assert part.paragraph == paragraph
    assert words_of(edited, passage) == passage.quote


def test_straight_quotation_marks_are_the_same_words():
    edited = TIDE.replace("“the ledger”", '"the ledger"')
    assert words_of(edited, marked(TIDE, "seen “the ledger” since")) == 'seen "the ledger" since'


def test_words_changed_within_a_passage_leave_its_ends_to_know_it_by():
    passage = marked(TIDE, "Nobody on the quay had seen “the ledger” since the flood")
    edited = TIDE.replace("had seen", "could have seen")
    text = read_running_text(edited)
    found = find_passage(text, passage)
    assert found is not None
    assert not found.is_same
    assert (
        words_of(edited, passage)
        == "Nobody on the quay could have seen “the ledger” since the flood"
    )


def test_a_passage_whose_words_are_gone_is_said_to_be_gone():
    passage = marked(TIDE, "Nobody on the quay had seen “the ledger” since the flood")
    edited = TIDE.replace(passage.quote, "Everybody remembered")
    assert words_of(edited, passage) == ""
    assert parts_of(read_running_text(""), passage) == []


def test_of_equal_words_the_ones_with_the_same_neighbours_are_marked():
    passage = marked(TIDE, "The tide")
    moved = '<p id="p-dddddddd">The tide went out again.</p><p id="p-eeeeeeee">The tide came in at six, and</p>'
    assert parts_of(read_running_text(moved), passage) == [Part("p-eeeeeeee", 0, 8)]


def test_a_short_passage_is_not_put_onto_the_same_words_elsewhere():
    passage = marked(TIDE, "the boats")
    elsewhere = '<p id="p-dddddddd">Far away the boats were painted.</p>'
    assert words_of(elsewhere, passage) == ""


def test_offsets_count_what_a_browser_counts_in_blocks_within_blocks():
    html = (
        '<ul><li id="p-aaaaaaaa">One &amp; two'
        '<ul>\n<li id="p-bbbbbbbb"><p id="p-cccccccc">Three 🐋 four</p></li>\n</ul>five</li></ul>'
        '<pre id="p-dddddddd">\nsix</pre><hr><p id="p-eeeeeeee">seven<br>eight</p>'
    )
    text = read_running_text(html)
    assert text.words == "One & two\nThree 🐋 four\nfive\nsix\nseven\neight"
    whole = text.parts(0, len(text.words))
    assert whole == [
        Part("p-aaaaaaaa", 0, 9),
        Part("p-cccccccc", 0, 12),
        Part("p-aaaaaaaa", 23, 27),  # after a line end, twelve characters and another
        Part("p-dddddddd", 0, 3),
        Part("p-eeeeeeee", 0, 10),
    ]
    assert text.at("p-cccccccc", 8) == text.words.index("four")
    assert text.at("p-aaaaaaaa", 10) is None
    assert text.at("p-nowhere1", 0) is None
    assert not text.has("p-nowhere1")


def test_every_stretch_of_a_text_is_found_where_it_was_taken():
    chance = random.Random(7)
    text = read_running_text(TIDE)
    for _ in range(500):
        start = chance.randrange(len(text.words) - 1)
        end = chance.randrange(start + 1, len(text.words) + 1)
        passage = passage_at(text, Found(start, end))
        if passage:
            found = find_passage(text, passage)
            assert found is not None
            assert tidy(text.words[found.start : found.end]) == passage.quote
            assert found.is_same


def test_the_digest_is_postgresqls():
    assert digest_of("laut é") == hashlib.md5("laut é".encode(), usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("quote", ["a" * 2000, "ab" * 1000, "a b " * 500])
def test_hostile_repetitions_are_looked_for_in_bounded_time(quote: str):
    html = f'<p id="p-aaaaaaaa">{"a b " * 80_000}</p>'
    passage = Passage("p-bbbbbbbb", 0, "p-bbbbbbbb", 2000, quote + "z", "x" * 32, "y" * 32)
    began = time.process_time()
    assert find_passage(read_running_text(html), passage) is None
    assert time.process_time() - began < 5  # 0.2 s on a quiet machine


def test_a_text_is_made_ready_once_for_all_passages_that_are_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    squeeze = passages._squeeze
    monkeypatch.setattr(passages, "_squeeze", lambda words: (made.append(words), squeeze(words))[1])
    gone = [
        Passage("", 0, "", 0, f"{number} words that nobody ever wrote here") for number in range(5)
    ]
    text = read_running_text(TIDE)
    assert [find_passage(text, one) for one in gone] == [None] * 5
    assert made.count(text.words) == 1

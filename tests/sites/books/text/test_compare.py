"""What changed between two texts, as people would say it."""

from __future__ import annotations

import random
import time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sites.books.text import compare as module
from sites.books.text.compare import Comparison, Part, Version, compare, words_changed


def of(*paragraphs: str, ids: str = "abcdefghij") -> str:
    """A clean text; ``ids`` names the paragraphs."""
    return "\n".join(
        f'<p id="p-{letter * 8}">{words}</p>'
        for letter, words in zip(ids, paragraphs, strict=False)
    )


def difference(old: str, new: str, *, titles: tuple[str, str] = ("Laut", "Laut")) -> Comparison:
    return compare(Version(titles[0], old), Version(titles[1], new))


def kinds(found: Comparison) -> list[str]:
    return [row.kind for row in found.rows]


def side(parts: tuple[Part, ...], change: str) -> str:
    """The words of one side."""
    return "".join(part.text for part in parts if part.change in ("same", change))


def test_a_changed_word_is_found_in_its_paragraph() -> None:
    old = of("Air naik.", "Ibu menunggu di dermaga tua.", "Malam tiba.")
    new = of("Air naik.", "Ibu menanti di dermaga tua.", "Malam tiba.")
    found = difference(old, new)
    (row,) = found.rows
    assert (row.kind, row.skipped, found.unchanged) == ("changed", 1, 1)
    assert row.parts == (
        Part("same", "Ibu "),
        Part("out", "menunggu "),
        Part("in", "menanti "),
        Part("same", "di dermaga tua."),
    )


def test_the_same_text_is_the_same_whatever_its_ids() -> None:
    old, new = of("Air naik.", "Malam."), of("Air naik.", "Malam.", ids="xy")
    assert difference(old, new).is_same


def test_paragraphs_come_and_go_where_they_stood() -> None:
    old = of("Satu kata.", "Dua burung camar.", "Tiga perahu.", ids="abc")
    new = of("Satu kata.", "Tiga perahu.", "Empat nelayan pulang.", ids="acd")
    found = difference(old, new)
    assert [(row.kind, side(row.parts, "in") or side(row.parts, "out")) for row in found.rows] == [
        ("removed", "Dua burung camar."),
        ("added", "Empat nelayan pulang."),
    ]


def test_a_moved_paragraph_is_moved_and_not_removed() -> None:
    words = ["Satu kata saja.", "Dua burung camar.", "Tiga perahu di pantai.", "Empat nelayan."]
    found = difference(of(*words, ids="abcd"), of(*words[1:], words[0], ids="bcda"))
    assert kinds(found) == ["moved"]


def test_form_without_words_is_its_own_kind() -> None:
    found = difference(of("Air naik."), of("Air <em>naik</em>."))
    assert kinds(found) == ["format"]
    assert found.rows[0].parts == (Part("same", "Air naik."),)
    heading = difference('<p id="p-aaaaaaaa">Pasang</p>', '<h2 id="p-aaaaaaaa">Pasang</h2>')
    assert kinds(heading) == ["format"]


def test_a_new_title_is_a_change() -> None:
    found = difference(of("Air."), of("Air."), titles=("Pasang naik", "Pasang surut"))
    assert not found.is_same
    assert found.title == (Part("same", "Pasang "), Part("out", "naik"), Part("in", "surut"))


def test_markup_in_words_stays_words() -> None:
    found = difference(of("a &lt;b&gt;"), of("a &lt;script&gt;"))
    assert side(found.rows[0].parts, "in") == "a <script>"


def test_words_are_counted_wherever_they_stand() -> None:
    assert words_changed(of("satu dua", "tiga"), of("tiga", "dua satu")) == (0, 0)
    assert words_changed(of("satu dua"), of("satu dua dua empat")) == (2, 0)
    assert words_changed(of("satu dua"), "") == (0, 2)


WORDS = st.lists(st.sampled_from(["air", "laut", "ibu", "naik,", "turun.", "dan"]), max_size=8)
TEXTS = st.lists(WORDS.map(" ".join), max_size=6)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_what_is_shown(old: list[str], new: list[str]) -> None:
    """Nothing is left out and nothing made up: the rows and what was skipped are the two texts."""
    found = difference(of(*old), of(*new, ids="acegbdfhij"))
    came = sorted(side(row.parts, "in") for row in found.rows if row.kind != "removed")
    went = sorted(side(row.parts, "out") for row in found.rows if row.kind != "added")
    same = sum(row.skipped for row in found.rows) + found.unchanged
    assert len(came) + same == len(new)
    assert len(went) + same == len(old)
    rest_new, rest_old = list(new), list(old)
    for words in came:
        rest_new.remove(words)
    for words in went:
        rest_old.remove(words)
    assert sorted(rest_new) == sorted(rest_old)


def test_the_longest_chapters_are_compared_in_bounded_time() -> None:
    chance = random.Random(7)
    many = [" ".join(chance.choices("abcdefghijklmnop", k=5)) for _ in range(19_000)]
    other = [f"{words} x" for words in many]
    begun = time.process_time()
    found = difference(
        "".join(f"<p>{words}</p>" for words in many), "".join(f"<p>{words}</p>" for words in other)
    )
    assert time.process_time() - begun < 10  # takes about half a second
    assert len(found.rows) == module.ROWS_LIMIT
    assert found.left_off > 10_000


def test_what_is_built_to_take_long_does_not() -> None:
    """The worst that is known for difflib: 1,000 words of it alone would take seven seconds."""
    old = of(*["a " * 1_000 + "a"] * 10)
    new = of(*["a b " * 500 + "c"] * 10)
    half = of(*["a " * 300 + "a"] * 10), of(*["a b " * 150 + "c"] * 10)
    begun = time.process_time()
    found = difference(old, new)
    difference(*half)
    assert time.process_time() - begun < 20  # takes about three seconds
    # What both begin with is found all the same.
    assert [part.change for part in found.rows[0].parts] == ["same", "out", "in"]


def test_a_long_paragraph_of_prose_is_compared_by_word() -> None:
    chance = random.Random(7)
    ranks = range(1, 4_000)  # words as often as in prose: by Zipf's law
    words = [f"kata{n}" for n in chance.choices(ranks, [1 / rank for rank in ranks], k=1_500)]
    edited = list(words)
    for place in range(5, 1_500, 50):
        edited[place] = "lain"
    found = difference(of(" ".join(words)), of(" ".join(edited)))
    assert sum(part.change == "in" for part in found.rows[0].parts) == 30


def test_long_texts_are_paired_by_id(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "PAIRED_LIMIT", 1)
    old = of("Satu kata.", "Dua burung.", "Tiga perahu.")
    found = difference(old, of("Satu kata.", "Dua elang.", "Empat.", ids="abd"))
    assert kinds(found) == ["changed", "added", "removed"]
    assert difference("<p>Satu.</p><p>Dua.</p>", "<p>Satu.</p><p>Dua.</p>").is_same


def test_paragraphs_that_no_page_could_show_are_counted(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "CHARACTERS_LIMIT", 60)
    old = of("Air naik.", "Ibu menunggu.", "Malam.")
    new = of("Air naik.", "Ibu menanti.", "x" * 61, "Malam.", "Pagi tiba.", ids="abdce")
    found = difference(old, new)
    assert kinds(found) == ["changed", "added"]
    assert (found.left_off, side(found.rows[1].parts, "in")) == (1, "Pagi tiba.")

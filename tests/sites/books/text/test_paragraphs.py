"""Paragraph ids survive what editors and importers do to a text."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from sites.books.text.allowed import PARAGRAPH_ID
from sites.books.text.clean import clean_html
from sites.books.text.errors import TooManyParagraphs
from sites.books.text.paragraphs import (
    PARAGRAPH_LIMIT,
    assign_paragraph_ids,
    match_paragraphs,
    random_paragraph_id,
)
from tests.sites.books.text.texts import (
    A,
    B,
    C,
    D,
    by_text,
    counter,
    first_version,
    ids_of,
    paragraphs,
    without_ids,
)


def edit(new: str, old: str) -> list[str]:
    return ids_of(assign_paragraph_ids(new, old, new_id=counter(5_000)))


def test_every_block_gets_an_id_and_nothing_else_does() -> None:
    text = clean_html(
        "<h2>T</h2><p>a <em>b</em></p><ul><li>c</li><li><p>d</p></li></ul><blockquote>e</blockquote>"
        "<blockquote><p>f</p></blockquote><pre>g</pre><hr><dl><dt>h</dt><dd>i</dd></dl>"
        "<figure><img src='media:a.webp'><figcaption>j</figcaption></figure>"
        "<table><tr><td>k</td></tr></table><aside role='doc-footnote'><p>l</p></aside>"
    )
    assigned = assign_paragraph_ids(text, new_id=counter())
    with_id = re.findall(r"<([a-z0-9]+)[^>]* id=", assigned)
    expected = "h2 p li li p blockquote p pre dt dd figure table p".split()  # noqa: SIM905
    assert with_id == expected
    assert len(set(ids_of(assigned))) == len(expected)
    assert without_ids(assigned) == text


def test_unchanged_text_is_unchanged() -> None:
    old, _ids = first_version(A, B, "", "x", "x", "", C)
    assert assign_paragraph_ids(old, old, new_id=counter(5_000)) == old


def test_a_text_without_ids_gets_those_of_the_same_text_before() -> None:
    old, _ids = first_version(A, B, "Yes.", "No.", "Yes.", "* * *", C, "* * *", "", D)
    assert assign_paragraph_ids(without_ids(old), old, new_id=counter(5_000)) == old


def test_a_slightly_edited_paragraph_keeps_its_id() -> None:
    old, ids = first_version(A, B, C)
    edited = B.replace("cabbage", "onions").replace("years", "a whole year")
    assert edit(paragraphs(A, edited, C), old) == ids


def test_a_paragraph_that_becomes_a_heading_keeps_its_id() -> None:
    old, ids = first_version(A, B)
    assert edit(f"<h2>{A}</h2><p>{B}</p>", old) == ids


def test_formatting_does_not_matter() -> None:
    old, ids = first_version(A, B)
    assert edit(paragraphs(A.replace("bright", "<em>bright</em>"), B), old) == ids


def test_new_paragraphs_get_new_ids() -> None:
    old, (a, b) = first_version(A, B)
    before, first, between, second, after = edit(paragraphs(C, A, D, B, "One more."), old)
    assert (first, second) == (a, b)
    assert not {before, between, after} & {a, b}


def test_a_removed_paragraph_takes_its_id_along() -> None:
    old, (a, b, c) = first_version(A, B, C)
    assert edit(paragraphs(A, C), old) == [a, c]
    assert match_paragraphs(paragraphs(A, C), old, new_id=counter(9)).moved == {b: a}
    assert match_paragraphs(paragraphs(B, C), old, new_id=counter(9)).moved == {a: b}


def test_a_split_paragraph_keeps_its_id_on_the_larger_half() -> None:
    old, (a, b, c) = first_version(A, B, C)
    words = B.split()
    small, large = " ".join(words[:5]), " ".join(words[5:])
    ids = edit(paragraphs(A, small, large, C), old)
    assert (ids[0], ids[2], ids[3]) == (a, b, c)
    ids = edit(paragraphs(A, large, small, C), old)
    assert (ids[0], ids[1], ids[3]) == (a, b, c)


def test_the_larger_half_wins_over_the_editors_claim() -> None:
    old, (a, b, c) = first_version(A, B, C)
    words = B.split()
    small, large = " ".join(words[:5]), " ".join(words[5:])
    claimed = f'<p id="{a}">{A}</p><p id="{b}">{small}</p><p>{large}</p><p id="{c}">{C}</p>'
    ids = edit(claimed, old)
    assert (ids[0], ids[2], ids[3]) == (a, b, c)


def test_of_equal_halves_the_first_keeps_the_id() -> None:
    half, other = "one two three four five", "six seven eight nine ten"
    old, (a, b, c) = first_version(A, f"{half} {other}", C)
    for copied in ("", f' id="{b}"'):
        ids = edit(f"<p>{A}</p><p{copied}>{half}</p><p{copied}>{other}</p><p>{C}</p>", old)
        assert (ids[0], ids[1], ids[3]) == (a, b, c)
        assert len(set(ids)) == 4


def test_a_merged_paragraph_has_the_firsts_id_and_leads_there_from_the_second() -> None:
    for first, second in ((A, B), (B[:30], A), (A, B[:30]), ("Yes, of course.", A)):
        old, (d, a, b, c) = first_version(D, first, second, C)
        merged = match_paragraphs(paragraphs(D, f"{first} {second}", C), old, new_id=counter(5_000))
        assert ids_of(merged.text) == [d, a, c]
        assert merged.moved == {b: a}


def test_three_merged_paragraphs_have_the_firsts_id() -> None:
    old, (a, b, c, d) = first_version(A, B, C, D)
    merged = match_paragraphs(paragraphs(f"{A} {B} {C}", D), old, new_id=counter(5_000))
    assert ids_of(merged.text) == [a, d]
    assert merged.moved == {b: a, c: a}


def test_an_edited_paragraph_is_not_taken_for_a_merge_with_a_removed_short_one() -> None:
    old, (a, _yes, b) = first_version(A, "Yes.", B)
    assert edit(paragraphs(A, B.replace("cabbage", "onions")), old) == [a, b]


def test_of_a_pasted_duplicate_one_keeps_the_id() -> None:
    old, (a, b, c) = first_version(A, B, C)
    for copied in ("", f' id="{b}"'):
        ids = edit(f'<p>{A}</p><p id="{b}">{B}</p><p>{C}</p><p{copied}>{B}</p>', old)
        assert ids[:3] == [a, b, c]
        assert ids[3] not in {a, b, c}


def test_the_original_keeps_the_id_when_the_duplicate_is_pasted_before_it() -> None:
    old, (a, b, c) = first_version(A, B, C)
    ids = edit(f'<p id="{b}">{B}</p><p id="{a}">{A}</p><p id="{b}">{B}</p><p id="{c}">{C}</p>', old)
    assert ids[1:] == [a, b, c]
    assert ids[0] not in {a, b, c}


def test_a_moved_paragraph_keeps_its_id() -> None:
    texts = [f"{A} number {n} {'x' * n}" for n in range(1, 40)]
    old, ids = first_version(*texts)
    moved = [*texts[1:30], texts[0], *texts[30:]]
    assert edit(paragraphs(*moved), old) == [*ids[1:30], ids[0], *ids[30:]]


def test_a_paragraph_that_is_moved_far_and_edited_keeps_its_id() -> None:
    texts = [
        f"Paragraph of number{n} with words that only{n} it has{n}, and others" for n in range(60)
    ]
    old, ids = first_version(*texts)
    moved = [*texts[1:], texts[0].replace("others", "another")]
    assert edit(paragraphs(*moved), old) == [*ids[1:], ids[0]]


def test_swapped_paragraphs_keep_their_ids() -> None:
    old, (a, b, c) = first_version(A, B, C)
    assert edit(paragraphs(C, B, A), old) == [c, b, a]


def test_forged_ids_are_replaced() -> None:
    old, (a, b) = first_version(A, B)
    forged = f'<p id="p-zzzzzzzz">{A}</p><p id="p-yyyyyyyy">{D}</p><p>{B}</p>'
    ids = edit(forged, old)
    assert (ids[0], ids[2]) == (a, b)
    assert ids[1] not in {"p-yyyyyyyy", "p-zzzzzzzz", a, b}


def test_a_claim_is_believed_for_a_paragraph_typed_over() -> None:
    old, (a, b, c) = first_version(A, B, C)
    assert edit(f'<p>{A}</p><p id="{b}">{D}</p><p>{C}</p>', old) == [a, b, c]


def test_a_paragraph_typed_over_without_a_claim_is_a_new_one() -> None:
    old, (a, b, c) = first_version(A, B, C)
    first, second, third = edit(paragraphs(A, D, C), old)
    assert (first, third) == (a, c)
    assert second != b


def test_short_paragraphs_are_compared_by_their_letters() -> None:
    old, ids = first_version(A, "No.", B)
    assert edit(paragraphs(A, "Nope!", B), old) == ids


def test_empty_paragraphs_have_ids_and_keep_them() -> None:
    old, ids = first_version(A, "", "", B, "")
    assert len(set(ids)) == 5
    assert edit(paragraphs(A, "", "", B, ""), old) == ids
    assert edit(paragraphs(A, "", B, ""), old) == [ids[0], ids[1], ids[3], ids[4]]


def test_a_figure_keeps_its_id_when_its_picture_or_its_caption_changes() -> None:
    figure = '<figure><img alt="" src="media:p/{}.webp"><figcaption>{}</figcaption></figure>'
    old = assign_paragraph_ids(paragraphs(A) + figure.format("aa", "A whale") + paragraphs(B))
    for new in (figure.format("aa", "A white whale, breaching"), figure.format("bb", "A whale")):
        assert edit(paragraphs(A) + new + paragraphs(B), old) == ids_of(old)


def test_chinese_paragraphs_are_compared_by_pairs_of_characters() -> None:
    one = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"
    old, ids = first_version(
        one, "何でも薄暗いじめじめした所でニャーニャー泣いていた事だけは記憶している。"
    )
    assert edit(paragraphs(one.replace("猫", "犬"), by_second(old)), old) == ids


def by_second(text: str) -> str:
    return list(by_text(text))[1]


def test_two_edits_in_a_row() -> None:
    old, (a, b, c) = first_version(A, B, C)
    once = assign_paragraph_ids(
        paragraphs(A.replace("cold", "warm"), D, B, C), old, new_id=counter(5_000)
    )
    new = by_text(once)[D]
    twice = assign_paragraph_ids(
        paragraphs(A.replace("cold", "warm").replace("April", "May"), D, f"{B} {C}"),
        once,
        new_id=counter(6_000),
    )
    assert ids_of(twice) == [a, new, b]
    assert c not in twice


def test_a_vanished_id_never_comes_back_for_another_paragraph() -> None:
    old, _ids = first_version(A, B)
    assigned = assign_paragraph_ids(paragraphs(B, D), old, new_id=counter())
    assert ids_of(assigned)[1] not in ids_of(old)


def test_links_within_the_text_follow_their_paragraph() -> None:
    old, (a, b) = first_version(A, B)
    new = (
        '<p id="p-zzzzzzzz">' + A + '</p><p id="p-yyyyyyyy">' + B + "</p>"
        '<p><a href="#p-yyyyyyyy">see</a> <a href="#p-zzzzzzzz">too</a> <a href="#p-xxxxxxxx">?</a></p>'
    )
    assigned = match_paragraphs(new, old, new_id=counter(5_000))
    assert f'href="#{b}">see' in assigned.text
    assert f'href="#{a}">too' in assigned.text
    assert 'href="#p-xxxxxxxx"' in assigned.text
    assert assigned.given == {"p-zzzzzzzz": a, "p-yyyyyyyy": b}


def test_a_link_to_a_merged_paragraph_leads_to_the_merged_one() -> None:
    old, (a, b) = first_version(A, B)
    link = f'<p><a href="#{b}">see</a></p>'
    assert f'<a href="#{a}">' in assign_paragraph_ids(paragraphs(f"{A} {B}") + link, old)


def test_a_new_id_that_is_taken_is_drawn_again() -> None:
    old, (a, _b) = first_version(A, B)
    draws = iter([a, "nonsense", "p-BADBADBA", "p-goodgood"])
    assert edit_with(paragraphs(A, B, D), old, lambda: next(draws))[2] == "p-goodgood"
    with pytest.raises(RuntimeError, match="no fresh paragraph id"):
        edit_with(paragraphs(A, B, D), old, lambda: a)


def edit_with(new: str, old: str, new_id: Callable[[], str]) -> list[str]:
    return ids_of(assign_paragraph_ids(new, old, new_id=new_id))


def test_random_ids_have_the_form_of_the_contract() -> None:
    drawn = {random_paragraph_id() for _ in range(1_000)}
    assert len(drawn) == 1_000
    assert all(PARAGRAPH_ID.fullmatch(each) for each in drawn)


def test_too_many_paragraphs_are_refused_in_one_sentence() -> None:
    with pytest.raises(TooManyParagraphs, match=r"20,000: divide it into several chapters\.$"):
        assign_paragraph_ids("<p></p>" * (PARAGRAPH_LIMIT + 1))

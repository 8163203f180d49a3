"""Whatever is edited: ids are unique, complete and determined, and it takes seconds at most."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sites.books.text.allowed import PARAGRAPH_ID
from sites.books.text.clean import clean_html
from sites.books.text.paragraphs import assign_paragraph_ids, match_paragraphs
from tests.sites.books.text.texts import A, B, counter, ids_of, paragraphs, without_ids

_words = st.lists(st.sampled_from("sea whale ship the of and Ahab cold 猫 x".split()), max_size=8)  # noqa: SIM905
_block = st.tuples(
    st.sampled_from(["p", "p", "p", "h2", "li", "blockquote"]),
    _words.map(" ".join),
    st.sampled_from(["", "", ' id="p-aaaaaaab"', ' id="p-aaaaaaac"', ' id="p-zzzzzzzz"']),
).map(lambda part: f"<{part[0]}{part[2]}>{part[1]}</{part[0]}>")
_texts = st.lists(_block, max_size=12).map(lambda blocks: clean_html("".join(blocks)))


@settings(max_examples=150, deadline=None)
@given(_texts, _texts, _texts)
def test_ids_are_unique_complete_and_determined(one: str, two: str, three: str) -> None:
    first = assign_paragraph_ids(one, new_id=counter())
    second = assign_paragraph_ids(two, first, new_id=counter(1_000))
    third = assign_paragraph_ids(three, second, new_id=counter(2_000))
    for text in (first, second, third):
        ids = ids_of(text)
        assert len(set(ids)) == len(ids)
        assert all(PARAGRAPH_ID.fullmatch(each) for each in ids)
        assert clean_html(text) == text
    assert assign_paragraph_ids(three, second, new_id=counter(2_000)) == third
    assert assign_paragraph_ids(third, third, new_id=counter(3_000)) == third
    assert assign_paragraph_ids(without_ids(third), third, new_id=counter(3_000)) == third
    kept = match_paragraphs(three, second, new_id=counter(2_000))
    assert set(kept.moved) == set(ids_of(second)) - set(ids_of(third))
    assert set(kept.moved.values()) <= set(ids_of(third)) | {""}


LARGE = {
    "unchanged": lambda n, text: text,
    "each edited": lambda n, text: text.replace("striking", f"hitting{n}"),
    "each edited, few words": lambda n, text: "the sea " * (n % 7 + 4) + "and",
    "all new": lambda n, text: f"{n} nothing{n} alike{n} here{n} at{n} all{n}",
}


@pytest.mark.parametrize("change", LARGE.values(), ids=LARGE.keys())
def test_ten_thousand_paragraphs_take_seconds(change: Callable[[int, str], str]) -> None:
    texts = [f"{n} {A} {n * 7} {B}" for n in range(10_000)]
    old = assign_paragraph_ids(paragraphs(*texts), new_id=counter())
    new = paragraphs(*(change(n, text) for n, text in enumerate(texts)))
    started = time.process_time()  # what others do on the machine meanwhile does not count
    assigned = assign_paragraph_ids(new, old, new_id=counter(20_000))
    assert time.process_time() - started < 30  # see PARAGRAPH_LIMIT
    assert len(set(ids_of(assigned))) == 10_000

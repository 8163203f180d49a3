"""A text to read at a desk: its marks, and a way to comment on each paragraph."""

from __future__ import annotations

import pytest

from sites.desk.read_text import CHANGED, NEW, differences, text_to_read
from tests.sites.desk.people import SmallHouse

BEFORE = '<p id="p-aaaaaaaa">Air naik.</p><p id="p-bbbbbbbb">Angin.</p>'
AFTER = (
    '<h2 id="p-cccccccc">Pagi</h2><p id="p-aaaaaaaa">Air <em>naik</em> lagi.</p>'
    '<ul><li id="p-dddddddd">Satu</li></ul>'
    '<table id="p-eeeeeeee"><tr><td>1</td></tr></table>'
)


def test_paragraphs_are_known_by_their_ids_and_compared_by_their_words() -> None:
    found = differences(AFTER, BEFORE)
    assert found.marks == {
        "p-cccccccc": NEW,
        "p-aaaaaaaa": CHANGED,
        "p-dddddddd": NEW,
        "p-eeeeeeee": NEW,
    }
    assert (found.new, found.changed, found.gone) == (3, 1, 1)
    same = BEFORE.replace("Air", "<em>Air</em>")
    assert not differences(same, BEFORE)


def shown(house: SmallHouse, **facts: object) -> str:
    house.chapter.text = AFTER
    given = {"chapter_url": lambda uid: None, "marks": {}, "comments": {}, **facts}
    return text_to_read(house.chapter, **given)  # type: ignore[arg-type]


def test_every_paragraph_has_its_way_to_comment(house: SmallHouse) -> None:
    page = shown(house, marks={"p-aaaaaaaa": CHANGED}, comments={"p-dddddddd": 2})
    for paragraph in ("p-aaaaaaaa", "p-cccccccc", "p-dddddddd", "p-eeeeeeee"):
        assert page.count(f'data-say-paragraph="{paragraph}"') == 1
    assert '<p id="p-aaaaaaaa" data-mark="changed"><a class="desk-way-in"' in page
    assert "Changed paragraph. Comment on this paragraph" in page
    assert "(2 comments so far)" in page
    # A table holds nothing but its rows: the way stands before it.
    assert '</a><table id="p-eeeeeeee">' in page


def test_who_may_not_comment_reads_the_text_alone(house: SmallHouse) -> None:
    assert shown(house, comments=None) == AFTER


@pytest.mark.parametrize("address", ["?chapter=x", None])
def test_links_to_other_chapters_lead_to_the_desks_own(
    house: SmallHouse, address: str | None
) -> None:
    house.chapter.text = '<p id="p-aaaaaaaa"><a href="chapter:abcdefghijkl">Lihat</a></p>'
    page = text_to_read(house.chapter, chapter_url=lambda uid: address, marks={}, comments=None)
    assert ('href="?chapter=x"' in page) == (address is not None)
    assert "Lihat" in page

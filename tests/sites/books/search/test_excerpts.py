"""The sentence that was found, and what is marked in it."""

from __future__ import annotations

import pytest

from sites.books.search.excerpts import LONGEST, Quote, Source, quotes

pytestmark = pytest.mark.django_db
ENGLISH, INDONESIAN = "esensi_english", "esensi_indonesian"


def quote(asked: str, text: str, config: str = ENGLISH, *, whole: bool = False) -> Quote:
    (found,) = quotes(asked, [Source(config, text, is_html=text.startswith("<"), whole=whole)])
    return found


def drawn(found: Quote) -> str:
    return "".join(f"[{part}]" if is_found else part for part, is_found in found.marked)


def test_the_sentence_comes_with_its_paragraph() -> None:
    text = (
        '<h2 id="p-aaaaaaaa">One</h2><p id="p-bbbbbbbb">It was <em>cold</em>. The lanterns had'
        " run dry, all of them, in the night before the wind came up from the south. Nobody lit"
        ' another one until the boats were in again.</p><p id="p-cccccccc">Later.</p>'
    )
    found = quote("lantern run", text)
    assert found.paragraph == "p-bbbbbbbb"
    assert drawn(found).startswith("The [lanterns] had [run] dry")
    assert "cold" not in drawn(found)


def test_the_paragraph_with_all_the_words_is_the_best() -> None:
    text = "".join(
        f'<p id="p-{letter * 8}">{said}</p>'
        for letter, said in zip(
            "abc", ("A road, a road, a road.", "The salt road.", "Salt."), strict=True
        )
    )
    assert quote("salt road", text).paragraph == "p-bbbbbbbb"
    assert quote('"salt road"', text).paragraph == "p-bbbbbbbb"


def test_indonesian_affixes_are_no_hindrance() -> None:
    found = quote("ingat", '<p id="p-aaaaaaaa">Laut mengingat nama.</p>', INDONESIAN)
    assert drawn(found) == "Laut [mengingat] nama."
    found = quote("memakainya", '<p id="p-aaaaaaaa">Ia pakai topi.</p>', INDONESIAN)
    assert found.paragraph in ("p-aaaaaaaa", "")


def test_accents_and_capitals_are_no_hindrance() -> None:
    assert drawn(quote("CAFE", '<p id="p-aaaaaaaa">Un Café noir.</p>')) == "Un [Café] noir."


def test_long_sentences_are_cut_around_the_word() -> None:
    text = f'<p id="p-aaaaaaaa">{"word " * 400}lantern{" more" * 400}</p>'
    found = drawn(quote("lantern", text))
    assert "[lantern]" in found
    assert len(found) <= LONGEST + 10
    assert found.startswith("…")
    assert found.endswith("…")


def test_what_looks_like_markup_stays_text() -> None:
    found = quote(
        "lantern", '<p id="p-aaaaaaaa">a &lt;script&gt;x&lt;/script&gt; lantern &amp; oil</p>'
    )
    assert ("lantern", True) in found.marked
    assert not any("<mark" in part for part, _ in found.marked)
    assert drawn(found).endswith("[lantern] & oil")


def test_short_texts_are_quoted_whole_whether_or_not_they_have_the_words() -> None:
    assert drawn(quote("road", "The Salt Roads", whole=True)) == "The Salt [Roads]"
    assert drawn(quote("walrus", "The Salt Roads", whole=True)) == "The Salt Roads"
    assert not quote("walrus", "The Salt Roads")


def test_scripts_without_spaces_are_marked_as_they_were_typed() -> None:
    found = quote("東京", '<p id="p-aaaaaaaa">彼は東京都に住む。水。</p>', "esensi_pairs")
    assert drawn(found).startswith("彼は[東京]都に住む。")


@pytest.mark.parametrize(
    "text", ["", "<p>", '<p id="p-aaaaaaaa"></p>', "\x02lantern\x03", "\n\n\n"]
)
@pytest.mark.parametrize("config", [ENGLISH, "esensi_pairs"])
@pytest.mark.parametrize("asked", ["lantern", "", "-", "or", "%s \\ '", '"'])
def test_odd_texts_give_something_or_nothing(text: str, config: str, asked: str) -> None:
    for whole in (True, False):
        quote(asked, text, config, whole=whole)


def test_a_row_of_dashes_is_a_blank() -> None:
    assert drawn(quote("salt " + "-" * 90 + " road", "The salt road.")) == "The [salt] [road]."

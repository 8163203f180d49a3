"""The small Markdown of the demo texts."""

from __future__ import annotations

import pytest

from sites.books.demo.markup import to_html
from sites.books.text.clean import clean_html


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("One.\n\nTwo\nlines.", "<p>One.</p><p>Two lines.</p>"),
        ("## A *head*", "<h2>A <em>head</em></h2>"),
        ("- one\n- **two**", "<ul><li>one</li><li><strong>two</strong></li></ul>"),
        ("1. one\n10. ten", "<ol><li>one</li><li>ten</li></ol>"),
        ("> a\n>\n> b", "<blockquote><p>a</p><p>b</p></blockquote>"),
        ("| a line\n| another", '<section class="verse"><p>a line</p><p>another</p></section>'),
        ("2 < 3 & “four”", "<p>2 &lt; 3 &amp; “four”</p>"),
        ("", ""),
    ],
)
def test_each_mark_becomes_its_element(source: str, expected: str) -> None:
    assert to_html(source) == expected
    assert clean_html(expected) == expected


def test_lines_that_end_with_a_bar_are_a_table() -> None:
    assert to_html("| A | B |\n| --- | --- |\n| 1 | |") == (
        '<table><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>'
        "<tbody><tr><td>1</td><td></td></tr></tbody></table>"
    )


def test_a_note_and_its_mark_lead_to_each_other() -> None:
    assert to_html("- Salt[^1] and[^2]\n\n[^1]: Much.\n[^2]: More.") == (
        '<ul><li id="p-markaaab">Salt<a href="#p-noteaaab" role="doc-noteref">1</a>'
        ' and<a href="#p-noteaaac" role="doc-noteref">2</a></li></ul>'
        '<aside role="doc-footnote"><p id="p-noteaaab">'
        '<a href="#p-markaaab" role="doc-backlink">1</a> Much.</p></aside>'
        '<aside role="doc-footnote"><p id="p-noteaaac">'
        '<a href="#p-markaaab" role="doc-backlink">2</a> More.</p></aside>'
    )

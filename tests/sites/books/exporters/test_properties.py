"""Whatever a writer's text holds, its page is sound XML, and it comes back to the letter."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from sites.books.exporters.xhtml import serialise, text_element
from sites.books.importers.house_edition import HouseReader
from sites.books.text.clean import clean_html
from sites.books.text.paragraphs import assign_paragraph_ids
from tests.sites.books.exporters.reading import reader_of

NAMES = (
    *("p", "h1", "h3", "div", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "section"),
    *("aside", "figure", "figcaption", "table", "caption", "thead", "tbody", "tr", "td", "th"),
    *("a", "b", "em", "span", "ruby", "rt", "rp", "rb", "dfn", "bdo", "abbr", "q", "sub", "svg"),
    *("math", "mrow", "mi", "mo", "mfrac", "msup", "mtable", "mtr", "mtd", "mmultiscripts"),
)
ATTRIBUTES = (
    *(
        'lang="ar"',
        'lang="x-y"',
        'dir="rtl"',
        'class="verse"',
        'class="center"',
        'title="a &quot;"',
    ),
    *(
        'role="doc-footnote"',
        'role="doc-noteref"',
        'href="https://example.org/ä|"',
        'href="#p-aaaaaaaa"',
    ),
    *('href="chapter:abc#p-aaaaaaaa"', 'colspan="0"', 'rowspan="2"', 'scope="x"', 'value="3"'),
    *('mathvariant="odd"', 'display="block"', 'start="-2"', "reversed", 'alt="x\ny"'),
)
LETTERS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from(" \n\t&<>\"'\u00a0\u00ad"),
    max_size=8,
)
TAG = st.builds(
    lambda close, name, attributes: f"<{'/' if close else ''}{name} {'' if close else attributes}>",
    st.booleans(),
    st.sampled_from(NAMES),
    st.lists(st.sampled_from(ATTRIBUTES), max_size=2).map(" ".join),
)
VOID = st.sampled_from(["<br>", "<hr class='break'>", "<wbr>", "<img src='media:a/b.webp' alt=''>"])
MARKUP = st.lists(LETTERS | TAG | TAG | VOID, max_size=25).map("".join)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MARKUP)
def test_any_text_comes_back_to_the_letter(markup: str) -> None:
    text = assign_paragraph_ids(clean_html(markup))
    element = text_element(text, link=lambda _address: None, picture=lambda _address: None)
    page = f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>{serialise(element)}</body></html>'
    root = etree.fromstring(page.encode())
    (held,) = root.iter("{*}div") if len(list(root.iter("{*}div"))) == 1 else [root[0][0]]
    reader: HouseReader = reader_of({})
    assert reader._html("EPUB/text/aaaaaaaaaaaa.xhtml", held, "") == text

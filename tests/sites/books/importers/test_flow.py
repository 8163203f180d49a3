"""What becomes of the markup on a page."""

from __future__ import annotations

import re

import pytest

from sites.books.importers.book import ImportedBook
from sites.books.importers.epub import read_epub
from tests.sites.books.importers.epub_builder import Epub, picture

SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def read(body: str, css: str = "", **options: str) -> ImportedBook:
    epub = Epub().file("p.png", picture(), "image/png").file("s.css", css, "text/css")
    head = '<link rel="stylesheet" href="s.css"/>' + options.pop("head", "")
    return read_epub(epub.page("a.xhtml", body, toc_title="T", head=head, **options).open())


def html_of(body: str, css: str = "", **options: str) -> str:
    """The text of a page, without its ids."""
    return re.sub(r' id="p-\w+"', "", read(body, css, **options).chapters[0].html)


FORMS = {
    "divs with words are paragraphs": (
        "<div>a</div><div><div>b</div>c</div>",
        "<p>a</p><p>b</p><p>c</p>",
    ),
    "loose words are paragraphs": ("a<p>b</p>c", "<p>a</p><p>b</p><p>c</p>"),
    "a paragraph with blocks within is several": (
        "<p>a<ul><li>b</li></ul>c</p>",
        "<p>a</p><ul><li>b</li></ul><p>c</p>",
    ),
    "spaces collapse": ("<p>  a\n\t b <i> c</i>  </p>", "<p>a b <i> c</i></p>"),
    "empty paragraphs go": ("<p>a</p><p> &#160; </p><p><br/></p><p>b</p>", "<p>a</p><p>b</p>"),
    "formatting stays": (
        "<p><em>a</em> <strong>b</strong> <sup>c</sup> <cite>d</cite> <tt>e</tt></p>",
        "<p><em>a</em> <strong>b</strong> <sup>c</sup> <cite>d</cite> <code>e</code></p>",
    ),
    "spans without meaning go": ('<p><span class="x" id="y">a</span>b</p>', "<p>ab</p>"),
    "other languages stay": (
        '<p lang="de">Eins</p><p>a <span xml:lang="la">b</span></p><p lang="en-GB">c</p>',
        '<p lang="de">Eins</p><p>a <span lang="la">b</span></p><p>c</p>',
    ),
    "other directions stay": ('<div dir="rtl"><p>a</p></div>', '<p dir="rtl">a</p>'),
    "lists": (
        '<ol start="3"><li>a</li><li><p>b</p></li><li><p>c</p><p>d</p></li></ol>',
        '<ol start="3"><li>a</li><li>b</li><li><p>c</p><p>d</p></li></ol>',
    ),
    "lists in lists": (
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
        "<ul><li><p>a</p><ul><li>b</li></ul></li></ul>",
    ),
    "definitions": (
        "<dl><dt>a</dt><dd>b</dd><div><dt>c</dt><dd>d</dd></div></dl>",
        "<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>d</dd></dl>",
    ),
    "tables": (
        "<table><caption>t</caption><thead><tr><th scope='col'>a</th></tr></thead>"
        "<tr><td colspan='2'><p>b</p></td></tr></table>",
        '<table><caption>t</caption><thead><tr><th scope="col">a</th></tr></thead>'
        '<tbody><tr><td colspan="2">b</td></tr></tbody></table>',
    ),
    "quotations": (
        "<blockquote>a</blockquote><blockquote><p>b</p><p>c</p></blockquote>",
        "<blockquote><p>a</p></blockquote><blockquote><p>b</p><p>c</p></blockquote>",
    ),
    "preformatted text keeps its lines": ("<pre>\n a\n  b\n</pre>", "<pre> a\n  b</pre>"),
    "stars are a break between scenes": (
        "<p>a</p><p>* * *</p><p>b</p><hr/><p>c</p>",
        "<p>a</p><hr><p>b</p><hr><p>c</p>",
    ),
    "page numbers of the print go": (
        '<p>a<span epub:type="pagebreak" id="p1">12</span>b</p><div role="doc-pagebreak">13</div>',
        "<p>ab</p>",
    ),
    "a ruby stays": (
        "<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>",
        "<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>",
    ),
    "hidden things go": (
        '<p>a</p><p hidden="hidden">b</p><div class="gone">c</div><p aria-hidden="true">d</p>',
        "<p>a</p>",
    ),
    "scripts and forms go": (
        "<p>a</p><script>b()</script><style>c{}</style><form><input value='d'/><p>e</p></form>",
        "<p>a</p><p>e</p>",
    ),
    "classes that say italic and the like": (
        '<p class="em">a <span class="up">b</span></p><p><span class="heavy">c</span></p>',
        '<p><i>a <span class="small-caps">b</span></i></p><p><b>c</b></p>',
    ),
    "centred and right-hand paragraphs": (
        '<div class="mid"><p>a</p></div><p class="center">b</p><p style="text-align: right">c</p>',
        '<p class="center">a</p><p class="center">b</p><p class="right">c</p>',
    ),
    "blocks by stylesheet": (
        '<p><span class="row">a</span><span class="row">b</span></p>',
        "<p>a</p><p>b</p>",
    ),
    "verse": (
        '<div class="poem"><div class="stanza"><p>a</p><p>b<span class="lnum">2</span></p></div></div>',
        '<section class="verse"><section class="verse"><p>a</p>'
        '<p>b<span class="line-number">2</span></p></section></section>',
    ),
    "verse by the lines of the source": (
        '<div class="verse">\n a\n b\n</div>',
        '<section class="verse"><p>a</p><p>b</p></section>',
    ),
    "the default of a switch": (
        "<p>a</p><epub:switch><epub:case required-namespace='x'><p>b</p></epub:case>"
        "<epub:default><p>c</p></epub:default></epub:switch>",
        "<p>a</p><p>c</p>",
    ),
    "a formula, without its annotation": (
        '<p>a</p><math xmlns="http://www.w3.org/1998/Math/MathML" alttext="x/2"><semantics>'
        "<mfrac><mi>x</mi><mn>2</mn></mfrac><annotation>x</annotation></semantics></math>",
        '<p>a</p><p><math alttext="x/2"><mfrac><mi>x</mi><mn>2</mn></mfrac></math></p>',
    ),
    "fences as browsers know them": (
        '<p>a</p><math xmlns="http://www.w3.org/1998/Math/MathML">'
        '<mfenced open="["><mi>x</mi><mi>y</mi></mfenced></math>',
        '<p>a</p><p><math><mrow><mo fence="true">[</mo><mi>x</mi><mo separator="true">,</mo>'
        '<mi>y</mi><mo fence="true">)</mo></mrow></math></p>',
    ),
    "links that run or lead nowhere": (
        '<p><a href="javascript:x()">a</a><a href="gone.xhtml">b</a><a href="file:///x">c</a></p>',
        "<p>abc</p>",
    ),
    "links out of the house": (
        '<p><a href="https://x.example/">a</a></p>',
        '<p><a href="https://x.example/" rel="noopener nofollow ugc">a</a></p>',
    ),
}
CSS = (
    ".em { font-style: italic } span.up{font-variant:small-caps} .heavy {font-weight:700}"
    "@media screen { .mid { text-align: center; color: red } } .gone { display: none }"
    "/* .center{display:none} */ .row { display: block } @font-face { src: url(x.otf) }"
)


@pytest.mark.parametrize(("body", "expected"), FORMS.values(), ids=FORMS.keys())
def test_the_form_of_a_page(body: str, expected: str) -> None:
    assert html_of(body, CSS) == expected


def test_pictures_are_stored_and_shown() -> None:
    book = read(
        '<p>a</p><p><img src="p.png" alt="A &quot;sea&quot;"/></p><p>b <img src="p.png"/></p>'
    )
    (picture_,) = book.pictures.values()
    assert (picture_.width, picture_.height, picture_.type) == (40, 30, "image/webp")
    html = book.chapters[0].html
    figure = (
        f'<img alt="A &quot;sea&quot;" height="30" src="media:{picture_.key}" width="40"></figure>'
    )
    assert figure in html
    assert f'b <img alt="" height="30" src="media:{picture_.key}" width="40"></p>' in html


def test_a_figure_keeps_its_caption() -> None:
    html = html_of('<p>a</p><figure><img src="p.png"/><figcaption><p>b</p></figcaption></figure>')
    assert re.search(r"<figure><img [^>]*><figcaption>b</figcaption></figure>$", html)


def test_a_cover_wrapped_in_svg_is_unwrapped() -> None:
    html = html_of(f'<p>a</p><div><svg {SVG}><g><image xlink:href="p.png"/></g></svg></div>')
    assert 'width="40"' in html


def test_a_drawing_becomes_a_picture_with_its_own_words() -> None:
    drawing = (
        f'<svg {SVG} viewBox="0 0 30 20"><title>A square</title><rect width="9" height="9"/></svg>'
    )
    html = html_of(f"<p>a {drawing}</p>")
    assert re.search(
        r'<img alt="A square" height="20" src="media:pictures/\w+.webp" width="30">', html
    )


def test_sound_and_film_are_left_out_and_said_so() -> None:
    book = read(
        "<p>a</p><video src='v.mp4'><p>no film</p></video><p>b <audio src='a.mp3'>no</audio></p>"
    )
    assert "no" not in book.chapters[0].html
    assert book.notes == ["Films were left out.", "Sound was left out."]


def test_a_picture_that_is_missing_is_left_out_and_said_so() -> None:
    book = read('<p>a <img src="gone.png" alt="x"/></p>')
    assert "<img" not in book.chapters[0].html
    assert book.notes == ["The picture gone.png cannot be read; it was left out."]


NOTES = {
    "EPUB 3": (
        '<p>a<a epub:type="noteref" href="#n1">1</a></p>'
        '<aside epub:type="footnote" id="n1"><p>note</p></aside>'
    ),
    "DPUB roles": (
        '<p>a<a role="doc-noteref" href="#n1">1</a></p><div role="doc-footnote" id="n1">note</div>'
    ),
    "EPUB 2 by names": (
        '<p>a<a href="#fn1" id="r1"><sup>[1]</sup></a></p><div class="footnote" id="fn1">note</div>'
    ),
    "a paragraph": (
        '<p>a<a epub:type="noteref" href="#n1">1</a></p><p epub:type="footnote" id="n1">note</p>'
    ),
}


@pytest.mark.parametrize("body", NOTES.values(), ids=NOTES.keys())
def test_notes_are_kept_as_notes(body: str) -> None:
    html = read(body).chapters[0].html
    target = re.search(r'<a href="#(p-\w+)" role="doc-noteref">', html)
    assert target
    assert f'<aside role="doc-footnote"><p id="{target[1]}">note</p></aside>' in html


def test_endnotes_are_a_section_and_lead_back() -> None:
    html = (
        read(
            '<p id="r">a<a epub:type="noteref" href="#n1">1</a></p><section epub:type="endnotes">'
            '<ol><li id="n1" epub:type="endnote"><p>note <a href="#r">1</a></p></li></ol></section>'
        )
        .chapters[0]
        .html
    )
    target = re.search(r'<a href="#(p-\w+)" role="doc-noteref">', html)
    assert target
    assert f'<section role="doc-endnotes"><ol><li id="{target[1]}">note ' in html
    assert re.search(r'<a href="#p-\w+" role="doc-backlink">1</a>', html)


def test_links_lead_to_the_nearest_paragraph_of_the_right_chapter() -> None:
    epub = Epub().page(
        "a.xhtml",
        '<h1>A</h1><p id="one">a</p><p>b <span id="two">c</span></p><ul><li>d</li>'
        '<li id="three">e</li></ul><a id="four"/><div id="five"><p>f</p></div><hr id="six"/><p>g</p>',
        toc_title="A",
    )
    names = ("one", "two", "three", "four", "five", "six", "gone")
    links = "".join(f'<a href="a.xhtml#{name}">{name}</a>' for name in names)
    epub.page("b.xhtml", f'<p>{links}<a href="a.xhtml">all</a></p>', toc_title="B")
    first, second = read_epub(epub.open()).chapters
    words = dict(re.findall(r'id="(p-\w+)">(?:<p[^>]*>)?(\w)', first.html))
    leads = re.findall(rf'<a href="chapter:{first.uid}#?(p-\w+)?">(\w+)</a>', second.html)
    found = {name: words.get(paragraph, "") for paragraph, name in leads}
    assert found == {
        "one": "a",
        "two": "b",
        "three": "e",
        "four": "f",
        "five": "f",
        "six": "g",
        "gone": "",
        "all": "",
    }


def test_the_anchor_of_a_removed_title_leads_to_the_text_below_it() -> None:
    epub = Epub().page("a.xhtml", '<h1 id="top">A</h1><p>first</p>', toc_title="A")
    epub.page("b.xhtml", '<p><a href="a.xhtml#top">up</a></p>', toc_title="B")
    first, second = read_epub(epub.open()).chapters
    target = re.search(r"#(p-\w+)", second.html)
    assert target
    assert f'<p id="{target[1]}">first</p>' in first.html

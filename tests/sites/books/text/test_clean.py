"""What may stand in a chapter, and what never gets into one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sites.books.text import clean
from sites.books.text.allowed import DROPPED_WITH_CONTENT, POINTABLE, TAGS
from sites.books.text.clean import clean_html
from sites.books.text.tokens import plain_text, read_clean_tag, split_clean

FORMS = {
    "loose text becomes a paragraph": ("hello", "<p>hello</p>"),
    "a div is a paragraph": ("<div>a</div><div>b</div>", "<p>a</p><p>b</p>"),
    "a div around paragraphs goes": ("<div><p>a</p><p>b</p></div>", "<p>a</p><p>b</p>"),
    "open paragraphs are closed": ("<p>a<p>b", "<p>a</p><p>b</p>"),
    "formatting ends with its block": ("<p><b>a</p><p>b</p>", "<p><b>a</b></p><p>b</p>"),
    "h1 becomes h2": ("<h1>One</h1>", "<h2>One</h2>"),
    "old names become new ones": ("<p><tt>a</tt></p>", "<p><code>a</code></p>"),
    "loose text in a list becomes an item": ("<ul>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
    "an item outside a list is a paragraph": ("<li>a</li>", "<p>a</p>"),
    "line ends at the head of pre go": ("<pre>\n\na\n</pre>", "<pre>a\n</pre>"),
    "a section that says nothing goes": ("<section>a</section>", "<p>a</p>"),
    "a section with a role stays": (
        '<section role="doc-endnotes" id="x">a</section>',
        '<section role="doc-endnotes"><p>a</p></section>',
    ),
    "unknown classes and roles go": (
        '<p class="big center" role="banner">a</p>',
        '<p class="center">a</p>',
    ),
    "a span without attributes goes": ('<p><span class="x">a</span></p>', "<p>a</p>"),
    "language and direction stay": (
        '<p lang="ar" dir="rtl">a</p>',
        '<p dir="rtl" lang="ar">a</p>',
    ),
    "a paragraph id stays": ('<p id="p-abcdefg2">a</p>', '<p id="p-abcdefg2">a</p>'),
    "other ids go": ('<p id="one">a</p><p id="p-ABCDEFGH">b</p>', "<p>a</p><p>b</p>"),
    "ids of spans go": ('<p>a<em id="p-abcdefg2">b</em></p>', "<p>a<em>b</em></p>"),
    "links out of the house are marked": (
        '<p><a href="https://x.example/" rel="opener">a</a></p>',
        '<p><a href="https://x.example/" rel="noopener nofollow ugc">a</a></p>',
    ),
    "links inside are not": (
        '<p><a href="chapter:abc234#p-abcdefg2">a</a><a href="#p-abcdefg2">b</a></p>',
        '<p><a href="chapter:abc234#p-abcdefg2">a</a><a href="#p-abcdefg2">b</a></p>',
    ),
    "a mail address stays": (
        '<p><a href="mailto:a@x.example">a</a></p>',
        '<p><a href="mailto:a@x.example">a</a></p>',
    ),
    "a note reference stays": (
        '<p><a role="doc-noteref" href="#p-abcdefg2">1</a></p>',
        '<p><a href="#p-abcdefg2" role="doc-noteref">1</a></p>',
    ),
    "our pictures stay": (
        '<figure><img src="media:pictures/a.webp" alt="A" width="4" height="3"></figure>',
        '<figure><img alt="A" height="3" src="media:pictures/a.webp" width="4"></figure>',
    ),
    "a picture of others goes": ('<p>a<img src="https://x.example/a.png">b</p>', "<p>ab</p>"),
    "a picture by relative address goes": ('<p>a<img src="../a.png">b</p>', "<p>ab</p>"),
    "media: is for pictures only": ('<p><a href="media:a.webp">a</a></p>', "<p>a</p>"),
    "formulas stay": (
        '<p><math display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac></math></p>',
        '<p><math display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac></math></p>',
    ),
    "parts of formulas elsewhere go": ("<p><mi>a</mi></p>", "<p>a</p>"),
    "ruby stays": (
        "<p><ruby>漢<rt>kan</ruby></p>",
        "<p><ruby>漢<rt>kan</rt></ruby></p>",
    ),
    "a scene break stays": ('<p>a</p><hr class="break">', '<p>a</p><hr class="break">'),
    "nothing stays nothing": ("", ""),
    "comments go": ("<p>a<!-- b --></p>", "<p>a</p>"),
    "NUL and other controls go": ("<p>a\x00b\x0b\x7fc\ud800</p>", "<p>abc</p>"),
    "line ends are line feeds": ("<pre>a\r\nb\rc</pre>", "<pre>a\nb\nc</pre>"),
    "CDATA is text": ("<p><![CDATA[a<b]]></p>", "<p>a&lt;b</p>"),
}


@pytest.mark.parametrize(("given_html", "expected"), FORMS.values(), ids=FORMS.keys())
def test_the_clean_form(given_html: str, expected: str) -> None:
    assert clean_html(given_html) == expected
    assert clean_html(expected) == expected


VECTORS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.example/a.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='media:a.webp' onerror=alert(1)>",
    '<img src="media:a.webp" srcset="https://x.example/a 2x">',
    '<img src="media:../../etc/passwd">',
    '<img src="media:a/../../b">',
    "<img src=data:image/svg+xml;base64,PHN2Zz4=>",
    "<img/src=x/onerror=alert(1)//>",
    '<img """><script>alert(1)</script>">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="&#x6A&#x61vascript&colon;alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="\x01javascript:alert(1)">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="//x.example/">x</a>',
    '<a href="/admin/">x</a>',
    '<a href="chapter:../../x">x</a>',
    '<a href="chapter:abc#javascript:alert(1)">x</a>',
    '<a href="#top">x</a>',
    '<a href="https://x.example/" onclick=alert(1) target=_blank ping=//x>x</a>',
    '<a xlink:href="javascript:alert(1)">x</a>',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math><mtext><table><mglyph><svg><mtext><textarea><path id='</textarea><img onerror=alert(1) src=1>'>",
    "<math><annotation-xml encoding='text/html'><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<math href='javascript:alert(1)'><mi>x</mi></math>",
    "<math><maction actiontype='statusline#http://x' xlink:href='javascript:alert(1)'>x</maction></math>",
    "<math><mi style='background:url(//x)'>x</mi></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<form action=javascript:alert(1)><input type=submit><button formaction=javascript:alert(1)>x",
    "<isindex action=javascript:alert(1) type=submit>",
    "<style>@import '//x.example/a.css';</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<link rel=stylesheet href=//x.example/a.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='//x.example/'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<body onload=alert(1)>",
    "<table background=javascript:alert(1)><tr><td>x</table>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<title><p title='</title><img src=x onerror=alert(1)>'>",
    "<textarea><p title='</textarea><img src=x onerror=alert(1)>'>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--<img src='--><img src=x onerror=alert(1)>'>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<p title='&quot;><img src=x onerror=alert(1)>'>x</p>",
    '<abbr title="&quot; onmouseover=alert(1) x=&quot;">x</abbr>',
    "<p id='p-aaaaaaaa' onfocus=alert(1) autofocus tabindex=1>x</p>",
    "<p id='location'>x</p><img name=cookie>",
    "<select><template><img src=x onerror=alert(1)></template></select>",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "<p lang='\"><script>alert(1)</script>'>x</p>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
]
#: What the value of an attribute in a clean text may look like, written again apart from the code.
HARMLESS = re.compile(
    r'(href="(#p-[a-z2-7]{8}|chapter:[a-zA-Z0-9]+(#p-[a-z2-7]{8})?|https?://[^"]*|mailto:[^"]*)"'
    r'|src="media:[a-zA-Z0-9][\w./-]*"|(alt|title|alttext)="[^"<>]*"|id="p-[a-z2-7]{8}"'
    r'|rel="noopener nofollow ugc"'
    r'|(lang|dir|class|role|width|height|display|colspan|rowspan|start|value)="[\w %.-]*")'
)


def assert_harmless(text: str) -> None:
    for piece in split_clean(text)[::2]:
        assert "<" not in piece
        assert ">" not in piece
    for piece in split_clean(text)[1::2]:
        tag = read_clean_tag(piece)
        assert tag.name in TAGS
        assert tag.name not in DROPPED_WITH_CONTENT
        for written in re.findall(r'[^\s=]+="[^"]*"', piece):
            assert HARMLESS.fullmatch(written), written
        assert ".." not in tag.attributes.get("src", "")


@pytest.mark.parametrize("vector", VECTORS)
def test_an_attack_leaves_nothing_that_runs(vector: str) -> None:
    for page in (vector, f"<p>before {vector} after</p>", f"<table><tr><td>{vector}</table>"):
        text = clean_html(page)
        assert_harmless(text)
        assert clean_html(text) == text


_pieces = st.one_of(
    st.sampled_from(VECTORS),
    st.sampled_from([form for form, _ in FORMS.values()]),
    st.sampled_from(sorted(TAGS | DROPPED_WITH_CONTENT | {"div", "h1", "center", "foo"})).flatmap(
        lambda name: st.sampled_from(
            [f"<{name}>", f"</{name}>", f"<{name}/>", f'<{name} id="p-aaaaaaaa" class="center">']
        )
    ),
    st.text(max_size=12),
    st.sampled_from(["&lt;", "&amp;amp;", "&nbsp;", "\n\n", " ", "<", ">", '"', "'", "&", "]]>"]),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_pieces, max_size=14).map("".join))
def test_cleaning_twice_changes_nothing(markup: str) -> None:
    once = clean_html(markup)
    assert clean_html(once) == once
    assert_harmless(once)


@settings(max_examples=200, deadline=None)
@given(st.lists(_pieces, max_size=14).map("".join))
def test_every_word_stands_in_a_block(markup: str) -> None:
    depth = 0
    for index, piece in enumerate(split_clean(clean_html(markup))):
        if index % 2 == 0:
            assert depth or not piece.strip()
            continue
        tag = read_clean_tag(piece)
        if tag.name in POINTABLE:
            depth += -1 if tag.closing else 1


def test_what_never_settles_keeps_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clean, "_pass_once", lambda text: text + "<b>again</b>")
    assert clean_html("<i>word").startswith("<p>word</p><p>again</p>")


def test_the_words_of_a_text() -> None:
    assert plain_text("<p>a &amp; <b>b</b></p>\n<p>c</p>") == "a & b\nc"


@pytest.mark.parametrize(
    "typed",
    [
        "<p>Sebuah <em>demo</em> kecil.</p>",
        "<p><i>di rumah</i></p>",
        "<p><i>Ai kata ibu</i></p>",
        '<p><a href="https://example.org/">La mer</a></p>',
        "<p><b>xb</b></p>",
        "<p><strong>istrong di sini</strong></p>",
    ],
)
def test_words_that_begin_like_the_element_around_them_stay(typed: str) -> None:
    words = re.sub(r"<[^>]*>", "", typed)
    assert words in re.sub(r"<[^>]*>", "", clean_html(typed))

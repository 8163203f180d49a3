"""Clean texts of every kind of markup, as the cleaner writes them, and those that the prose editor
cannot hold. The rule on the server and a real browser are both held to these."""

from __future__ import annotations

#: What the editor gives back as it was.
KEPT = {
    "paragraphs": '<p id="p-aaaaaaaa">Air <em>naik</em>.</p>\n\n<p id="p-bbbbbbbb"><strong>Ibu</strong> diam.</p>',
    "white space": '<p id="p-aaaaaaaa">Air\n   naik  pelan.</p>',
    "no-break spaces": '<p id="p-aaaaaaaa">Dix&nbsp;mille\u202f!</p>',
    "attributes": '<p class="center indent" dir="rtl" id="p-aaaaaaaa" lang="ar">بحر</p>',
    "headings": '<h2 class="center" id="p-aaaaaaaa">I</h2><h3 id="p-bbbbbbbb">II</h3><h6 id="p-cccccccc">VI</h6>',
    "every mark": "<p>"
    + " ".join(
        f"<{tag}>kata</{tag}>"
        for tag in [
            "abbr",
            "b",
            "bdi",
            "bdo",
            "cite",
            "code",
            "del",
            "dfn",
            "em",
            "i",
            "ins",
            "kbd",
            "mark",
            "q",
            "s",
            "samp",
            "small",
            "strong",
            "sub",
            "sup",
            "u",
            "var",
        ]
    )
    + "</p>",
    "marks in both orders": "<p><em><strong>a</strong></em> <strong><em>b</em></strong></p>",
    "spans": '<p><span class="small-caps">Nila</span> <span dir="rtl" lang="ar">بحر</span> <abbr title="Unit">u</abbr></p>',
    "overlapping words": "<p><em>a <b>b</b></em><b> c</b>d<em>e</em></p>",
    "links": '<p><a href="chapter:abcdefghijkl#p-aaaaaaaa">halaman</a> <a href="#p-bbbbbbbb">sini</a> '
    '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener nofollow ugc">luar</a> '
    '<a href="mailto:a@example.org">surat</a></p>',
    "footnotes": '<p id="p-aaaaaaaa">Kata<a href="#p-bbbbbbbb" role="doc-noteref"><sup>1</sup></a></p>'
    '<aside role="doc-footnote"><p id="p-bbbbbbbb">Catatan. <a href="#p-aaaaaaaa" role="doc-backlink">↩</a></p></aside>',
    "sections": '<section class="verse" role="doc-epigraph"><p id="p-aaaaaaaa">Ombak,<br>ombak.</p></section>',
    "verse": '<blockquote class="verse"><p id="p-aaaaaaaa">Satu</p><p id="p-bbbbbbbb">dua</p></blockquote>',
    "a loose quotation": '<blockquote id="p-aaaaaaaa">Laut <em>ingat</em>.</blockquote>',
    "scene breaks": '<p>a</p><hr><p>b</p><hr class="break"><p>c</p>',
    "loose items": '<ul><li id="p-aaaaaaaa">satu</li><li id="p-bbbbbbbb">dua<ul><li id="p-cccccccc">tiga</li></ul></li></ul>',
    "items of paragraphs": '<ol start="3" type="a"><li id="p-aaaaaaaa" value="4"><p id="p-bbbbbbbb">satu</p><p id="p-cccccccc">dua</p></li><li id="p-dddddddd"></li></ol>',
    "an item that begins with a list": '<ul><li><ol reversed="reversed"><li>satu</li></ol></li></ul>',
    "words around a list": "<ul><li>a<ul><li>b</li></ul>c</li></ul>",
    "pictures": '<p id="p-aaaaaaaa">Lihat <img alt="peta" height="40" src="media:pictures/a.webp" width="60"> ini.</p>',
    "a linked picture": '<p><a href="chapter:abcdefghijkl"><img alt="" src="media:a.webp"></a></p>',
    "figures": '<figure id="p-aaaaaaaa"><img alt="" src="media:pictures/a.webp"><figcaption>Peta <em>lama</em></figcaption></figure>',
    "tables": '<table id="p-aaaaaaaa"><caption>Pasang</caption><thead><tr><th scope="col">jam</th></tr></thead><tbody><tr><td colspan="2">6 <b>pagi</b></td></tr></tbody></table>',
    "code": '<pre id="p-aaaaaaaa">a\n  <b>b</b>\n\n c</pre>',
    "descriptions": '<dl><dt id="p-aaaaaaaa">nila</dt><dd id="p-bbbbbbbb"><p id="p-cccccccc">biru</p></dd></dl>',
    "ruby": "<p>大<em><ruby>海<rp>(</rp><rt>うみ</rt><rp>)</rp></ruby></em>へ</p>",
    "formulas": '<p id="p-aaaaaaaa">Maka <math display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac></math> tinggi.</p>',
    "chances to break a word": "<p>super<wbr>califragi<wbr>listik</p>",
    "empty paragraphs": '<p id="p-aaaaaaaa"></p><p id="p-bbbbbbbb">&nbsp;</p>',
    "nothing": "",
}

#: What would come back otherwise, and the element that the rule names.
NOT_KEPT = {
    "a mark in one of its kind": ("<p><q>a <q>b</q> c</q></p>", "q"),
    "spans in spans": ('<p><span lang="id">a <span class="small-caps">b</span></span></p>', "span"),
    "ruby text without its ruby": ("<p>a <rt>b</rt></p>", "rt"),
    "a break with a language": ('<p>a<br lang="en">b</p>', "br"),
    "words beside a paragraph": ("<blockquote>a<p>b</p></blockquote>", "p"),
    "a paragraph beside words": ("<ul><li><p>a</p>b</li></ul>", "li"),
    "a list in a list without an item": ("<ul><li>a</li><ul><li>b</li></ul></ul>", "ul"),
    "an empty quotation": ("<blockquote></blockquote>", "blockquote"),
    "an empty note": ('<aside role="doc-footnote"></aside>', "aside"),
}

"""The stylesheet of an edition: small, so that a reader's own choices count."""

from __future__ import annotations

from typing import Final

_BODY: Final = """\
body { margin: 5%; line-height: 1.5; }
h1, h2, h3, h4, h5, h6 { line-height: 1.25; text-align: start; hyphens: none; break-after: avoid; }
h1 { font-size: 1.6em; margin: 2em 0 1.5em; }
p { margin: 0; text-indent: 1.5em; orphans: 2; widows: 2; }
h1 + #text > p:first-child, h2 + p, h3 + p, hr + p, p.center, p.right, li > p, td > p, aside > p {
  text-indent: 0;
}
p.indent { margin-inline-start: 1.5em; }
.center { text-align: center; }
.right { text-align: end; }
.verse p { text-indent: 0; }
.verse { margin: 1em 0 1em 1.5em; }
.small-caps { font-variant: small-caps; }
.line-number { font-size: .75em; }
blockquote, pre, figure, table, ul, ol, dl, aside { margin: 1em 0 1em 1.5em; }
figure { margin-inline: 0; text-align: center; break-inside: avoid; }
img { max-width: 100%; height: auto; }
figcaption, caption, aside { font-size: .875em; }
hr { border: 0; margin: 1.5em auto; text-align: center; }
hr::before { content: "* * *"; }
table { border-collapse: collapse; }
td, th { padding: .25em .5em; text-align: start; vertical-align: top; }
pre { white-space: pre-wrap; }
a[role~="doc-noteref"] { font-size: .75em; vertical-align: super; line-height: 0; }
[data-tag="table"] { display: table; }
[data-tag="tr"] { display: table-row; }
[data-tag="td"], [data-tag="th"] { display: table-cell; padding: .25em .5em; }
[data-tag="li"] { display: list-item; }
.title-page { text-align: center; margin-top: 20%; }
.title-page p { text-indent: 0; margin-top: 1em; }
.cover { margin: 0; padding: 0; text-align: center; }
.cover img { max-height: 100%; }
"""


def stylesheet(writing_mode: str) -> str:
    """Give the stylesheet for a book whose lines run as ``writing_mode`` says, by CSS's names."""
    if writing_mode == "horizontal-tb":
        return _BODY
    modes = "".join(f"{prefix}writing-mode: {writing_mode}; " for prefix in ("-epub-", "-webkit-"))
    return f"html {{ {modes}writing-mode: {writing_mode}; }}\n{_BODY}"

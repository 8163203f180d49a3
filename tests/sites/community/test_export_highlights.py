"""What people wrote stays text in the files that they take along, whatever it looks like."""

from __future__ import annotations

import html
import re

import pytest
from markdown_it import MarkdownIt

from sites.books.models import Book, Chapter
from sites.community.export_highlights import as_markdown
from sites.community.highlights import Listed
from sites.community.models import Highlight
from tests.hostile_texts import PAYLOADS
from tests.sites.community.talk import NOW

#: What CommonMark reads as its own at some place of a line.
LOOKS_LIKE_MARKDOWN = [
    "1. no list",
    "12) neither",
    "2026. A year.",
    "- a dash",
    "+ plus",
    "    four blanks",
    "\tcode",
    "    - deep",
    "===",
    "# no heading",
    "> no quotation",
    "`code` *a* _b_ [x](http://e.example) ![i](x)",
    "<https://auto.example>",
    "a  \nb",
    "~~~\nfence",
    "***",
    "&lt;b&gt; &amp;",
    "[ref]: http://x.example",
    "a line\\",
    "\\# of its own",
    "text\n---",
    "text\n===",
    "a\n    b",
    "a\n1. b",
]


def seen(markdown: str) -> tuple[set[str], str]:
    """The elements that a reader of Markdown makes of it, and the words that it shows."""
    drawn = MarkdownIt("commonmark").render(markdown)
    words = html.unescape(re.sub(r"<[^>]+>", " ", drawn))
    return set(re.findall(r"</?([a-z0-9]+)", drawn)), " ".join(words.split())


@pytest.mark.parametrize(
    "text", [*LOOKS_LIKE_MARKDOWN, *(one.replace("\0", "") for one in PAYLOADS)]
)
def test_words_are_words_in_markdown(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Book, "author_names", "")  # of a book that is stored nowhere
    chapter = Chapter(number=1, title=text)
    made = Highlight(chapter=chapter, quote=text, note=text, colour="pink", created_at=NOW)
    elements, words = seen(as_markdown(Book(title=text), [Listed(made, is_gone=False)]))
    assert elements <= {"h1", "h2", "blockquote", "p", "br", "em"}
    assert words.count(" ".join(text.split())) == 4

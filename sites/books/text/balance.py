"""Rewrite any HTML so that a sanitiser can parse it in linear time.

This runs before the sanitiser, not instead of it. An HTML5 parser is obliged to reopen unclosed
formatting in every following paragraph: 40 KB of ``<p><b a=1><p><b a=2>…`` become 74 MB, and
20,000 nested lists take 5 s (measured with nh3 0.3.8). After this pass formatting never reaches
over the edge of a block, and nothing is nested deeper than ``DEPTH_LIMIT``; tags beyond that go,
their text stays. The time is linear in the length.
"""

from __future__ import annotations

import html
from typing import Final

from sites.books.text.allowed import BLOCKS, EDGE, INLINE, MATHML, VOID, allowed_value
from sites.books.text.tokens import Tag, read_any

DEPTH_LIMIT: Final = 48  # lists in tables in quotations need a dozen; deeper is no prose
INLINE_LIMIT: Final = 16  # word processors nest half a dozen spans

#: Elements whose end tag may be left out. The parser ends them by itself, so they don't count.
_OPTIONAL_END: Final = frozenset(
    {"p", "li", "dt", "dd", "thead", "tbody", "tfoot", "tr", "td", "th"}
)
#: An element that ends an open one of its kind.
_RUBY: Final = frozenset({"rb", "rt", "rp"})
_ENDS: Final = {"a": frozenset({"a"}), "rb": _RUBY, "rt": _RUBY, "rp": _RUBY}


def balance(markup: str) -> str:
    """Give ``markup`` again with allowed elements and attributes only, and of bounded depth."""
    writer = _Writer()
    for piece in read_any(markup):
        if isinstance(piece, str):
            writer.out.append(html.escape(piece, quote=False))
        elif piece.closing:
            writer.end(piece.name)
        else:
            writer.start(piece)
    writer.close(writer.blocks)
    return "".join(writer.out)


class _Writer:
    """Writes tags; keeps the open blocks, and the inline elements open in the innermost one."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.blocks: list[str] = []
        self.inline: list[str] = []

    def start(self, tag: Tag) -> None:
        if "math" in self.inline:
            if tag.name in MATHML and tag.name != "math":
                self._start_inline(tag, DEPTH_LIMIT)
        elif tag.name in INLINE or tag.name == "math":
            ended = _ENDS.get(tag.name)
            if ended:
                self._end_first(ended)
            self._start_inline(tag, INLINE_LIMIT)
        elif tag.name in BLOCKS or tag.name == EDGE:
            self._start_block(tag)

    def _end_first(self, names: frozenset[str]) -> None:
        for name in self.inline:
            if name in names:
                self.end(name)
                break

    def end(self, name: str) -> None:
        if name in VOID:
            return
        if name in INLINE or name in MATHML:
            if name in self.inline:
                self.close(self.inline, name)
        elif name in BLOCKS or name == EDGE:
            self.close(self.inline)
            if name in _OPTIONAL_END:
                self.out.append(f"</{name}>")
            elif name in self.blocks:
                self.close(self.blocks, name)

    def close(self, stack: list[str], name: str = "") -> None:
        """Close what is open in ``stack``, down to the innermost ``name``, or all."""
        if stack is self.blocks:
            self.close(self.inline)
        while stack:
            last = stack.pop()
            self.out.append(f"</{last}>")
            if last == name:
                return

    def _start_inline(self, tag: Tag, limit: int) -> None:
        if tag.name in VOID:
            self._write(tag)
        elif len(self.inline) < limit:
            self._write(tag)
            self.inline.append(tag.name)
            if tag.empty:
                self.close(self.inline, tag.name)

    def _start_block(self, tag: Tag) -> None:
        self.close(self.inline)
        if tag.name in VOID or tag.name in _OPTIONAL_END:
            self._write(tag)
            if tag.empty and tag.name not in VOID:
                self.out.append(f"</{tag.name}>")
        elif len(self.blocks) < DEPTH_LIMIT:
            self._write(tag)
            self.blocks.append(tag.name)
            if tag.empty:
                self.close(self.blocks, tag.name)

    def _write(self, tag: Tag) -> None:
        if not tag.attributes:
            self.out.append(f"<{tag.name}>")
            return
        values = (
            (key, allowed_value(tag.name, key, value.strip()))
            for key, value in tag.attributes.items()
        )
        attributes = {key: value for key, value in sorted(values) if value is not None}
        self.out.append(str(Tag(tag.name, attributes)))

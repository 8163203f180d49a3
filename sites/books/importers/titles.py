"""Find what a chapter is called, and take that heading out of its text."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from sites.books.importers import limits
from sites.books.importers.division import Draft
from sites.books.importers.flow_block import FlowBlock

#: A heading of so few words ("Chapter two") is only the label of the one below it.
LABEL_WORDS: Final = 3
HEADS: Final = 8  # headings in a row that can belong to a title: part, number, title, subtitle


def _kinds() -> dict[str, str]:
    """Names for pages that have no heading, by what they say that they are."""
    return {
        "titlepage": _("Title page"),
        "halftitlepage": _("Title page"),
        "copyright-page": _("Copyright"),
        "dedication": _("Dedication"),
        "epigraph": _("Epigraph"),
        "colophon": _("Colophon"),
        "acknowledgments": _("Acknowledgments"),
        "preface": _("Preface"),
        "foreword": _("Foreword"),
        "introduction": _("Introduction"),
        "prologue": _("Prologue"),
        "epilogue": _("Epilogue"),
        "afterword": _("Afterword"),
        "appendix": _("Appendix"),
        "bibliography": _("Bibliography"),
        "glossary": _("Glossary"),
        "endnotes": _("Notes"),
        "rearnotes": _("Notes"),
        "footnotes": _("Notes"),
    }


def settle_titles(drafts: list[Draft], book_title: str, vague: str) -> None:
    """Give every draft a title, and remove the headings that only repeat it.

    ``vague`` is a label of the contents that titles nothing, such as "Begin reading".
    """
    for number, draft in enumerate(drafts, start=1):
        heads = _leading_heads(draft.blocks)
        is_vague = draft.named and vague and _squeezed(draft.title) == _squeezed(vague)
        if not draft.title or (is_vague and heads):
            draft.title = _title_from(draft, heads, book_title) or draft.title
        draft.title = _short(draft.title or _("Part %(number)s") % {"number": number})
        _remove_repeated(draft)


def _title_from(draft: Draft, heads: list[FlowBlock], book_title: str) -> str:
    if heads:
        is_label = len(heads) > 1 and len(heads[0].text.split()) <= LABEL_WORDS
        joined = ": ".join(head.text.rstrip(".:") for head in heads[:2])
        return joined if is_label and len(joined) <= limits.METADATA_LENGTH else heads[0].text
    kind = next((name for kind, name in _kinds().items() if kind in draft.types), "")
    if kind:
        return kind
    first = next((block.text for block in draft.blocks if block.level), "")
    own = draft.own_title
    return first or (own if _squeezed(own) != _squeezed(book_title) else "")


def _leading_heads(blocks: list[FlowBlock]) -> list[FlowBlock]:
    heads: list[FlowBlock] = []
    for block in blocks[:HEADS]:
        if not block.level:
            break
        heads.append(block)
    return heads


def _remove_repeated(draft: Draft) -> None:
    """Remove the run of leading headings that says what the title says, or begins to say.

    Its anchors go to the block that follows.
    """
    heads = _leading_heads(draft.blocks)
    start, end = _repeated_run([_squeezed(head.text) for head in heads], _squeezed(draft.title))
    rest = draft.blocks[end:]
    if start == end or not (rest or start):
        return  # nothing repeats the title, or the chapter has nothing else
    anchors = [pair for head in heads[start:end] for pair in head.anchors]
    taker = rest[0] if rest else heads[start - 1]
    taker.anchors = anchors + taker.anchors
    draft.blocks = [*heads[:start], *rest]


def _repeated_run(heads: list[str], title: str) -> tuple[int, int]:
    """Give where the longest run of ``heads`` begins and ends that ``title`` begins with."""
    best = (0, 0)
    for start in range(len(heads)):
        text = ""
        for end in range(start, len(heads)):
            text += heads[end]
            if text and title.startswith(text) and end + 1 - start > best[1] - best[0]:
                best = (start, end + 1)
    return best


def _squeezed(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _short(title: str) -> str:
    title = " ".join(title.split())
    limit = limits.METADATA_LENGTH
    return title if len(title) <= limit else title[: limit - 1] + "…"

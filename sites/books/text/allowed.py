"""What the text of a chapter may contain. Everything that is not listed here goes.

Three groups of names: HTML for prose, MathML Core's presentation elements, and the handful of
class names and roles that the reader's stylesheet and assistive technology know.
"""

from __future__ import annotations

import re
from typing import Final

PARAGRAPH_ID: Final = re.compile(r"p-[a-z2-7]{8}")

#: Blocks that a reader can point at; each carries a paragraph id. (A blockquote carries one only
#: when nothing inside it does; hr says nothing and carries none.)
POINTABLE: Final = frozenset(
    {"p", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "figure", "table", "dt", "dd"}
)

#: Blocks that only hold others: loose text in them becomes paragraphs.
HOLDERS: Final = frozenset({"section", "aside"})

BLOCKS: Final = (
    POINTABLE
    | HOLDERS
    | {"ul", "ol", "dl", "hr", "figcaption", "caption"}
    | {"thead", "tbody", "tfoot", "tr", "td", "th"}
)

#: Elements without content.
VOID: Final = frozenset({"br", "hr", "img", "wbr"})

INLINE: Final = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "dfn", "em", "i", "img", "ins"}
    | {"kbd", "mark", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong"}
    | {"sub", "sup", "u", "var", "wbr"}
)

#: MathML Core (W3C), less what carries scripts, links or foreign markup.
MATHML: Final = frozenset(
    {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "ms", "mfrac", "msqrt", "mroot"}
    | {"mstyle", "merror", "mpadded", "mphantom", "msub", "msup", "msubsup", "munder", "mover"}
    | {"munderover", "mmultiscripts", "mprescripts", "mtable", "mtr", "mtd", "menclose"}
)

TAGS: Final = BLOCKS | INLINE | MATHML

#: Elements that go together with what is inside them.
DROPPED_WITH_CONTENT: Final = frozenset(
    {"script", "style", "title", "textarea", "iframe", "noscript", "template", "object"}
    | {"svg", "select", "audio", "video", "canvas", "xmp", "noembed", "noframes", "plaintext"}
    | {"annotation", "annotation-xml", "head"}
)

#: Other names for what is allowed under one name. A div is a paragraph's edge: it holds text and
#: blocks while the text is being cleaned, and is gone from the clean text.
EDGE: Final = "div"
RENAMED: Final = {
    "h1": "h2",
    "strike": "s",
    "tt": "code",
    "acronym": "abbr",
    "dir": "ul",
    "menu": "ul",
} | dict.fromkeys(
    [
        "address",
        "article",
        "body",
        "center",
        "details",
        "dialog",
        "fieldset",
        "footer",
        "form",
        "header",
        "hgroup",
        "html",
        "legend",
        "listing",
        "main",
        "nav",
        "search",
        "summary",
    ],
    EDGE,
)

CLASSES: Final = {
    "section": frozenset({"verse", "center"}),
    "blockquote": frozenset({"verse", "center"}),
    "p": frozenset({"center", "indent", "right"}),
    "h2": frozenset({"center"}),
    "hr": frozenset({"break"}),
    "span": frozenset({"small-caps", "line-number"}),
}

ROLES: Final = {
    "a": frozenset({"doc-noteref", "doc-backlink"}),
    "aside": frozenset({"doc-footnote"}),
    "section": frozenset(
        {"doc-endnotes", "doc-epigraph", "doc-dedication", "doc-foreword", "doc-afterword"}
        | {"doc-bibliography", "doc-glossary"}
    ),
}

_CELL: Final = frozenset({"colspan", "rowspan"})
_MATH_SPACE: Final = frozenset({"width", "height", "depth", "lspace", "voffset"})

#: Attributes by element, beside lang, dir, class, role and id, which have rules of their own.
ATTRIBUTES: Final = {
    "a": frozenset({"href"}),
    "abbr": frozenset({"title"}),
    "dfn": frozenset({"title"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"start", "reversed", "type"}),
    "td": _CELL,
    "th": _CELL | {"scope"},
    "math": frozenset({"display", "alttext", "displaystyle"}),
    "mi": frozenset({"mathvariant"}),
    "mo": frozenset(
        {"form", "fence", "separator", "stretchy", "symmetric", "largeop", "movablelimits"}
        | {"lspace", "rspace", "minsize", "maxsize"}
    ),
    "mspace": _MATH_SPACE,
    "mpadded": _MATH_SPACE,
    "mfrac": frozenset({"linethickness"}),
    "munder": frozenset({"accentunder"}),
    "mover": frozenset({"accent"}),
    "munderover": frozenset({"accent", "accentunder"}),
    "mstyle": frozenset({"displaystyle", "scriptlevel"}),
    "mtd": frozenset({"columnspan", "rowspan"}),
    "menclose": frozenset({"notation"}),
}

#: A short word, number or length: what every attribute value not named below must look like.
_PLAIN: Final = re.compile(r"[A-Za-z0-9.%+ -]{1,40}")
_NUMBER: Final = re.compile(r"\d{1,5}")
_VALUES: Final = {
    "lang": re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,6}"),
    "dir": re.compile(r"ltr|rtl|auto"),
    "id": PARAGRAPH_ID,
    "width": re.compile(r"\d{1,5}|-?\d{0,4}\.?\d{1,4}(em|ex|px|%)?"),
    "height": re.compile(r"\d{1,5}|-?\d{0,4}\.?\d{1,4}(em|ex|px|%)?"),
    "colspan": _NUMBER,
    "rowspan": _NUMBER,
    "value": re.compile(r"-?\d{1,6}"),
    "start": re.compile(r"-?\d{1,6}"),
    "reversed": re.compile(r"|reversed"),
    "type": re.compile(r"[1aAiI]"),
    # Written by us: a key of the storage, and a chapter's uid with a paragraph where one is meant.
    "src": re.compile(r"media:(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]{0,190}"),
    "href": re.compile(
        r"#p-[a-z2-7]{8}"
        r"|chapter:[A-Za-z0-9]{1,40}(#p-[a-z2-7]{8})?"
        r"|(?i:mailto):[^\s\"'<>\\]{3,254}"
        r"|(?i:https?)://[^\s\"'<>\\]{1,2000}"
    ),
}
#: Free text for people; the serialiser escapes it.
_FREE: Final = frozenset({"alt", "title", "alttext"})
FREE_TEXT_LIMIT: Final = 2_000  # a long description of a picture; more belongs into the text


def allowed_value(tag: str, name: str, value: str) -> str | None:
    """Give the value that attribute ``name`` of ``tag`` may have, or None when it must go."""
    if name == "class":
        known = CLASSES.get(tag, frozenset())
        return " ".join(sorted(known.intersection(value.split()))) or None
    if name == "role":
        words = [word for word in value.split() if word in ROLES.get(tag, frozenset())]
        return words[0] if words else None
    if name == "id" and tag not in POINTABLE:
        return None
    if name not in {"lang", "dir", "id"} and name not in ATTRIBUTES.get(tag, frozenset()):
        return None
    if name in _FREE:
        return value[:FREE_TEXT_LIMIT]
    return value if _VALUES.get(name, _PLAIN).fullmatch(value) else None

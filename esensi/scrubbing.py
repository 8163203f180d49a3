"""Takes out of sentences what may say who somebody is, before they are logged or sent anywhere.

Nothing of ours writes such things down. Sentences of libraries and of PostgreSQL may repeat what somebody
typed, and an address of the house may carry the secret of a link that came by mail.
"""

from __future__ import annotations

import re
from typing import Final

#: Of one sentence; a fault may repeat a whole chapter.
LONGEST: Final = 2_000

_PATTERNS: Final = (
    # A URL's password and query, and the query of a path.
    (re.compile(r"(?<=://)[^\s/@]+@"), "…@"),
    (re.compile(r"\?[^\s'\"<>]*=[^\s'\"<>]*"), "?…"),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "[address]"),
    (re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F]{1,4}(?![\w:])"), "[address]"),
    (
        re.compile(
            r"(?<![\w:])(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4})*)?::[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4})*(?![\w:])"
        ),
        "[address]",
    ),
    # Cookies and headers that carry something secret, to the end of the line.
    (
        re.compile(r"(?i)\b(cookie|set-cookie|authorization|csrfmiddlewaretoken|password)\b\W+.*"),
        r"\1: …",
    ),
    # PostgreSQL's DETAIL: "Key (email)=(ratih@example.com) already exists."
    (re.compile(r"(?m)^\s*(DETAIL|CONTEXT|HINT|LINE \d+):.*"), r"\1: …"),
    (re.compile(r"\)=\(.*?\)"), ")=(…)"),
    # Keys, tokens, digests: twenty characters with letters and digits among them.
    (re.compile(r"(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}"), "[token]"),
)


def scrubbed(text: str) -> str:
    """Give ``text`` without e-mail and network addresses, cookies, passwords, queries and tokens."""
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


#: Errors whose words are the program's own: names of attributes and types.
_OWN_WORDS: Final = (
    AttributeError,
    ImportError,
    IndexError,
    NameError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ZeroDivisionError,
)


def sentence_of(error: BaseException) -> str:
    """Give what an error says, as far as that can be told: the words of those that name the program's own
    parts, what the system or PostgreSQL calls the others, or nothing. What somebody typed may be in all
    other words, and no pattern knows a name."""
    if isinstance(error, _OWN_WORDS):
        return scrubbed(str(error))
    for each in (error, error.__cause__):
        if state := getattr(each, "sqlstate", None):
            return f"SQLSTATE {state}"
    if isinstance(error, OSError) and error.strerror:
        return scrubbed(error.strerror)
    return ""

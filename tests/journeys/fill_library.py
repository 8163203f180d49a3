"""Run inside a house by ``manage.py shell``: books and readers for the journeys of reading.

Prints the session keys of the readers, as JSON by name. The paragraphs are of many lengths, and
their ids name their number.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.accounts.sessions import SessionStore
from sites.books.models import Book, Chapter, Status
from sites.books.models.chapter import UID_ALPHABET

READERS = (
    "browsers",
    "sizes",
    "last-screen",
    "to-the-end",
    "vanished",
    "vertical",
    "behind",
    "no-script",
    "talks",
)
ENGLISH = [
    "the",
    "sea",
    "remembers",
    "every",
    "name",
    "that",
    "was",
    "ever",
    "called",
    "across",
    "its",
    "unquiet",
    "water",
]
ARABIC = [
    "كان",
    "البحر",
    "هادئا",
    "في",
    "ذلك",
    "الصباح",
    "وكانت",
    "المراكب",
    "تعود",
    "واحدا",
    "بعد",
    "آخر",
    "إلى",
    "المرفأ",
]
JAPANESE = ["海は名前を忘れない", "水の上で呼ばれた"]
LONG = "w" * 120
WIDE = f"""<p id="p-callaaaa">Called.<a role="doc-noteref" href="#p-noteaaaa">1</a> And {LONG}.</p>
<table id="p-tableaaa"><tbody><tr>{"<td>Harbourmaster</td>" * 12}</tr></tbody></table>
<pre id="p-preaaaaa">{LONG}{LONG}</pre>
<p id="p-mathaaaa"><math display="block"><mrow>{"<mi>a</mi><mo>+</mo>" * 60}</mrow></math></p>
<p id="p-fillaaaa">{"And so on. " * 400}</p>
<aside role="doc-footnote"><p id="p-noteaaaa">1. The note.</p></aside>"""


def paragraph_id(number: int) -> str:
    return "p-aaaa" + "".join(UID_ALPHABET[number // 32**place % 32] for place in (3, 2, 1, 0))


def make_text(words: list[str], paragraphs: int) -> str:
    return "".join(
        f'<p id="{paragraph_id(number)}">{number}. '
        + " ".join(
            words[(number * 7 + index) % len(words)] for index in range(5 + number * 37 % 90)
        )
        + ".</p>"
        for number in range(1, paragraphs + 1)
    )


def make_book(slug: str, text: str, chapters: int, **fields: Any) -> None:
    usual = {"title": slug, "status": Status.PUBLISHED}
    book, _new = Book.objects.get_or_create(slug=slug, defaults=usual | fields)
    for number in range(1, chapters + 1):
        chapter = {"title": f"Piece {number}", "text": text, "words": len(text.split())}
        Chapter.objects.get_or_create(
            book=book, number=number, defaults=chapter | {"status": Status.PUBLISHED}
        )


def session_key(name: str) -> str:
    email = f"{name}@journey.example"
    user = User.objects.filter(email=email).first() or create_user(email, password=None)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


make_book("journey", make_text(ENGLISH, 150), 3)
make_book("journey-long", make_text(ENGLISH, 1400), 1)
make_book("journey-wide", WIDE, 1)
make_book("journey-bahr", make_text(ARABIC, 150), 3, language="ar", direction="rtl")
make_book("journey-tate", make_text(JAPANESE, 80), 2, language="ja", writing_mode="vertical-rl")
print("keys=" + json.dumps({name: session_key(name) for name in READERS}))  # noqa: T201

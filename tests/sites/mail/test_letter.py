"""Each mail: one template, as text and as HTML, in both languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from django.template import TemplateDoesNotExist

from sites.auth.letters import TEMPLATES
from sites.mail import write_letter

pytestmark = pytest.mark.django_db
#: Other mails are tested where they are sent.
MAILS = sorted({name for name in TEMPLATES.values() if name})
CONTEXT = {
    "email": "o'hara+<b>@example.com",
    "address": "http://auth.esensi.localhost:8000/verify/a:b/?x=1&y=2",
    "reset": "http://auth.esensi.localhost:8000/reset/",
    "at": datetime(2026, 11, 23, 12, tzinfo=UTC),
    "browser": "Firefox, Windows",
    "from_email": "old@example.com",
    "to_email": "new@example.com",
}


class Words(HTMLParser):
    """What a reader sees of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.hidden = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden = tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.seen += data.split()


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("template", MAILS)
def test_text_and_html_say_the_same(template: str, language: str) -> None:
    letter = write_letter(template, CONTEXT, language)
    assert letter.subject
    assert "\n" not in letter.subject
    words = letter.text.replace(f":\n{CONTEXT['address']}", "").replace("--\n", "").split()
    assert Words(letter.html).seen == ["Esensi", ".", *words[1:]]
    assert f'<html lang="{language}">' in letter.html


@pytest.mark.parametrize("template", MAILS)
def test_the_address_stands_once_in_the_button_and_once_in_the_text(template: str) -> None:
    letter = write_letter(template, CONTEXT, "en")
    assert (
        letter.html.count('href="http://auth.esensi.localhost:8000/verify/a:b/?x=1&amp;y=2"') == 1
    )
    assert f":\n{CONTEXT['address']}\n" in letter.text


@pytest.mark.parametrize("template", MAILS)
def test_nothing_that_people_wrote_becomes_markup_and_text_stays_as_it_was(template: str) -> None:
    letter = write_letter(template, CONTEXT, "en")
    assert "<b>" not in letter.html
    assert "&lt;" not in letter.text
    assert "&#x27;" not in letter.text


def test_a_mail_stands_in_one_column_with_inline_styles_and_fetches_nothing() -> None:
    html = write_letter("verify", CONTEXT, "en").html
    assert "max-width:560px" in html
    assert "Georgia" in html
    assert not re.search(r"<(img|link|script)\b", html)
    for tag in re.findall(r"<(?:p|h1|a) [^>]*>", html):
        assert "style=" in tag, tag


def test_a_cover_has_its_words() -> None:
    html = write_letter(
        "verify", CONTEXT | {"cover": "https://x.example/c.png", "cover_alt": "Laut"}, "en"
    ).html
    assert '<img src="https://x.example/c.png" alt="Laut" width="96"' in html


def test_without_an_address_there_is_no_button() -> None:
    letter = write_letter("verify", CONTEXT | {"address": ""}, "en")
    assert "Confirm this address" not in letter.html + letter.text


def test_a_mail_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(TemplateDoesNotExist):
        write_letter("nope", {}, "en")


def test_paragraphs_are_apart_by_one_empty_line() -> None:
    text = write_letter("already_registered", CONTEXT, "en").text
    assert "\n\n\n" not in text
    assert "  " not in text
    assert text.count("\n\n") >= 4

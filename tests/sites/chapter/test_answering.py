"""A form that is refused comes again with all that was typed, whatever the reason: one row for each form
and each reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from lxml.html import fromstring

from sites.accounts.models import User
from sites.books.models import Chapter
from sites.community.actions import (
    change_highlight,
    edit_comment,
    keep_highlight,
    report,
    write_comment,
)
from sites.community.models import Comment, Highlight
from tests.hostile_texts import PAYLOADS, unescaped
from tests.house import visitor
from tests.obeyed import Markup
from tests.sites.chapter.library import page_of, signed_in
from tests.sites.community.talk import FIRST, make_chapter, say, somebody

pytestmark = pytest.mark.django_db
PAGE = "/talked-about/1/comments/"
WORDS = 'Long & careful "words"\n\n<b>with</b> lines.'


@dataclass
class Scene:
    chapter: Chapter
    ratih: User
    own: Comment
    other: Comment
    mark: Highlight


@dataclass(frozen=True)
class Form:
    """Where a form leads, what it sends when all is well, and what refuses it."""

    address: Callable[[Scene], str]
    fields: dict[str, str]
    #: What refuses it: fields → the sentence.
    refused: dict[str, tuple[dict[str, str], str]] = field(default_factory=dict)


TOO_LONG = {"text": WORDS + "x" * 2000}
COMMENT = Form(
    lambda scene: PAGE,
    {"text": WORDS, "paragraph": FIRST, "spoiler": "on"},
    refused={
        "too long": (TOO_LONG, "at most 2000 characters"),
        "no paragraph": ({"paragraph": "p-zzzzzzzz"}, "no longer in the chapter"),
    },
)
ANSWER = Form(
    lambda scene: PAGE,
    {"text": WORDS, "parent": "{other}"},
    refused={
        "too long": (TOO_LONG, "at most 2000 characters"),
        "gone": ({"parent": "77777"}, "What you answer is no longer there."),
    },
)
EDIT = Form(
    lambda scene: f"{PAGE}{scene.own.pk}/",
    {"text": WORDS, "spoiler": "on"},
    refused={"too long": (TOO_LONG, "at most 2000 characters")},
)
REPORT = Form(
    lambda scene: f"{PAGE}{scene.other.pk}/report/",
    {"text": WORDS, "reason": "abuse"},
    refused={"no reason": ({"reason": ""}, "Choose what is wrong with it.")},
)
MARK = Form(
    lambda scene: "/talked-about/1/highlights/",
    {"quote": "Paragraph 1 word word word", "note": WORDS, "colour": "green", "shared": "on"},
    refused={"no such words": ({"quote": "nowhere in it"}, "not found in the chapter")},
)
CHANGE = Form(
    lambda scene: f"/highlights/{scene.mark.pk}/change/",
    {"note": WORDS, "colour": "pink"},
    refused={
        "too long": ({"note": WORDS + "x" * 2000}, "at most 2000 characters"),
        "no colour": ({"colour": "plaid"}, "There is no such colour."),
    },
)
FORMS = {
    "comment": COMMENT,
    "answer": ANSWER,
    "edit": EDIT,
    "report": REPORT,
    "mark": MARK,
    "change": CHANGE,
}
ROWS = [(form, reason) for form, given in FORMS.items() for reason in given.refused]


@pytest.fixture
def scene() -> Scene:
    chapter, ratih = make_chapter(), somebody("Ratih")
    place = {"paragraph": FIRST, "start": 0, "last_paragraph": FIRST, "end": 9, "place": 0}
    return Scene(
        chapter,
        ratih,
        own=say(chapter, ratih, "Mine."),
        other=say(chapter, somebody("Toba"), "Theirs."),
        mark=Highlight.objects.create(
            author=ratih, chapter=chapter, quote="Paragraph", colour="blue", **place
        ),
    )


def send(client: Client, form: Form, scene: Scene, **changed: str) -> Any:
    fields = {"next": PAGE} | form.fields | changed
    if fields.get("parent") == "{other}":
        fields["parent"] = str(scene.other.pk)
    return client.post(form.address(scene), fields)


def comes_again(answer: Any, form: Form, scene: Scene, changed: dict[str, str]) -> None:
    """The page's form would send the same again."""
    page: Any = fromstring(answer.content.decode())
    [shown] = [one for one in page.forms if one.get("action") == form.address(scene)]
    typed = {name: str(value).removeprefix("\n") for name, value in shown.form_values()}
    expected = {"next": PAGE} | form.fields | changed
    for name, value in expected.items():
        if name in ("parent", "colour", "next"):
            continue
        if value:
            assert typed[name] == value, name
        else:
            assert name not in typed


@pytest.mark.parametrize(("name", "reason"), ROWS)
def test_what_was_typed_comes_back_with_the_sentence(scene: Scene, name: str, reason: str) -> None:
    form, client = FORMS[name], signed_in(scene.ratih)
    changed, sentence = form.refused[reason]
    answer = send(client, form, scene, **changed)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    comes_again(answer, form, scene, changed)
    again = send(client, form, scene)
    assert again.status_code == 302
    assert sentence not in page_of(client, again["Location"])


@pytest.mark.parametrize("name", FORMS)
def test_who_was_signed_out_meanwhile_keeps_the_words(scene: Scene, name: str) -> None:
    answer = send(visitor("chapter"), FORMS[name], scene)
    assert answer.status_code == 403
    comes_again(answer, FORMS[name], scene, {})


FLOODS = {
    "comment": (write_comment, "MOST_A_MINUTE"),
    "answer": (write_comment, "MOST_A_MINUTE"),
    "edit": (edit_comment, "MOST_A_MINUTE"),
    "report": (report, "MOST_A_DAY"),
    "mark": (keep_highlight, "MOST_A_MINUTE"),
    "change": (change_highlight, "MOST_A_MINUTE"),
}


@pytest.mark.parametrize("name", FORMS)
def test_who_is_too_quick_keeps_the_words(
    scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, limit = FLOODS[name]
    monkeypatch.setattr(module, limit, 1)
    client = signed_in(scene.ratih)
    assert send(client, FORMS[name], scene, text="Before.").status_code == 302
    answer = send(client, FORMS[name], scene)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    comes_again(answer, FORMS[name], scene, {})


def test_a_script_hears_one_sentence(scene: Scene) -> None:
    client = signed_in(scene.ratih)
    for form in FORMS.values():
        for changed, sentence in form.refused.values():
            fields = form.fields | changed
            if fields.get("parent") == "{other}":
                fields["parent"] = str(scene.other.pk)
            answer = client.post(form.address(scene), fields)
            assert (answer.status_code, answer["Content-Type"]) == (
                400,
                "text/plain; charset=utf-8",
            )
            assert sentence in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "label"),
    [("comment", "Comment on this paragraph"), ("answer", "Your answer"), ("edit", "Your comment")],
)
def test_the_form_says_what_it_is(scene: Scene, name: str, label: str) -> None:
    answer = send(signed_in(scene.ratih), FORMS[name], scene, text=" ")
    assert f"<label><span>{label}</span>" in answer.content.decode()


def test_a_form_without_words_leads_back_with_the_reason(scene: Scene) -> None:
    client = signed_in(scene.ratih)
    answer = client.post(f"{PAGE}{scene.own.pk}/like/", {"like": "yes", "next": PAGE})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert "These are your own words." in page_of(client, PAGE)


def test_hostile_words_come_back_as_words(scene: Scene) -> None:
    client = signed_in(scene.ratih)
    for payload in PAYLOADS:
        answer = send(client, COMMENT, scene, text=payload + "x" * 2000)
        page = answer.content.decode()
        assert answer.status_code == 400
        assert not ("<" in payload and unescaped(page, payload))
        assert payload not in Markup(page).obeyed


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "javascript:alert(1)", "//evil.example"]
)
def test_nobody_is_led_out_of_the_house(scene: Scene, address: str) -> None:
    answer = send(signed_in(scene.ratih), COMMENT, scene, text=" ", next=address)
    assert answer.status_code == 400
    assert f'href="{address}' not in answer.content.decode()

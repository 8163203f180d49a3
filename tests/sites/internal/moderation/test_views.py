"""The moderators' page: what waits, what was decided, and the forms, without scripts."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.html import escape

from sites.accounts.models import User
from sites.books.text.passage import Passage
from sites.community.actions.change_highlight import change_highlight
from sites.community.actions.keep_highlight import keep_highlight
from sites.community.actions.report import report
from sites.community.marks import Style
from sites.community.models import Comment, Kind, Notification, Report, ReportState
from sites.community.sentences import told_to
from sites.internal.moderation import queue
from tests.house import visitor
from tests.sites.community.talk import NOW, make_chapter, say, somebody

pytestmark = pytest.mark.django_db
PAGE = "/moderation/"


@pytest.fixture
def toba() -> User:
    return somebody("Toba")


@pytest.fixture
def ratih() -> User:
    return somebody("Ratih")


@pytest.fixture
def moderator() -> User:
    return somebody("Maya", "moderator")


@pytest.fixture
def comment(toba: User) -> Comment:
    return say(make_chapter(), toba, "Buy the moonlit lamps <b>now</b>!")


def office(person: User) -> Client:
    client = visitor("internal")
    client.force_login(person)
    return client


def test_what_several_reported_is_one_card(comment: Comment, ratih: User, moderator: User) -> None:
    first = report(comment, reason="spam", text="Third time.", by=ratih, now=NOW)
    second = report(comment, reason="abuse", by=somebody("Bayu"), now=NOW)
    page = office(moderator).get(PAGE).content.decode()
    assert page.count("mod-card ") + page.count('mod-card"') == 1
    assert "Buy the moonlit lamps &lt;b&gt;now&lt;/b&gt;!" in page
    assert "Third time." in page
    assert f'data-reports="{first.pk} {second.pk} "' in page
    assert page.count(f'action="{PAGE}{first.pk}/decide/"') == 1


def test_hiding_needs_a_reason_and_is_told(
    comment: Comment, toba: User, ratih: User, moderator: User
) -> None:
    made = report(comment, reason="spam", by=ratih, now=NOW)
    client = office(moderator)
    for form in ({"answer": "hide", "why": " "}, {"answer": "burn", "why": "x"}, {}):
        client.post(f"{PAGE}{made.pk}/decide/", form)
        assert Report.objects.get(pk=made.pk).state == ReportState.OPEN
    form = {"answer": "hide", "why": "Advertising."}
    answer = client.post(f"{PAGE}{made.pk}/decide/", form, follow=True)
    assert "It is hidden" in answer.content.decode()
    assert "No report is waiting" in answer.content.decode()
    assert not Comment.objects.shown_to(ratih).filter(pk=comment.pk).exists()
    assert Notification.objects.to(toba).get().kind == Kind.WORDS_HIDDEN
    again = client.post(f"{PAGE}{made.pk}/decide/", form, follow=True)
    assert "decided already" in again.content.decode()


@pytest.mark.parametrize(
    ("step", "form", "sentence"),
    [
        (
            "decide",
            {"answer": "hide", "why": "Long & careful. " + "x" * 2000},
            "characters; this has",
        ),
        ("decide", {"answer": "burn", "why": "Long & careful."}, "Choose whether it is hidden"),
        ("restore", {"why": "Long & careful. " + "x" * 2000}, "characters; this has"),
    ],
)
def test_a_refused_reason_comes_back_with_all_that_was_typed(
    comment: Comment, moderator: User, step: str, form: dict[str, str], sentence: str
) -> None:
    made = report(comment, reason="spam", by=somebody("Ratih"), now=NOW)
    client = office(moderator)
    if step == "restore":
        client.post(f"{PAGE}{made.pk}/decide/", {"answer": "hide", "why": "Spam."})
    answer = client.post(f"{PAGE}{made.pk}/{step}/", form)
    page = answer.content.decode()
    assert (answer.status_code, sentence in page) == (400, True)
    assert f"{escape(form['why'])}</textarea>" in page
    assert f'action="{PAGE}{made.pk}/{step}/"' in page


def test_what_stays_and_what_is_shown_again(comment: Comment, ratih: User, moderator: User) -> None:
    made = report(comment, reason="spam", by=ratih, now=NOW)
    client = office(moderator)
    client.post(f"{PAGE}{made.pk}/decide/", {"answer": "keep", "why": "An honest opinion."})
    assert Comment.objects.shown_to(ratih).filter(pk=comment.pk).exists()
    second = report(comment, reason="abuse", by=ratih, now=NOW)
    client.post(f"{PAGE}{second.pk}/decide/", {"answer": "hide", "why": "After all."})
    page = client.get(f"{PAGE}?state=decided").content.decode()
    assert "An honest opinion." in page
    assert f'action="{PAGE}{second.pk}/restore/"' in page
    client.post(f"{PAGE}{second.pk}/restore/", {"why": "A mistake."})
    assert Comment.objects.shown_to(ratih).filter(pk=comment.pk).exists()


def test_nobody_decides_on_their_own_words(ratih: User, moderator: User) -> None:
    own = say(make_chapter(), moderator, "Mine.")
    made = report(own, reason="abuse", by=ratih, now=NOW)
    client = office(moderator)
    page = client.get(PAGE).content.decode()
    assert "a colleague decides" in page
    assert "/decide/" not in page
    form = {"answer": "keep", "why": "I like it."}
    assert client.post(f"{PAGE}{made.pk}/decide/", form).status_code == 403
    assert Report.objects.get(pk=made.pk).state == ReportState.OPEN


@pytest.mark.parametrize("role", ["reader", "author", "editor", "support", "operator"])
def test_others_see_no_report(comment: Comment, ratih: User, role: str) -> None:
    made = report(comment, reason="spam", by=ratih, now=NOW)
    client = office(somebody("Somebody", *([] if role == "reader" else [role])))
    assert client.get(PAGE).status_code == 403
    form = {"answer": "hide", "why": "x"}
    assert client.post(f"{PAGE}{made.pk}/decide/", form).status_code == 403
    assert Report.objects.get(pk=made.pk).state == ReportState.OPEN


def test_long_queues_are_paged(
    comment: Comment, moderator: User, toba: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "OF_A_PAGE", 2)
    chapter = comment.chapter
    for number in range(3):
        said = say(chapter, toba, f"Number {number}")
        report(said, reason="spam", by=somebody(f"R{number}"), now=NOW)
    client = office(moderator)
    first, second = (client.get(f"{PAGE}?page={n}").content.decode() for n in (1, 2))
    assert ("Number 0" in first, "Number 2" in first, 'rel="next"' in first) == (True, False, True)
    assert ("Number 2" in second, 'rel="next"' in second) == (True, False)
    assert client.get(f"{PAGE}?page=99999999999999999999&state=%00").status_code == 200


def test_a_note_that_is_no_longer_shown_to_others_is_not_shown_to_moderators(
    toba: User, ratih: User, moderator: User
) -> None:
    chapter, passage = make_chapter(), Passage("", 0, "", 0, "Paragraph 1 word word word word")
    style = Style("pink", "A nasty remark.", is_shared=True)
    made = keep_highlight(toba, chapter, selected=passage, style=style, now=NOW)
    first = report(made, reason="abuse", by=ratih, now=NOW)
    client = office(moderator)
    change_highlight(toba, made.pk, style=Style("pink", "Still shared.", is_shared=True), now=NOW)
    page = client.get(PAGE).content.decode()
    assert ("Still shared." in page, "A nasty remark." in page) == (True, True)
    change_highlight(toba, made.pk, style=Style("pink", "My diary."), now=NOW)
    for state in ("", "?state=decided"):
        page = client.get(f"{PAGE}{state}").content.decode()
        assert ("My diary." in page, "A nasty remark." in page) == (False, True)
        client.post(f"{PAGE}{first.pk}/decide/", {"answer": "keep", "why": "It went."})


def test_who_reported_a_highlight_reads_of_which_book_the_answer_is(
    toba: User, ratih: User, moderator: User
) -> None:
    chapter, passage = make_chapter(), Passage("", 0, "", 0, "Paragraph 1 word word word word")
    style = Style("pink", "A nasty remark.", is_shared=True)
    made = keep_highlight(toba, chapter, selected=passage, style=style, now=NOW)
    first = report(made, reason="abuse", by=ratih, now=NOW)
    office(moderator).post(f"{PAGE}{first.pk}/decide/", {"answer": "hide", "why": "An insult."})
    for person, words in ((ratih, "decided on your report"), (toba, "hidden something")):
        (told,) = told_to(person, page=1)
        assert words in told.sentence
        assert chapter.book.title in told.sentence
        assert told.address.endswith(f"/{chapter.book.slug}/{chapter.number}/")

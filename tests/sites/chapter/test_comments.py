"""The pages of comments, as browsers without scripts and with them use them."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sites.accounts.models import User
from sites.books.models import Chapter
from sites.community.actions.decide_report import hide
from sites.community.actions.edit_comment import delete_comment
from sites.community.conversation import ANSWERS_BELOW, OF_A_PAGE
from sites.community.models import Comment, CommentLike, Mute, Report, ReportReason
from sites.community.plain_text import clean_plain_text
from tests.hostile_texts import BENT, PAYLOADS, SENTENCES, every_script, pastes, unescaped
from tests.house import visitor
from tests.sites.chapter.library import hide as hide_chapter
from tests.sites.chapter.library import make_author, page_of, signed_in
from tests.sites.community.talk import FIRST, NOW, SECOND, make_chapter, say, somebody

pytestmark = pytest.mark.django_db
PAGE = "/talked-about/1/comments/"


@pytest.fixture
def chapter() -> Chapter:
    return make_chapter()


@pytest.fixture
def toba() -> User:
    return somebody("Toba")


@pytest.fixture
def ratih() -> User:
    return somebody("Ratih")


def fill(chapter: Chapter, author: User, texts: list[str]) -> list[Comment]:
    """As many comments as wished, past the limits of one person."""
    return Comment.objects.bulk_create(
        Comment(chapter=chapter, author=author, text=text) for text in texts
    )


def words_of(page: str) -> list[str]:
    """The words of the page's comments, as a reader sees them."""
    found = re.findall(r'<p class="comment-text comment-plain" dir="auto">(.*?)</p>', page, re.S)
    return [html.unescape(one) for one in found]


def test_a_form_writes_and_leads_back(chapter: Chapter, toba: User) -> None:
    fields = {"text": "Well said.", "paragraph": FIRST, "next": f"{PAGE}?paragraph={FIRST}"}
    client = signed_in(toba)
    answer = client.post(PAGE, fields)
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?paragraph={FIRST}")
    page = page_of(client, PAGE)
    assert "Your comment stands." in page
    assert words_of(page) == ["Well said."]
    assert f"/talked-about/1/#{FIRST}" in page
    assert "Paragraph 1 word" in page


def test_a_refused_form_says_why_and_a_script_hears_one_sentence(
    chapter: Chapter, toba: User
) -> None:
    client = signed_in(toba)
    form = client.post(PAGE, {"text": " ", "next": PAGE})
    assert form.status_code == 400
    assert "Write what you want to say." in form.content.decode()
    refused = client.post(PAGE, {"text": "x" * 2001})
    assert (refused.status_code, refused["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert "at most 2000" in refused.content.decode()
    assert visitor("chapter").post(PAGE, {"text": "Hello."}).status_code == 403
    assert client.post(PAGE, {"text": "Hello."}).status_code == 204
    for number in range(9):
        client.post(PAGE, {"text": f"{number}"})
    flood = client.post(PAGE, {"text": "One more."})
    assert flood.status_code == 429
    assert int(flood["Retry-After"]) > 0


def test_paragraphs_have_pages_of_their_own(chapter: Chapter, toba: User) -> None:
    for paragraph in (FIRST, SECOND, ""):
        say(chapter, toba, f"About {paragraph}.", paragraph=paragraph)
    guest = visitor("chapter")
    assert words_of(page_of(guest, PAGE)) == ["About .", f"About {SECOND}.", f"About {FIRST}."]
    assert words_of(page_of(guest, f"{PAGE}?paragraph={FIRST}")) == [f"About {FIRST}."]
    assert words_of(page_of(guest, f"{PAGE}?paragraph=")) == ["About ."]
    assert len(words_of(page_of(guest, f"{PAGE}?paragraph=<b>"))) == 3
    part = page_of(guest, f"{PAGE}?part=list")
    assert "<html" not in part
    assert 'id="talk-template"' in part


def test_a_long_list_has_pages_that_hold_while_others_write(chapter: Chapter, toba: User) -> None:
    fill(chapter, toba, [f"Number {number}." for number in range(OF_A_PAGE + 3)])
    guest = visitor("chapter")
    page = page_of(guest, PAGE)
    assert len(words_of(page)) == OF_A_PAGE
    fill(chapter, toba, ["Came in between."])
    link = re.search(r'rel="next" href="([^"]+)"', page)
    assert link
    assert words_of(page_of(guest, html.unescape(link[1]))) == [
        "Number 2.",
        "Number 1.",
        "Number 0.",
    ]


def test_answers_stand_below_and_the_others_on_a_page_of_their_own(
    chapter: Chapter, toba: User, ratih: User
) -> None:
    beginning = say(chapter, toba, "The beginning.")
    answers = fill(chapter, ratih, [f"Answer {number}." for number in range(ANSWERS_BELOW + 2)])
    Comment.objects.filter(pk__in=[one.pk for one in answers]).update(parent=beginning)
    page = page_of(visitor("chapter"), PAGE)
    first = [f"Answer {number}." for number in range(ANSWERS_BELOW)]
    assert words_of(page) == ["The beginning.", *first]
    assert "2 more answers" in page
    own = page_of(visitor("chapter"), f"{PAGE}{answers[-1].pk}/")
    assert len(words_of(own)) == ANSWERS_BELOW + 3


def test_a_comment_says_when_its_paragraph_is_gone(chapter: Chapter, toba: User) -> None:
    say(chapter, toba, "About the first.", paragraph=FIRST)
    Chapter.objects.filter(pk=chapter.pk).update(text=f'<p id="{SECOND}">All else.</p>')
    page = page_of(visitor("chapter"), PAGE)
    assert words_of(page) == ["About the first."]
    assert "no longer in the chapter" in page
    assert "Paragraph 1 word" in page
    assert f"#{FIRST}" not in page


def test_a_spoiler_is_covered(chapter: Chapter, toba: User) -> None:
    say(chapter, toba, "She leaves.", spoiler=True)
    page = page_of(visitor("chapter"), PAGE)
    assert words_of(page) == []
    assert re.search(
        r'<details class="comment-spoiler"><summary>[^<]+</summary><p[^>]+>She leaves', page
    )


def test_what_is_hidden_is_seen_by_its_author_alone_with_the_reason(
    chapter: Chapter, toba: User, ratih: User
) -> None:
    comment = say(chapter, toba, "Something rude.")
    moderator = somebody("Maya", "moderator")
    hide(comment, reason=ReportReason.ABUSE, why="Calm down.", by=moderator, now=NOW)
    for client in (visitor("chapter"), signed_in(ratih)):
        assert "rude" not in page_of(client, PAGE)
        page_of(client, f"{PAGE}{comment.pk}/", 404)
    own = page_of(signed_in(toba), f"{PAGE}{comment.pk}/")
    assert "Something rude." in own
    assert "Calm down." in own
    assert "Abuse of other people" in own


def test_a_deleted_beginning_keeps_its_place_for_answers(
    chapter: Chapter, toba: User, ratih: User
) -> None:
    beginning = say(chapter, toba, "The beginning.")
    say(chapter, ratih, "An answer.", parent=beginning.pk)
    delete_comment(beginning, by=toba, now=NOW)
    page = page_of(visitor("chapter"), PAGE)
    assert words_of(page) == ["An answer."]
    assert "This comment was deleted." in page
    assert "Toba" not in page.split("An answer.")[0].split("comment-gone")[1]


def test_everything_can_be_done_by_forms(chapter: Chapter, toba: User, ratih: User) -> None:
    comment = say(chapter, toba, paragraph=FIRST)
    own, other = signed_in(toba), signed_in(ratih)
    address = f"{PAGE}{comment.pk}/"
    assert 'action="/talked-about/1/comments/' in page_of(own, address)
    other.post(f"{address}like/", {"like": "yes", "next": PAGE})
    assert CommentLike.objects.count() == 1
    other.post(f"{address}report/", {"reason": "abuse", "text": "Rude.", "next": address})
    assert Report.objects.get().said == "Well said."
    assert "The moderators will look at it" in page_of(other, address)
    other.post(f"{address}mute/", {"next": PAGE})
    assert words_of(page_of(other, PAGE)) == []
    muted = page_of(other, "/muted/")
    assert "Toba" in muted
    other.post("/muted/", {"person": str(toba.pk)})
    assert not Mute.objects.exists()
    own.post(address, {"text": "Better said.", "spoiler": "on", "next": address})
    assert Comment.objects.get().spoiler
    own.post(f"{address}delete/", {"next": PAGE})
    assert Comment.objects.get().text == ""


def test_nobody_does_what_is_not_theirs(chapter: Chapter, toba: User, ratih: User) -> None:
    comment = say(chapter, toba)
    address = f"{PAGE}{comment.pk}/"
    other, guest = signed_in(ratih), visitor("chapter")
    assert other.post(address, {"text": "Worse.", "next": PAGE}).status_code == 403
    assert other.post(f"{address}delete/", {}).status_code == 403
    for step in ("like/", "report/", "mute/", "delete/", ""):
        assert guest.post(f"{address}{step}", {"reason": "spam", "text": "x"}).status_code == 403
    assert guest.get("/muted/").status_code == 302
    assert other.post(f"{PAGE}77777/like/", {}).status_code == 404
    strict = visitor("chapter", enforce_csrf_checks=True)
    strict.force_login(ratih)
    assert strict.post(PAGE, {"text": "Hello."}).status_code == 403


def test_comments_on_a_draft_are_shown_to_nobody_who_may_not_read_it(
    chapter: Chapter, toba: User
) -> None:
    comment, author = say(chapter, toba), make_author(chapter.book)
    hide_chapter(chapter)
    for client in (visitor("chapter"), signed_in(toba)):
        page_of(client, PAGE, 404)
        page_of(client, f"{PAGE}{comment.pk}/", 404)
    page = page_of(signed_in(author), PAGE)
    assert "when this chapter is out" in page


def test_hostile_texts_are_shown_as_they_were_typed(chapter: Chapter, toba: User) -> None:
    client = signed_in(toba)
    texts = [*PAYLOADS, *SENTENCES.values(), *BENT]
    kept = [clean_plain_text(text, most=2000) for text in texts]
    for first in range(0, len(kept), OF_A_PAGE):
        some = kept[first : first + OF_A_PAGE]
        Comment.objects.all().delete()
        fill(chapter, toba, some)
        page = page_of(client, PAGE)
        shown = words_of(page)
        assert shown == some[::-1]
        assert not [text for text in some if "<" in text and unescaped(page, text)]


def test_every_script_of_the_world_and_no_paste_gets_through_the_form(
    chapter: Chapter, toba: User
) -> None:
    client = signed_in(toba)
    scripts = list(every_script().values())
    for text in scripts[:5]:
        assert client.post(PAGE, {"text": text}).status_code == 204
    assert words_of(page_of(client, PAGE)) == scripts[4::-1]
    for paste in pastes():
        assert client.post(PAGE, {"text": paste}).status_code in (400, 413)


def test_hostile_names_are_names(chapter: Chapter, toba: User) -> None:
    for payload in (name for name in PAYLOADS[:60] if len(name) <= 120 and "\x00" not in name):
        User.objects.filter(pk=toba.pk).update(name=payload)
        Comment.objects.all().delete()
        fill(chapter, toba, ["Hello."])
        page = page_of(visitor("chapter"), PAGE)
        assert not ("<" in payload and unescaped(page, payload))


def test_nobody_s_address_stands_in_place_of_a_name(chapter: Chapter, toba: User) -> None:
    User.objects.filter(pk=toba.pk).update(name="")
    say(chapter, toba)
    page = page_of(visitor("chapter"), PAGE)
    assert "A reader" in page
    assert "toba@" not in page


def test_a_full_page_costs_no_more_queries_than_an_empty_one(chapter: Chapter, toba: User) -> None:
    def queries(client: Client) -> int:
        client.get(PAGE)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(PAGE)
        return len(captured)

    ratih = somebody("Ratna")
    say(chapter, toba)
    few = [queries(visitor("chapter")), queries(signed_in(ratih))]
    for one in fill(chapter, toba, [f"{number}." for number in range(30)]):
        CommentLike.objects.create(comment=one, user=ratih)
    answers = fill(chapter, ratih, [f"Answer {number}." for number in range(30)])
    Comment.objects.filter(pk__in=[one.pk for one in answers]).update(
        parent=Comment.objects.filter(parent=None).earliest("pk")
    )
    assert [queries(visitor("chapter")), queries(signed_in(ratih))] == few
    assert few[0] <= 6
    assert few[1] <= 12

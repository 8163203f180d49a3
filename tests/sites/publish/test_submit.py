"""A book's way from its authors' side: what is missing, each step, the rounds and the talk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sites.books.actions.comment_on_submission import Anchor, comment_on_submission
from sites.books.actions.decide_on_book import approve_book, reject_book, request_changes
from sites.books.actions.withdraw_book import withdraw_book
from sites.books.models import Book, BookStatus, Status, Submission
from sites.publish.way import line_of
from tests.sites.desk.people import SmallHouse


@pytest.fixture
def author(house: SmallHouse) -> Client:
    return house.visitor("publish", "author")


@pytest.fixture
def ready(house: SmallHouse) -> Book:
    """The author's book with everything that editors ask for."""
    book = house.own
    Book.objects.filter(pk=book.pk).update(synopsis="Laut.", opening_line="Air naik.")
    book.genres.add(house.genre)
    book.chapters.update(status=Status.PUBLISHED)
    return Book.objects.get(pk=book.pk)


def path_of(book: Book) -> str:
    return f"/books/book/{book.pk}/submission/"


def step(client: Client, book: Book, do: str, **fields: Any) -> str:
    answer = client.post(path_of(book), {"do": do, **fields}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def status_of(book: Book) -> str:
    return Book.objects.get(pk=book.pk).status


def test_what_is_missing_leads_to_the_field_that_cures_it(
    house: SmallHouse, author: Client
) -> None:
    page = author.get(path_of(house.own)).content.decode()
    form = f"/books/book/{house.own.pk}/change/"
    for where in ("synopsis", "opening_line", "genres"):
        assert f'href="{form}#id_{where}"' in page
        assert f'id="id_{where}"' in author.get(form).content.decode()
    assert f'href="/books/chapter/?book__id__exact={house.own.pk}"' in page
    assert 'value="submit"' not in page
    assert "cannot be submitted yet" in step(author, house.own, "submit")
    assert status_of(house.own) == BookStatus.DRAFT


def test_a_complete_book_is_submitted_with_a_note_and_taken_back(
    author: Client, ready: Book
) -> None:
    assert 'value="submit"' in author.get(path_of(ready)).content.decode()
    page = step(author, ready, "submit", note="Bab tiga masih ragu.")
    assert "Bab tiga masih ragu." in page
    assert 'value="take_back"' in page
    assert status_of(ready) == BookStatus.SUBMITTED
    assert 'value="submit"' in step(author, ready, "take_back")
    assert status_of(ready) == BookStatus.DRAFT


@pytest.mark.parametrize("do", ["submit", "take_back", "withdraw", "publish_again", "", "x"])
def test_a_second_click_gets_a_sentence(author: Client, ready: Book, do: str) -> None:
    step(author, ready, "submit")
    if do == "take_back":
        step(author, ready, do)
    answer = author.post(path_of(ready), {"do": do})
    assert answer.status_code == 200
    said = [str(message) for message in answer.context["messages"]]
    assert len(said) == 1
    assert said[0].endswith(".")
    assert Submission.objects.count() == 1


def test_a_note_that_is_too_long_comes_back_as_it_was_typed(author: Client, ready: Book) -> None:
    answer = author.post(path_of(ready), {"do": "submit", "note": "a" * 5001})
    assert answer.context["note"].errors["note"]
    assert "a" * 5001 in answer.content.decode()
    assert status_of(ready) == BookStatus.DRAFT


def test_only_a_form_of_the_page_takes_a_step(house: SmallHouse, ready: Book) -> None:
    strict = Client(
        enforce_csrf_checks=True, HTTP_HOST=house.visitor("publish", "author").defaults["HTTP_HOST"]
    )
    strict.force_login(house.people["author"])
    assert strict.post(path_of(ready), {"do": "submit"}).status_code == 403
    author = house.visitor("publish", "author")
    author.get(path_of(ready), {"do": "submit"})
    assert status_of(ready) == BookStatus.DRAFT


def test_what_the_editors_wrote_stands_at_its_paragraph_and_earlier_rounds_stay(
    house: SmallHouse, author: Client, ready: Book
) -> None:
    editor, now = house.people["editor"], timezone.now()
    step(author, ready, "submit", note="Silakan.")
    first = Submission.objects.get()
    about = Anchor(house.chapter, "p-aaaaaaaa")
    comment_on_submission(first, text="Mengapa pasang?", about=about, by=editor, now=now)
    request_changes(ready, comment="Ubah awalnya.", by=editor, now=now)
    page = author.get(path_of(ready)).content.decode()
    assert "The editors ask for changes" in page
    assert "Mengapa pasang?" in page
    assert "Ubah awalnya." in page
    assert f"/{ready.slug}/1/#p-aaaaaaaa" in page
    ready.chapters.update(text='<p id="p-bbbbbbbb">Lain sama sekali.</p>')
    gone = author.get(path_of(ready)).content.decode()
    assert "no longer in the text" in gone
    assert "Pasang." in gone  # the quote
    assert "#p-aaaaaaaa" not in gone
    again = step(author, ready, "submit", note="Sudah diubah.")
    assert "Sudah diubah." in again
    assert "Mengapa pasang?" not in again
    assert "Mengapa pasang?" in author.get(f"{path_of(ready)}?round=1").content.decode()


def test_authors_answer_in_the_thread(house: SmallHouse, author: Client, ready: Book) -> None:
    say = f"{path_of(ready)}say/"
    assert author.post(say, {"text": "Halo."}).headers["Location"] == path_of(ready)
    step(author, ready, "submit")
    uid = house.chapter.uid
    page = author.get(f"{path_of(ready)}?about={uid}~p-aaaaaaaa").content.decode()
    assert "Pasang." in page
    said = author.post(say, {"text": "Benar.", "chapter": uid, "paragraph": "p-aaaaaaaa"})
    comment = Submission.objects.get().comments.get()
    assert said.headers["Location"] == f"{path_of(ready)}#comment-{comment.pk}"
    assert (comment.text, comment.quote) == ("Benar.", "Pasang.")
    for refused in ({"text": ""}, {"text": "Ya.", "chapter": "x" * 12}, {"text": "a" * 5001}):
        page = author.post(say, refused)
        assert page.status_code == 200
        assert page.context["comment_form"].errors
    assert Submission.objects.get().comments.count() == 1


def test_withdrawing_and_publishing_again_ask_first(
    house: SmallHouse, author: Client, ready: Book
) -> None:
    step(author, ready, "submit")
    kept = Book.objects.get(pk=ready.pk)
    approve_book(kept, seen=kept.written_at, by=house.people["editor"], now=timezone.now())
    page = author.get(path_of(ready)).content.decode()
    assert 'value="withdraw"' not in page
    assert 'value="withdraw"' in author.get(f"{path_of(ready)}?confirm=withdraw").content.decode()
    step(author, ready, "withdraw")
    assert status_of(ready) == BookStatus.WITHDRAWN
    assert 'value="publish_again"' not in author.get(path_of(ready)).content.decode()
    sure = author.get(f"{path_of(ready)}?confirm=publish_again").content.decode()
    assert 'value="publish_again"' in sure
    step(author, ready, "publish_again")
    assert status_of(ready) == BookStatus.PUBLISHED


def test_what_the_house_withdrew_or_declined_is_said_and_not_offered(
    house: SmallHouse, author: Client, ready: Book
) -> None:
    editor, now = house.people["editor"], timezone.now()
    Book.objects.filter(pk=ready.pk).update(status=BookStatus.PUBLISHED)
    withdraw_book(ready, by=editor, now=now)
    page = author.get(f"{path_of(ready)}?confirm=publish_again").content.decode()
    assert "The house has withdrawn" in page
    assert 'value="publish_again"' not in page
    assert "Write to an editor" in step(author, ready, "publish_again")
    Book.objects.filter(pk=ready.pk).update(status=BookStatus.DRAFT)
    step(author, ready, "submit")
    reject_book(Book.objects.get(pk=ready.pk), comment="Tidak untuk kami.", by=editor, now=now)
    page = author.get(path_of(ready)).content.decode()
    assert "will not publish" in page
    assert "Tidak untuk kami." in page
    assert "Only a draft" in step(author, ready, "submit")


@pytest.mark.parametrize("status", BookStatus)
def test_every_status_has_its_place_on_the_line(ready: Book, status: BookStatus) -> None:
    now = timezone.now()
    ready.status = status
    states = [stop.state for stop in line_of(ready, now=now)]
    assert states.count("here") == 1
    assert states == sorted(states, key=["done", "here", "ahead"].index)


def test_a_scheduled_book_says_from_when(ready: Book) -> None:
    now = timezone.now()
    ready.status, ready.publish_at = BookStatus.PUBLISHED, now + timedelta(days=3)
    assert "from" in line_of(ready, now=now)[-1].label


def test_odd_addresses_are_answered(author: Client, ready: Book) -> None:
    step(author, ready, "submit")
    for query in (
        "round=x",
        "round=999",
        "talk=9999999999",
        "about=%00~%00",
        "about=a~b",
        "confirm=x",
    ):
        assert author.get(f"{path_of(ready)}?{query}").status_code == 200, query


def test_the_page_keeps_to_twelve_queries_where_it_shows_most(
    house: SmallHouse, author: Client, ready: Book
) -> None:
    editor, now = house.people["editor"], timezone.now()
    for number in range(3):
        step(author, ready, "submit", note="Silakan.")
        about = Anchor(house.chapter, "p-aaaaaaaa")
        waiting = Submission.objects.get(outcome="")
        for line in range(number * 5):
            comment_on_submission(waiting, text=f"{line}", about=about, by=editor, now=now)
        request_changes(ready, comment="Ubah.", by=editor, now=now)
        with CaptureQueriesContext(connection) as asked:
            assert author.get(path_of(ready)).status_code == 200
        assert len(asked) <= 12, [query["sql"][:90] for query in asked]


def test_the_books_form_names_its_status_and_leads_to_its_way(author: Client, ready: Book) -> None:
    step(author, ready, "submit")
    form = author.get(f"/books/book/{ready.pk}/change/").content.decode()
    assert "Submitted" in form
    assert "&#x27;submitted&#x27;" not in form
    assert f'href="{path_of(ready)}"' in form
    assert f'href="/books/book/{ready.pk}/names/"' in form
    assert path_of(ready) not in author.get("/books/book/add/").content.decode()

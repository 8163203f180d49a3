"""Reviews on a book's page and on a page of their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.books.models import Author, Authorship, Book
from sites.community.actions import write_review
from sites.community.models import Mute, Report, Review
from sites.community.plain_text import clean_plain_text
from tests.hostile_texts import PAYLOADS, SENTENCES, every_script
from tests.house import visitor
from tests.obeyed import Markup
from tests.sites.main.factory import make_book

pytestmark = pytest.mark.django_db
SLUG = "a-book-with-reviews"
PAGE, LIST = f"/books/{SLUG}/", f"/books/{SLUG}/reviews/"


@pytest.fixture
def book() -> Book:
    return make_book(SLUG)


def person(name: str) -> User:
    email = f"{name.lower().replace(' ', '-')}@reviews.example"
    return create_user(email, password=None, name=name)


def signed_in(user: User) -> Client:
    client = visitor("main")
    client.force_login(user)
    return client


def review(book: Book, name: str, **fields: Any) -> Review:
    usual: dict[str, Any] = {"stars": 4, "text": f"Read by {name}."}
    return Review.objects.create(book=book, author=person(name), **(usual | fields))


def shown(client: Client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_form_without_a_script_writes_changes_and_removes(book: Book) -> None:
    client = signed_in(person("Gita Pertama"))
    sent = {"stars": "5", "text": "The sea was right.", "spoiler": "on"}
    answer = client.post(f"{LIST}write/", sent, follow=True)
    assert answer.redirect_chain == [(f"{PAGE}#reviews", 302)]
    page = answer.content.decode()
    assert "The sea was right." in page
    assert "Gita Pertama" in page
    assert '<details class="spoiler">' in page
    assert "Change your review" in page
    client.post(f"{LIST}remove/")
    assert "The sea was right." not in shown(client)


def test_strangers_read_and_are_led_to_the_door_to_write(book: Book) -> None:
    review(book, "Gita Kedua")
    page = shown(visitor("main"))
    assert "Read by Gita Kedua." in page
    assert "csrfmiddlewaretoken" not in page.split('id="reviews-live"')[1]
    assert visitor("main").post(f"{LIST}write/", {"stars": "5"}).status_code == 403


def test_a_refused_review_comes_back_with_all_that_was_typed(book: Book) -> None:
    client = signed_in(person("Gita Ketiga"))
    answer = client.post(f"{LIST}write/", {"stars": "9", "text": "Long and careful words."})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Choose from one star to five." in page
    assert "Long and careful words.</textarea>" in page


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"stars": "0"}, 400, "Choose from one star to five."),
        ({"text": "Long and careful words." + "x" * 4000}, 400, "at most 4000 characters"),
        ({"flood": "1"}, 429, "Try again"),
        ({"signed out": "1"}, 403, "Sign in to review books."),
        ({"hidden": "1"}, 400, "Moderators have hidden your review"),
        ({"own book": "1"}, 400, "This is your own book."),
    ],
    ids=lambda given: "-".join(given) if isinstance(given, dict) else None,
)
def test_whatever_refuses_a_review_its_words_come_back(
    book: Book,
    changed: dict[str, str],
    status: int,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    writer = person("Gita Keenam")
    client = visitor("main") if "signed out" in changed else signed_in(writer)
    if "flood" in changed:
        monkeypatch.setattr(write_review, "MOST_AN_HOUR", 1)
        client.post(f"{LIST}write/", {"stars": "3"})
    if "hidden" in changed:
        hidden_at = "2026-11-24T00:00:00Z"
        Review.objects.create(book=book, author=writer, stars=1, hidden_at=hidden_at, spoiler=True)
    if "own book" in changed:
        author = Author.objects.create(name="Gita", slug="gita", user=writer)
        Authorship.objects.create(book=book, author=author)
    sent = {"stars": "3", "text": 'Long & careful "words".'} | changed
    answer = client.post(f"{LIST}write/", sent)
    page = answer.content.decode()
    assert (answer.status_code, sentence in page) == (status, True)
    assert f"{escape(sent['text'])}</textarea>" in page
    assert ('value="3" required checked' in page) is (sent["stars"] == "3")
    assert 'name="spoiler" value="on">' in page  # not ticked, whatever stood there before


def test_votes_reports_and_mutes(book: Book) -> None:
    rude = review(book, "Gita Kasar", stars=1)
    review(book, "Gita Baik", stars=5)
    reader = person("Gita Pembaca")
    client = signed_in(reader)
    client.post(f"{LIST}{rude.pk}/vote/", {"helpful": "yes"})
    page = shown(client)
    assert "1 reader found it helpful" in page
    assert page.index("Gita Kasar") < page.index("Gita Baik")
    client.post(f"{LIST}{rude.pk}/vote/", {"helpful": ""})
    assert "found it helpful" not in shown(client)
    client.post(f"{LIST}{rude.pk}/report/", {"reason": "abuse"})
    assert Report.objects.get().review == rude
    client.post(f"{LIST}{rude.pk}/mute/", {"from": "list"})
    assert Mute.objects.get().of == rude.author
    page = shown(client)
    assert "Gita Kasar" not in page
    assert "<b>5.0</b>" in page  # of one review: the muted are not counted
    assert "<b>3.0</b>" in shown(visitor("main"))


def test_nobody_sees_the_hidden_and_the_suspended(book: Book) -> None:
    hidden, left = review(book, "Gita Diam"), review(book, "Gita Pergi")
    Review.objects.filter(pk=hidden.pk).update(hidden_at="2026-11-24T00:00:00Z")
    User.objects.filter(pk=left.author_id).update(is_active=False)
    page = shown(visitor("main"))
    assert "Gita Diam" not in page
    assert "Gita Pergi" not in page
    assert "Nobody has reviewed this book yet." in page
    assert "Moderators have hidden your review" in shown(signed_in(hidden.author))
    assert signed_in(left.author).get(LIST).status_code == 200  # as anybody who is signed out


def test_other_books_reviews_and_drafts_are_not_found(book: Book) -> None:
    other = review(make_book("another-with-reviews"), "Gita Lain")
    client = signed_in(person("Gita Keempat"))
    for step in ("vote", "report", "mute"):
        assert client.post(f"{LIST}{other.pk}/{step}/").status_code == 404
    Book.objects.filter(slug=SLUG).update(status="draft")
    assert client.get(LIST).status_code == 404
    assert client.post(f"{LIST}write/", {"stars": "5"}).status_code == 404


def test_long_lists_are_paged_in_both_orders(book: Book) -> None:
    people = User.objects.bulk_create(
        User(email=f"halaman{number}@reviews.example", name=f"Halaman {number}")
        for number in range(45)
    )
    Review.objects.bulk_create(Review(book=book, author=one, stars=3) for one in people)
    assert shown(visitor("main")).count("<article") == 1 + 5
    assert "All 45 reviews" in shown(visitor("main"))
    for order in ("helpful", "newest", "odd"):
        counts = [
            shown(visitor("main"), f"{LIST}?order={order}&page={page}").count("<article")
            for page in (1, 2, 3, 4, "9" * 20)
        ]
        assert counts == [20, 20, 5, 0, 20]


def test_hostile_and_foreign_texts_and_names_stand_as_text(book: Book) -> None:
    letters = [word for word in every_script().values() if word]
    texts = [clean_plain_text(text, most=4000) for text in (*PAYLOADS, *SENTENCES.values())]
    texts += [" ".join(letters)]
    people = User.objects.bulk_create(
        User(email=f"teks{number}@reviews.example", name=text.replace("\n", " ")[:120])
        for number, text in enumerate(texts)
    )
    Review.objects.bulk_create(
        Review(book=book, author=one, stars=3, text=text)
        for one, text in zip(people, texts, strict=True)
    )
    pages = [
        shown(visitor("main"), f"{LIST}?page={number}") for number in range(1, len(texts) // 20 + 2)
    ]
    everything = "".join(pages)
    for text in texts:
        assert escape(text.split("\n")[0]) in everything
    for page in pages:
        assert not [one for one in Markup(page).obeyed if "__hurt" in one]

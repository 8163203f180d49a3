"""What is one person's is true on the next page, though the page itself was drawn before."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as conf
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sites.accounts.models import User
from sites.books.models import Author, Book, Chapter, ReadingProgress
from sites.community.models import Kind, Mute, Notification, Review, ReviewVote
from sites.frames import middleware
from sites.frames.store import FrameStore, frames
from tests.house import visitor
from tests.sites.chapter.library import make_reader
from tests.sites.frames.readers import make_library

pytestmark = pytest.mark.django_db
NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def awake(settings: Any) -> Iterator[FrameStore]:
    settings.PAGE_CACHE_BYTES = 1
    make_library()
    frames.wake()
    yield frames
    frames.sleep()


@pytest.fixture
def reader() -> User:
    user = make_reader("ayu@example.org")
    user.name = "Ayu"
    user.save()
    return user


@pytest.fixture
def browser(reader: User) -> Client:
    """Ayu's browser, at main, after another reader had all these pages drawn."""
    other = visitor("main")
    other.force_login(make_reader("first@example.org"))
    client = visitor("main")
    client.force_login(reader)
    for each in (other, client):
        for path in ("/", "/books/laut/", "/authors/dara/"):
            assert each.get(path).status_code == 200
    return client


def page(client: Client, path: str, *, framed: bool = True, host: str = "main") -> str:
    """Give a page that came out of a frame, or that was drawn alone."""
    name = conf.HOST_NAMES.domains[host]
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path, headers={"host": name})
    asked = [str(one["sql"]) for one in queries.captured_queries]
    # Whoever is drawn a page alone is asked for what is new to them by a statement of its own.
    assert any("community_notification" in one for one in asked) is not framed, asked
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_session_that_has_ended_is_nobodys(browser: Client, reader: User) -> None:
    assert "Ayu" in page(browser, "/")
    from sites.accounts.models import Session

    Session.objects.filter(user=reader).delete()
    answer = browser.get("/").content.decode()
    assert "Ayu" not in answer
    assert "Sign in" in answer


def test_after_signing_out_nobody_is_there(browser: Client) -> None:
    assert "Ayu" in page(browser, "/")
    browser.logout()
    assert "Ayu" not in browser.get("/").content.decode()


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_who_is_suspended_or_has_another_password_is_signed_in_no_more(
    browser: Client, reader: User, change: dict[str, Any]
) -> None:
    assert "Ayu" in page(browser, "/")
    User.objects.filter(pk=reader.pk).update(**change)
    answer = browser.get("/").content.decode()
    assert "Ayu" not in answer
    assert "Sign in" in answer


def test_whoever_signs_in_at_the_door_gets_pages_out_of_frames(
    browser: Client, reader: User
) -> None:
    """allauth leaves more in a session than Django does."""
    reader.set_password("the sea remembers")
    reader.save()
    client = visitor("auth")
    fields = {"username": reader.email, "password": "the sea remembers"}
    assert client.post("/sign-in/", fields).status_code == 302
    client.cookies.pop(conf.WROTE_COOKIE_NAME, None)
    client.get("/", headers={"host": conf.HOST_NAMES.domains["main"]})  # with the door's message
    assert "Ayu" in page(client, "/")


def test_an_expired_session_is_nobodys(browser: Client, reader: User) -> None:
    from sites.accounts.models import Session

    Session.objects.filter(user=reader).update(expire_date=timezone.now())
    assert "Ayu" not in browser.get("/").content.decode()


def test_what_is_new_of_a_person_is_on_the_next_page(browser: Client, reader: User) -> None:
    User.objects.filter(pk=reader.pk).update(name="Ayu <b>Lestari</b>")
    Notification.objects.create(recipient=reader, kind=Kind.ANNOUNCED)
    text = page(browser, "/")
    assert "Ayu &lt;b&gt;Lestari" in text
    assert 'data-unread="1"' in text
    Notification.objects.to(reader).mark_read(timezone.now())
    assert 'data-unread="0"' in page(browser, "/")


def test_what_one_follows_and_shelves_is_there_at_once(browser: Client) -> None:
    assert "Following" not in page(browser, "/authors/dara/")
    assert browser.post("/authors/dara/follow/", {"follow": "yes"}).status_code == 302
    assert "Following" in page(browser, "/authors/dara/", framed=False)  # with its message
    assert "Following" in page(browser, "/authors/dara/")
    assert browser.post("/books/laut/shelf/", {"shelf": "finished"}).status_code == 302
    page(browser, "/", framed=False)
    assert 'value="finished" aria-current="true"' in page(browser, "/books/laut/")


def test_a_place_is_there_at_once(browser: Client, reader: User) -> None:
    assert "Start reading" in page(browser, "/books/laut/")
    answer = browser.post(
        "/laut/2/place/",
        {"fraction": "0.5", "paragraph": ""},
        headers={"host": conf.HOST_NAMES.domains["chapter"]},
    )
    assert answer.status_code == 204
    assert conf.WROTE_COOKIE_NAME not in answer.cookies
    assert "Continue reading" in page(browser, "/books/laut/")
    assert "/laut/2/" in page(browser, "/")
    assert 'data-fraction="0.500000"' in page(browser, "/laut/2/", host="chapter")
    ReadingProgress.objects.filter(user=reader).delete()
    assert "Start reading" in page(browser, "/books/laut/")


def test_whoever_has_written_is_drawn_pages_of_their_own_for_a_while(browser: Client) -> None:
    answer = browser.post("/books/laut/reviews/write/", {"stars": "3", "text": "Salty."})
    assert answer.status_code == 302
    wrote = answer.cookies[conf.WROTE_COOKIE_NAME]
    assert (wrote["max-age"], wrote["httponly"]) == (15, True)
    assert "Salty." in page(browser, "/books/laut/", framed=False)
    browser.post("/books/laut/reviews/remove/")
    assert "Salty." not in page(browser, "/books/laut/", framed=False)
    del browser.cookies[conf.WROTE_COOKIE_NAME]
    assert "Salty." not in page(browser, "/books/laut/")


def test_whose_reviews_differ_is_drawn_a_page_alone(browser: Client, reader: User) -> None:
    judge = User.objects.get(email="judge@example.org")
    review = Review.objects.get(author=judge)
    assert "Wet." in page(browser, "/books/laut/")
    mute = Mute.objects.create(by=reader, of=judge)
    assert "Wet." not in page(browser, "/books/laut/", framed=False)
    mute.delete()
    vote = ReviewVote.objects.create(review=review, user=reader, is_helpful=True)
    assert 'aria-pressed="true"' in page(browser, "/books/laut/", framed=False)
    vote.delete()
    page(browser, "/books/laut/")


def test_who_comes_to_work_here_is_drawn_pages_alone(browser: Client, reader: User) -> None:
    Chapter.objects.filter(number=6).update(title="Not out at all")
    assert "Not out at all" not in page(browser, "/books/laut/")
    dara = Author.objects.get(slug="dara")
    Author.objects.filter(pk=dara.pk).update(user=reader)
    assert "Not out at all" in page(browser, "/books/laut/", framed=False)
    Author.objects.filter(pk=dara.pk).update(user=None)
    assert "Not out at all" not in page(browser, "/books/laut/")
    reader.groups.add(Group.objects.get(name="editor"))
    assert "Not out at all" in page(browser, "/books/laut/", framed=False)
    # And leaves nothing to others.
    reader.groups.clear()
    assert "Not out at all" not in page(browser, "/books/laut/")


def test_what_is_withdrawn_is_gone_with_the_word_of_it(browser: Client, awake: FrameStore) -> None:
    assert "Laut" in page(browser, "/books/laut/")
    Book.objects.filter(slug="laut").update(status="withdrawn")
    awake.changed("laut")
    assert browser.get("/books/laut/").status_code == 404
    assert len(awake) == 2  # the first page's and the author's: they are told of with everything


def test_a_sleeping_store_gives_and_keeps_nothing(browser: Client, awake: FrameStore) -> None:
    awake.sleep()
    page(browser, "/", framed=False)
    assert len(awake) == 0


def test_only_what_is_listed_and_asked_for_as_usual_is_framed(
    browser: Client, awake: FrameStore
) -> None:
    awake.wake()
    for path in ("/?utm_source=x", "/books/?q=laut", "/notifications/", "/about/", "/nowhere/"):
        browser.get(path)
    browser.get("/books/?page=" + "1" * 500)
    browser.head("/")
    visitor("main").get("/")
    assert len(awake) == 0
    assert browser.get("/books/?page=9").status_code == 404
    assert len(awake) == 0


def test_a_frame_is_as_old_as_what_it_was_drawn_from(
    monkeypatch: pytest.MonkeyPatch, browser: Client
) -> None:
    """However long it took to draw: what was read at the beginning may have changed since."""
    now, draw = [NOW], middleware.draw

    def slowly(*asked: Any) -> Any:
        now[0] += 9
        return draw(*asked)

    monkeypatch.setattr(middleware, "draw", slowly)
    monkeypatch.setattr(middleware, "time", SimpleNamespace(time=lambda: now[0]))
    frames.wake()
    assert browser.get("/").status_code == 200
    assert [kept.kept_at for kept in frames._frames.values()] == [NOW]

"""A draft, read by whoever was given its link, and by nobody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from sites.accounts.models import User
from sites.books.actions.preview_link import (
    create_preview_link,
    preview_token,
    revoke_preview_links,
)
from sites.books.models import Book, Chapter, PreviewLink, ReadingProgress, Status
from tests.house import visitor
from tests.sites.chapter.library import make_author, make_book, make_chapters, signed_in
from tests.sites.test_valid_html import NEWER, validate

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    found = make_book("draft", status=Status.DRAFT)
    make_chapters(found, 3, status=Status.DRAFT)
    return found


@pytest.fixture
def author(book: Book) -> User:
    return make_author(book)


@pytest.fixture
def at(book: Book, author: User) -> str:
    link = create_preview_link(book, by=author, now=timezone.now(), days=7)
    return f"/preview/{preview_token(link)}/"


def get(path: str, status: int = 200) -> HttpResponse:
    answer: Any = visitor("chapter").get(path)
    assert answer.status_code == status, path
    return answer  # type: ignore[no-any-return]


def test_drafts_are_read_without_an_account(at: str, book: Book) -> None:
    page = get(at).content.decode()
    assert "Preview until" in page
    assert [f"{at}{number}/" in page for number in (1, 2, 3)] == [True] * 3
    chapter = get(f"{at}2/").content.decode()
    assert "Paragraph 2" in chapter
    assert f'href="{at}3/"' in chapter
    assert f'href="{at}1/"' in chapter
    get("/draft/2/", 404)  # the book itself is as hidden as before


def test_nothing_on_a_preview_leads_its_address_out(at: str, book: Book) -> None:
    for path in (at, f"{at}1/"):
        answer = get(path)
        assert answer["Referrer-Policy"] == "no-referrer"
        assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
        assert "noindex" in answer["X-Robots-Tag"]
        page = answer.content.decode()
        assert '<meta name="robots" content="noindex, nofollow">' in page
        assert "<form" not in page
        assert "next=" not in page
        assert 'rel="canonical"' not in page


def test_no_place_is_kept(at: str, author: User) -> None:
    page = signed_in(author).get(f"{at}1/").content.decode()
    assert "reader.js" not in page
    assert "data-place-url" not in page
    assert not ReadingProgress.objects.exists()


def test_links_between_chapters_stay_in_the_preview(at: str, book: Book) -> None:
    first, second = book.chapters.order_by("number")[:2]
    other = make_chapters(make_book("elsewhere"), 1)[0]
    text = (
        f'<p id="p-aaaaaaab"><a href="chapter:{second.uid}#p-aaaaaaac">two</a> '
        f'<a href="chapter:{other.uid}">other</a></p>'
    )
    Chapter.objects.filter(pk=first.pk).update(text=text)
    page = get(f"{at}1/").content.decode()
    assert f'<a href="{at}2/#p-aaaaaaac">two</a>' in page
    assert "chapter:" not in page
    assert ">other</a>" not in page


def test_a_link_that_is_over_says_so(at: str, book: Book, author: User) -> None:
    PreviewLink.objects.update(
        created_at=timezone.now() - timedelta(days=8), expires_at=timezone.now()
    )
    for path in (at, f"{at}1/"):
        answer = get(path, 404)
        assert "This link has ended, or was never given out." in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]


def test_an_ended_link_shows_nothing_any_more(at: str, book: Book, author: User) -> None:
    revoke_preview_links(book, by=author, now=timezone.now())
    get(at, 404)
    get(f"{at}1/", 404)


@pytest.mark.parametrize("token", ["x", "1.x", "1", "%00", "%F0%9F%90%8B", "1" * 300])
def test_no_other_token_shows_anything(at: str, token: str) -> None:
    get(f"/preview/{token}/", 404)
    get(f"/preview/{token}/1/", 404)


def test_missing_chapters_and_other_methods_are_refused(at: str) -> None:
    get(f"{at}9/", 404)
    get(f"{at}99999999999999999999/", 404)
    assert visitor("chapter").post(at).status_code == 405


def test_a_page_asks_few_questions(at: str, book: Book, django_assert_max_num_queries: Any) -> None:
    get(at)
    for path in (at, f"{at}2/"):
        with django_assert_max_num_queries(6):
            get(path)


def test_its_pages_are_valid_html(at: str, tmp_path: Path) -> None:
    pages = {"contents": at, "chapter": f"{at}2/", "over": "/preview/x/"}
    for name, path in pages.items():
        (tmp_path / f"{name}.html").write_bytes(visitor("chapter").get(path).content)
    found = [fault["message"] for fault in validate(tmp_path)]
    assert [fault for fault in found if not fault.startswith(NEWER)] == []

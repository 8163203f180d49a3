"""A chapter's text on its page: pictures and links in their places."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.urls import set_urlconf
from pytest_django import DjangoAssertNumQueries

from sites.books.models import Chapter
from sites.chapter.drawn_text import drawn_text
from tests.sites.chapter.library import hide, make_author, make_book, make_chapters

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _host() -> object:
    set_urlconf("sites.chapter.urls")
    yield
    set_urlconf(None)


def with_text(chapter: Chapter, text: str) -> Chapter:
    chapter.text = text
    return chapter


def test_links_lead_to_the_chapters_of_any_book(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    here, there = make_chapters(make_book(), 2)
    other = make_chapters(make_book("other"), 1)[0]
    text = (
        f'<p id="p-aaaaaaaa"><a href="chapter:{there.uid}#p-bbbbbbbb">on</a>, '
        f'<a href="chapter:{other.uid}">over</a>, <a href="#p-aaaaaaaa">here</a></p>'
    )
    with django_assert_num_queries(1):
        drawn = drawn_text(with_text(here, text), AnonymousUser())
    assert 'href="/the-sea/2/#p-bbbbbbbb"' in drawn
    assert 'href="/other/1/"' in drawn
    assert 'href="#p-aaaaaaaa"' in drawn


def test_links_to_hidden_chapters_become_words() -> None:
    here, there = make_chapters(make_book(), 2)
    hide(there)
    with_text(here, f'<p id="p-aaaaaaaa"><a href="chapter:{there.uid}">on</a>.</p>')
    assert drawn_text(here, AnonymousUser()) == '<p id="p-aaaaaaaa">on.</p>'
    assert 'href="/the-sea/2/"' in drawn_text(here, make_author(here.book))


def test_pictures_come_from_the_storage(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    chapter = make_chapters(make_book(), 1)[0]
    with_text(chapter, '<p id="p-aaaaaaaa"><img src="media:books/ab/cd.webp" alt="A boat"></p>')
    with django_assert_num_queries(0):
        drawn = drawn_text(chapter, AnonymousUser())
    assert f'src="{default_storage.url("books/ab/cd.webp")}"' in drawn
    assert "media:" not in drawn


def test_what_is_wide_scrolls_in_a_box_that_keys_can_reach() -> None:
    chapter = make_chapters(make_book(), 1)[0]
    table = '<table id="p-aaaaaaaa"><tbody><tr><td>1</td></tr></tbody></table>'
    with_text(
        chapter,
        f'{table}<pre id="p-bbbbbbbb">x</pre><p id="p-cccccccc">'
        '<math display="block"><mi>x</mi></math><math><mi>y</mi></math></p>',
    )
    assert drawn_text(chapter, AnonymousUser()) == (
        f'<div class="scroll" tabindex="0">{table}</div><pre id="p-bbbbbbbb" tabindex="0">x</pre>'
        '<p id="p-cccccccc"><math display="block" tabindex="0"><mi>x</mi></math>'
        "<math><mi>y</mi></math></p>"
    )

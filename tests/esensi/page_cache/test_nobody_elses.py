"""Hosts × pages × languages × people × cookies: nobody is shown what is another's, and what is kept is
what would have been drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import constants
from django.utils import timezone

from sites.accounts.models import User
from sites.accounts.roles import EDITOR
from sites.books.models import Author, Authorship, Book, Genre, Status
from sites.community.models import HousePage
from sites.hosts import HOSTS
from sites.page_cache import PAGES
from sites.shared_parts import parts
from tests.esensi.page_cache.asked import CHOICES, CRUMBS, DATA, EVERY, LANGUAGES, UNLISTED, headers
from tests.esensi.page_cache.strangers import Strangers, cookies, session_of, within_the_test
from tests.sites.chapter.library import make_author, make_chapters, make_reader

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=400)
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')


@dataclass(frozen=True)
class People:
    """Who visits, each with a session."""

    sessions: dict[str, str]
    users: dict[str, User]


@pytest.fixture(autouse=True)
def strangers(settings: Any) -> Iterator[Strangers]:
    settings.PAGE_CACHE_BYTES = 50_000_000
    with within_the_test():
        yield Strangers()


@pytest.fixture
def library() -> Book:
    """A book with three chapters and a draft, one that nobody may see, and the house's pages."""
    moments: dict[str, Any] = {"publish_at": LONG_AGO, "created_at": LONG_AGO}
    laut = Book.objects.create(
        slug="laut", title="Laut", language="en", opening_line="The sea slept.",
        status=Status.PUBLISHED, cover_ground="#3B2C93", **moments,
    )  # fmt: skip
    make_chapters(laut, 3, **moments)
    make_chapters_from(laut, 4)
    Book.objects.create(slug="rahasia", title="Rahasia", status=Status.DRAFT)
    dara = Author.objects.create(slug="dara", name="Dara")
    Authorship.objects.create(book=laut, author=dara)
    laut.genres.add(Genre.objects.create(slug="tides", name_en="Tides", name_id="Pasang"))
    assert HousePage.objects.filter(slug="about").exists()
    return laut


def make_chapters_from(book: Book, number: int) -> None:
    book.chapters.create(number=number, title="Not out", text="<p>x</p>", status=Status.DRAFT)


@pytest.fixture
def people(library: Book) -> People:
    users = {
        "ayu": make_reader("ayu@example.org"),
        "budi": make_reader("budi@example.org"),
        "dara": make_author(library, "dara@example.org"),
        "editor": make_reader("editor@example.org", EDITOR),
    }
    for name, user in users.items():
        User.objects.filter(pk=user.pk).update(name=f"{name.capitalize()} Only")
    return People({name: session_of(user) for name, user in users.items()}, users)


@pytest.mark.usefixtures("library")
def test_every_listed_page_is_kept_and_the_same_as_it_is_drawn(strangers: Strangers) -> None:
    """For all strangers alike, whatever language, settings and crumbs they bring."""
    fresh: dict[Any, Any] = {}
    for host, path in EVERY:
        for language, reading in CHOICES:
            plain = headers(language, reading=reading)
            expected = strangers.drawn(host, path, **plain)
            assert expected.status == 200
            assert expected.is_public, f"{host}{path} is not for everybody: {expected.headers}"
            assert not expected.cookies
            fresh[host, path, str(language), reading] = expected.page
            for crumbs in CRUMBS:
                asked = headers(language, reading=reading, **crumbs)
                got = strangers.kept(host, path, **asked)
                # A cookie that is no token is mended, in an answer that is that browser's alone.
                if got.is_kept or not got.cookies:
                    assert got.page == expected.page, (host, path, language, reading, crumbs)
            assert strangers.kept(host, path, **plain).is_kept, f"{host}{path} was not kept"
    tongues = {
        fresh[host, path, "{}", ""] != fresh[host, path, str(LANGUAGES[1]), ""]
        for host, path in EVERY
    }
    assert tongues == {True}


def test_whoever_is_signed_in_gets_their_own_page_and_leaves_nothing(
    strangers: Strangers, people: People
) -> None:
    # Every page names the room that its person hears.
    names = {name: f'"user.{user.pk}"'.encode() for name, user in people.users.items()}
    expected = {each: strangers.drawn(*each, accept_encoding="x").page for each in EVERY}
    for host, path in EVERY:
        for _ in range(2):
            assert strangers.kept(host, path, accept_encoding="x").page == expected[host, path]
        for name, session in people.sessions.items():
            got = strangers.kept(host, path, cookie=cookies(session=session))
            assert not got.is_kept
            assert not got.is_public
            assert (
                "private" in got.headers["cache-control"]
                or "no-store" in got.headers["cache-control"]
            )
            assert "etag" not in got.headers
            assert not any(others in got.body for other, others in names.items() if other != name)
            if (host, path) not in DATA:
                assert names[name] in got.body
                assert _TOKEN.search(got.body)
        # And the next stranger gets what the first one got.
        again = strangers.kept(host, path, accept_encoding="x")
        assert again.is_kept
        assert again.page == expected[host, path]
        assert not any(name in again.body for name in names.values())


def test_parts_that_others_had_drawn_change_nobodys_page(
    strangers: Strangers, people: People
) -> None:
    sharing = [("main", "/"), ("main", "/books/"), ("main", "/genres/tides/"), ("chapter", "/")]
    asked = [
        (*each, {"cookie": cookies(session=key)})
        for each in sharing
        for key in people.sessions.values()
    ]
    alone = [_TOKEN.sub(b"", strangers.drawn(host, path, **own).body) for host, path, own in asked]
    parts.wake()
    try:
        for _ in range(2):
            among = [
                _TOKEN.sub(b"", strangers.drawn(host, path, **own).body)
                for host, path, own in asked
            ]
            assert among == alone
    finally:
        parts.sleep()


def test_a_signed_in_person_who_comes_first_leaves_nothing_to_strangers(
    strangers: Strangers, people: People
) -> None:
    for host, path in EVERY:
        strangers.kept(host, path, cookie=cookies(session=people.sessions["ayu"]))
    assert len(strangers.store) == 0


@pytest.mark.usefixtures("library")
def test_a_session_cookie_passes_by_whatever_it_says(strangers: Strangers) -> None:
    for host, path in EVERY[::4]:
        strangers.kept(host, path)
        for session in ("x", "a" * 32, "", "%00"):
            line = f"{cookies(session='§').replace('§', session)}; other=1"
            got = strangers.kept(host, path, cookie=line)
            assert not got.is_kept
            assert not got.is_public


@pytest.mark.usefixtures("library")
def test_a_stranger_with_a_message_has_it_alone(strangers: Strangers) -> None:
    from importlib import import_module

    from django.conf import settings

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session["_messages"] = f'[["__json_message", 0, {constants.SUCCESS}, "Only for this browser."]]'
    session.save()
    strangers.kept("main", "/")
    got = strangers.kept("main", "/", cookie=cookies(session=session.session_key))
    assert b"Only for this browser." in got.body
    assert not got.is_kept
    assert not got.is_public
    assert b"Only for this browser." not in strangers.kept("main", "/").body


@pytest.mark.usefixtures("library")
def test_what_is_not_listed_is_neither_kept_nor_public(strangers: Strangers) -> None:
    for host, path in UNLISTED:
        for _ in range(2):
            got = strangers.kept(host, path)
            assert not got.is_kept, f"{host}{path}"
            assert not got.is_public, f"{host}{path}"
            assert got.headers["cache-control"], f"{host}{path} says nothing to CDNs"
    assert len(strangers.store) == 0


def test_hosts_that_know_everybody_keep_nothing() -> None:
    assert set(PAGES) <= set(HOSTS)
    assert set(PAGES) == {"main", "chapter"}


def test_a_draft_is_its_authors_alone(strangers: Strangers, people: People) -> None:
    own = {"cookie": cookies(session=people.sessions["dara"])}
    for path in ("/laut/4/", "/laut/"):
        got = strangers.kept("chapter", path, **own)
        assert got.status == 200
        assert "no-store" in got.headers["cache-control"]
    assert strangers.kept("chapter", "/laut/4/").status == 404
    assert b"Not out" not in strangers.kept("chapter", "/laut/", accept_encoding="x").body
    assert strangers.kept("chapter", "/laut/4/").status == 404


@pytest.mark.usefixtures("library")
def test_what_is_withdrawn_is_gone_with_the_word_of_it(strangers: Strangers) -> None:
    assert strangers.kept("chapter", "/laut/1/").status == 200
    Book.objects.filter(slug="laut").update(status=Status.DRAFT)
    strangers.store.changed("")
    assert strangers.kept("chapter", "/laut/1/").status == 404
    assert strangers.kept("main", "/books/laut/").status == 404


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    "host", ["MAIN", "dot", "www", "evil.example", "nobody.esensi.localhost:8000"]
)
def test_no_other_name_leads_to_a_kept_page(strangers: Strangers, host: str) -> None:
    from django.conf import settings

    strangers.kept("main", "/")
    main = settings.HOST_NAMES.domains["main"]
    name = {"MAIN": main.upper(), "dot": main.replace(":", ".:"), "www": f"www.{main}"}.get(
        host, host
    )
    got = strangers.kept(name, "/")
    assert not got.is_kept
    assert got.status in (200, 301, 400, 421)
    again = strangers.kept("main", "/", accept_encoding="x")
    assert main.upper().encode() not in again.body

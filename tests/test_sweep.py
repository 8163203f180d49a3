"""No address answers 500: every pattern × method × role × odd parameters.

The urlconfs are walked, so that new addresses join by themselves. Refusals are welcome; a 500, an
exception that escapes, or a traceback in the body is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from sites.accounts.actions import create_user
from sites.accounts.roles import PERMISSIONS
from sites.books.models import (
    Author,
    Authorship,
    Book,
    Chapter,
    Genre,
    Revision,
    Status,
    Submission,
    Tag,
)
from sites.community.models import Announcement
from sites.hosts import HOSTS
from tests.house import undone, visitor

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
ROLES = ("anonymous", "reader", *PERMISSIONS, "superuser")

#: What stands in a path where a parameter should: too large, not Unicode's usual, not there.
ODD_VALUES = (
    "0",
    "99999999999999999999",
    "-1",
    "a" * 300,
    "laut%00",
    "%F0%9F%90%8B",
    "..%2F..",
    "'\"<x>",
)
#: What stands in a query or a form: every name that views read, with values they did not ask for.
ODD_FIELDS: tuple[dict[str, str], ...] = (
    {"page": "0", "p": "-1", "q": "\x00", "o": "x", "e": "1"},
    {"page": "9" * 30, "p": "9" * 30, "q": "%_\\" * 200, "all": ""},
    {
        "page": "é",
        "genre": "'; --",
        "language": "xx-" * 50,
        "next": "//evil.example",
        "q": "\ud7ff",
    },
    {
        "paragraph": "p-" + "z" * 500,
        "fraction": "nan",
        "size": "9" * 400,
        "theme": "<script>",
        "ids": "x",
    },
    {
        "status__exact": "nope",
        "book__id__exact": "x",
        "_changelist_filters": "%00",
        "_to_field": "x",
        "_popup": "1",
    },
    {
        "answer": "approve",
        "seen": "0001-01-01T00:00:00+23:59",
        "text": "\ud7ff\x00",
        "chapter": "\x00",
        "about": "p-" + "z" * 500,
        "owner": "9" * 30,
        "into": "9" * 30,
        "others": "\x00",
        "kind": "books.book",
        "number": "\x00",
        "account": "-1",
        "since": "9999-12-31",
        "until": "0001-01-01",
        "talk": "9" * 30,
    },
)


@pytest.fixture
def house(db: None) -> dict[str, Client]:
    """A small house, and somebody signed in for each role."""
    book = Book.objects.create(
        title="Laut", slug="laut", status=Status.PUBLISHED, opening_line="Laut."
    )
    people = {
        role: create_user(
            f"{role}@sweep.example",
            password=None,
            roles=() if role in ("reader", "superuser") else (role,),
            superuser=role == "superuser",
        )
        for role in ROLES
        if role != "anonymous"
    }
    author = Author.objects.create(name="Ratih", slug="ratih", user=people["author"])
    Authorship.objects.create(book=book, author=author)
    chapter = Chapter.objects.create(
        book=book,
        number=1,
        title="Pasang",
        text='<p id="p-aaaaaaaa">Laut.</p>',
        status=Status.PUBLISHED,
        words=1,
    )
    Revision.objects.create(chapter=chapter, number=1, title="Pasang", text="<p>Air.</p>")
    Submission.objects.create(book=book, number=1, submitted_by=people["author"])
    book.genres.add(Genre.objects.create(slug="novel", name_en="Novel", name_id="Novel"))
    book.tags.add(Tag.objects.create(slug="laut", name="laut"))
    now = timezone.now()
    Announcement.objects.create(
        text_en="Sea.", text_id="Laut.", starts_at=now, ends_at=now + timedelta(days=1)
    )
    clients = {"anonymous": Client(raise_request_exception=False)}
    for role, user in people.items():
        clients[role] = Client(raise_request_exception=False)
        clients[role].force_login(user)
    return clients


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Give every route below a resolver, with its parameters still in it."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route


def existing(route: str) -> str:
    """Give the key of a row that the small house has, by the model in an admin route."""
    found = re.search(r"(accounts|auth|books|community|sites)/([a-z]+)/", route)
    if found is None and not route.startswith("approvals/"):
        return "1"
    model: Any = apps.get_model(found[1], found[2]) if found else Submission
    row = model._default_manager.order_by("pk").last()
    return str(row.pk) if row else "1"


def fill(route: str, value: str | None) -> str:
    """Put ``value`` in place of every parameter, or else what exists in the small house."""
    known = {
        "slug": "laut",
        "number": "1",
        "key": "covers/none.svg",
        "object_id": existing(route),
        "pk": existing(route),
        "app_label": "books",
    }

    def parameter(match: re.Match[str]) -> str:
        return value if value is not None else known.get(match["name"], "1")

    path = re.sub(r"<(?:[a-z_]+:)?(?P<name>[a-z_]+)>", parameter, route)
    path = re.sub(r"\(\?P<(?P<name>[a-z_]+)>[^)]*\)", parameter, path)
    return "/" + re.sub(r"[\^$\\?]|\(|\)", "", path)


def addresses(key: str) -> list[str]:
    resolver = get_resolver(HOSTS[key].urlconf)
    return sorted(set(routes(resolver)))


def ask(client: Client, key: str, method: str, path: str, fields: dict[str, str]) -> None:
    host = visitor(key).defaults["HTTP_HOST"]
    sent: dict[str, Any] = {"HTTP_HOST": host}
    if method == "POST":
        sent["data"] = fields
    elif fields:
        sent["QUERY_STRING"] = "&".join(
            f"{quote(k)}={quote(v.encode('utf-8', 'replace'))}" for k, v in fields.items()
        )
    with undone():
        answer = (
            client.generic(method, path, **sent) if method != "POST" else client.post(path, **sent)
        )
    what = f"{method} {host}{path} {fields}"
    assert answer.status_code < 500, f"{what}: {answer.status_code}"
    if answer.streaming:
        b"".join(answer.streaming_content)  # to its end, which closes the file behind it
    else:
        assert b"Traceback (most recent call last)" not in answer.content, what


#: Every method with every role takes a processor for a quarter of an hour: here the two that pages have are asked by
#: everybody, the others by nobody in particular, by those who may most, and by one role in turn.
SIZES = [pytest.param(False, id="usual"), pytest.param(True, id="all", marks=pytest.mark.soak)]


@pytest.mark.parametrize("key", HOSTS)
@pytest.mark.parametrize("all_of_them", SIZES)
@pytest.mark.timeout(1800)
def test_every_address_answers_every_method_and_role(
    house: dict[str, Client], key: str, all_of_them: bool
) -> None:
    found = addresses(key)
    assert len(found) >= 3
    for place, route in enumerate(found):
        for turn, (role, client) in enumerate(house.items()):
            for method in METHODS:
                is_usual = method in ("GET", "POST") or role in ("anonymous", "superuser")
                if all_of_them or is_usual or turn == place % len(house):
                    ask(client, key, method, fill(route, None), {})


@pytest.mark.parametrize("key", HOSTS)
@pytest.mark.parametrize("all_of_them", SIZES)
@pytest.mark.timeout(1800)
def test_odd_parameters_are_refused_not_stumbled_over(
    house: dict[str, Client], key: str, all_of_them: bool
) -> None:
    for place, route in enumerate(addresses(key)):
        others = ("anonymous", "reader")
        for role in ("superuser", *(others if all_of_them else (others[place % 2],))):
            for value in ODD_VALUES if "<" in route else ():
                ask(house[role], key, "GET", fill(route, value), {})
                ask(house[role], key, "POST", fill(route, value), {})
            for fields in ODD_FIELDS:
                ask(house[role], key, "GET", fill(route, None), fields)
                ask(house[role], key, "POST", fill(route, None), fields)


@pytest.mark.parametrize("key", ["publish", "internal"])
def test_the_sweep_opens_what_exists(house: dict[str, Client], key: str) -> None:
    """The change pages are really reached: a superuser gets 200 from each."""
    pages = [route for route in addresses(key) if route.endswith("/change/")]
    assert len(pages) >= 5
    host = visitor(key).defaults["HTTP_HOST"]
    for route in pages:
        path = fill(route, None)
        assert house["superuser"].get(path, HTTP_HOST=host).status_code == 200, path


def test_the_sweep_finds_a_broken_view(
    house: dict[str, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check that cannot fail is a defect: break one view and see it found."""

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("broken on purpose")

    pattern = next(
        p
        for p in get_resolver(HOSTS["main"].urlconf).url_patterns
        if getattr(p, "name", "") == "robots"
    )
    monkeypatch.setattr(pattern, "callback", broken)
    with pytest.raises(AssertionError, match="robots"):
        ask(house["anonymous"], "main", "GET", "/robots.txt", {})

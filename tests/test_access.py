"""Who may reach what: every address × every role × an own and a foreign object.

The table is `tests/access.tsv`; an address that is not in it fails, and so does one that answers
otherwise. After a change that was meant, `ACCESS=write make test` writes it anew, to be read line by
line before it is committed.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from realtime.models import Connection, Instance
from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.accounts.roles import PERMISSIONS
from sites.books.models import (
    Author,
    Authorship,
    Book,
    BookStatus,
    Chapter,
    Genre,
    Revision,
    Status,
    Submission,
    Tag,
)
from sites.community.models import Announcement, Comment, Report
from sites.hosts import HOSTS
from storage.models import Upload
from tests.house import undone, visitor
from tests.test_sweep import routes

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]

TABLE = Path(__file__).parent / "access.tsv"
ROLES = ("anonymous", "reader", *PERMISSIONS, "superuser")
VARIANTS = ("own", "foreign")
#: What an author has and another author has: drafts, submitted and not, with all that hangs on them.
MINE, THEIRS = "own", "foreign"
#: What stands for parameters that are nobody's.
KNOWN = {"number": "1", "key": "reading", "app_label": "books", "section": "books"}


def fill_house() -> dict[str, Client]:
    """Two authors with a submitted draft each; a client for each role, where ``author`` is the one
    whose things are called own."""
    people = {
        role: create_user(
            f"{role}@access.example",
            password=None,
            roles=() if role in ("reader", "superuser") else (role,),
            superuser=role == "superuser",
        )
        for role in ROLES
        if role != "anonymous"
    }
    stranger = create_user("stranger@access.example", password=None, roles=["author"])
    instances = [Instance.objects.create(id=uuid.uuid4(), machine="m") for _ in range(2)]
    Connection.objects.create(id=uuid.uuid4(), instance=instances[0], host="main", kind="socket")
    for slug, owner in ((MINE, people["author"]), (THEIRS, stranger)):
        make_things(slug, owner)
    clients = {"anonymous": Client(raise_request_exception=False)}
    for role, user in people.items():
        clients[role] = Client(raise_request_exception=False)
        clients[role].force_login(user)
    return clients


def make_things(slug: str, owner: User) -> None:
    book = Book.objects.create(title=slug, slug=slug, status=BookStatus.SUBMITTED)
    author = Author.objects.create(name=slug, slug=slug, user=owner)
    Authorship.objects.create(book=book, author=author)
    chapter = Chapter.objects.create(
        book=book,
        number=1,
        title=slug,
        text='<p id="p-aaaaaaaa">Laut.</p>',
        status=Status.PUBLISHED,
        words=1,
    )
    Revision.objects.create(chapter=chapter, number=1, title=slug, text="<p>Air.</p>")
    Submission.objects.create(book=book, number=1, submitted_by=owner)
    said = Comment.objects.create(chapter=chapter, author=owner, text=slug)
    Report.objects.create(comment=said, reason="spam")
    Upload.objects.create(
        owner=owner,
        purpose="cover",
        key=slug,
        name=slug,
        size=1,
        expires_at=timezone.now() + timedelta(hours=1),
    )
    Genre.objects.create(slug=slug, name_en=slug, name_id=slug)
    Tag.objects.create(slug=slug, name=slug)
    now = timezone.now()
    Announcement.objects.create(
        text_en=slug, text_id=slug, hosts=["auth"], starts_at=now, ends_at=now + timedelta(hours=1)
    )


def address(route: str, variant: str) -> str:
    """Fill a route's parameters with what is the author's own, or another's."""
    slug = MINE if variant == "own" else THEIRS

    def key(model: Any) -> str:
        rows = model._default_manager
        fields = {field.name for field in model._meta.get_fields()}
        if model is User:
            email = "author@access.example" if variant == "own" else "stranger@access.example"
            return str(rows.get(email=email).pk)
        for lookup in ("slug", "book__slug", "chapter__book__slug"):
            if lookup.split("__")[0] in fields and (row := rows.filter(**{lookup: slug}).first()):
                return str(row.pk)
        row = rows.order_by("pk").first()
        return str(row.pk) if row else "1"

    def parameter(match: re.Match[str]) -> str:
        name = match["name"]
        if name == "slug":
            return slug
        if name == "comment":
            return str(Comment.objects.get(chapter__book__slug=slug).pk)
        if name == "upload":
            return str(Upload.objects.get(name=slug).pk)
        if name in ("object_id", "pk", "book_pk", "book_id"):
            return key(model_of(route))
        return KNOWN.get(name, "1")

    path = re.sub(r"<(?:[a-z_]+:)?(?P<name>[a-z_]+)>", parameter, route)
    path = re.sub(r"\(\?P<(?P<name>[a-z_]+)>[^)]*\)", parameter, path)
    return "/" + re.sub(r"[\^$\\?]|\(|\)", "", path)


def model_of(route: str) -> Any:
    if "approvals/" in route:
        return Submission
    if "moderation/" in route:
        return Report
    if "operations/" in route:
        return Connection if "connections/" in route else Instance
    found = re.search(r"(accounts|auth|books|community|sites)/([a-z]+)/", route)
    return apps.get_model(found[1], found[2]) if found else Book


def cases() -> Iterator[tuple[str, str, str]]:
    """Give host, route and variant of everything that can be asked."""
    for key, host in HOSTS.items():
        for route in dict.fromkeys(routes(get_resolver(host.urlconf))):
            variants = VARIANTS if "<" in route else ("",)
            for variant in variants:
                yield key, route, variant


def answer_of(client: Client, key: str, path: str) -> str:
    """Give the answer in a word; what takes forms alone is sent an empty one."""
    host = visitor(key).defaults["HTTP_HOST"]
    method = "GET"
    with undone():
        answer = client.get(path, HTTP_HOST=host)
    if answer.status_code == 405:
        method = "POST"
        with undone():
            answer = client.post(path, {}, HTTP_HOST=host)
    if answer.streaming:
        list(answer)  # to its end, which closes its file
    if answer.status_code in (301, 302, 303, 307):
        where = urlsplit(answer["Location"])
        to_door = where.netloc.startswith("auth.") and where.path == "/sign-in/"
        word = "door" if to_door else "elsewhere"
    else:
        word = str(answer.status_code)
    return word if method == "GET" else f"POST:{word}"


def ask_everything() -> dict[str, list[str]]:
    clients = fill_house()
    found = {}
    for key, route, variant in cases():
        path = address(route, variant)
        line = f"{key}\t/{route}\t{variant}"
        found[line] = [_asked(clients[role], key, path) for role in ROLES]
    return found


def _asked(client: Client, key: str, path: str) -> str:
    """Ask, and leave the session as it was: one of the addresses signs people out."""
    cookies = client.cookies.copy()
    try:
        return answer_of(client, key, path)
    finally:
        client.cookies = cookies


def read_table() -> dict[str, list[str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {"\t".join(row[:3]): row[3:] for row in rows}


def write_table(found: dict[str, list[str]]) -> None:
    head = "\t".join(("host", "address", "object", *ROLES))
    rows = ["\t".join((line, *answers)) for line, answers in found.items()]
    TABLE.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def test_everybody_reaches_what_the_table_says_and_nothing_else() -> None:
    found = ask_everything()
    if os.environ.get("ACCESS") == "write":
        write_table(found)
    table = read_table()
    unknown = sorted(found.keys() - table.keys())
    assert not unknown, f"Not in tests/access.tsv: {unknown}"
    gone = sorted(table.keys() - found.keys())
    assert not gone, f"In tests/access.tsv, and nowhere else: {gone}"
    differing = {
        f"{line} {role}": f"{was} → {now}"
        for line, answers in found.items()
        for role, was, now in zip(ROLES, table[line], answers, strict=True)
        if was != now
    }
    assert not differing, differing


#: Of uploads each purpose says who may (tests/storage/test_hostile.py).
OPEN = re.compile(r"^/(language/|robots|join/|uploads/|__|jsi18n|media|static|mail/)")


def rows(key: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    for line, answers in read_table().items():
        host, route, variant = line.split("\t")
        if host == key and not OPEN.match(route):
            yield route, variant, dict(zip(ROLES, answers, strict=True))


def let_in(word: str) -> bool:
    return word.removeprefix("POST:") in ("200", "204", "400")


@pytest.mark.parametrize("key", ["publish", "internal"])
def test_no_stranger_and_no_reader_enters_a_desk(key: str) -> None:
    entered = [
        (route, variant, role)
        for route, variant, answers in rows(key)
        for role in ("anonymous", "reader")
        if let_in(answers[role])
    ]
    assert not entered


def test_no_author_enters_the_office() -> None:
    entered = [(r, v) for r, v, answers in rows("internal") if let_in(answers["author"])]
    assert not entered


def test_editors_see_approvals_at_the_office_and_nothing_else() -> None:
    entered = {r for r, v, answers in rows("internal") if let_in(answers["editor"])}
    assert {route for route in entered if "approval" not in route} <= {"/", "/search/"}
    assert any("approval" in route for route in entered)


def test_an_author_finds_nothing_of_anothers_at_the_writing_desk() -> None:
    seen = {
        (r, v): answers["author"]
        for r, v, answers in rows("publish")
        if v == "foreign" and re.search(r"/books/(book|chapter|revision|submission)/", r)
    }
    allowed = {k: word for k, word in seen.items() if let_in(word)}
    assert not allowed


@pytest.mark.parametrize("key", ["main", "chapter"])
def test_nobody_reads_anothers_draft(key: str) -> None:
    seen = [
        (r, role)
        for r, v, answers in rows(key)
        if v == "foreign" and "genre" not in r and "shelves" not in r and "sitemap" not in r
        for role in ("anonymous", "reader", "author")
        if let_in(answers[role])
    ]
    assert not seen

"""Rules that every page of main and auth keeps, whoever looks at it."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from lxml import html as parser

from sites.accounts.actions import create_user
from sites.books.models import Genre, ReadingProgress
from tests.house import visitor
from tests.sites.main.factory import make_book

pytestmark = pytest.mark.django_db

PAGES = (
    ("main", "/"),
    ("main", "/books/"),
    ("main", "/books/?q=laut"),
    ("main", "/books/?q=nothing"),
    ("main", "/books/laut/"),
    ("main", "/books/bare/"),
    ("main", "/authors/"),
    ("main", "/authors/ratih/"),
    ("main", "/genres/novel/"),
    ("main", "/nowhere/"),
    ("auth", "/"),
    ("auth", "/sign-in/"),
)


WHO = ("stranger", "reader", "superuser")
CASES = [
    (who, key, path)
    for who in WHO
    for key, path in PAGES
    # The account is for those who are signed in, the sign-in for the others.
    if (key, path) != (("auth", "/") if who == "stranger" else ("auth", "/sign-in/"))
]
every_page = pytest.mark.parametrize(("who", "key", "path"), CASES)


def client_of(who: str, key: str) -> Client:
    """Somebody at one host, in a house with books."""
    book = make_book(
        "laut", author="Ratih", opening_line="Laut tidak pernah lupa.", is_complete=False
    )
    make_book("bare", chapters=0)
    make_book("angin", author="Ratih")
    book.genres.add(Genre.objects.create(slug="novel", name_en="Novel", name_id="Novel"))
    client = visitor(key)
    if who != "stranger":
        user = create_user("a@example.com", password=None, superuser=who == "superuser")
        ReadingProgress.objects.create(user=user, book=book, chapter=book.chapters.get(number=2))
        client.force_login(user)
    return client


def tree(who: str, key: str, path: str) -> Any:
    answer = client_of(who, key).get(path)
    assert answer.status_code in (200, 404)
    page = parser.document_fromstring(answer.content)
    page.set("data-policy", answer["Content-Security-Policy"])
    return page


def hash_of(rules: str) -> str:
    return b64encode(sha256(rules.encode()).digest()).decode()


@every_page
def test_the_markup_keeps_the_houses_rules(who: str, key: str, path: str) -> None:
    page = tree(who, key, path)
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//main")) == 1
    assert page.xpath("//title")[0].text.endswith(("Esensi", "online"))
    assert page.xpath("//meta[@name='description']/@content")[0].strip()
    doubled = [name for name, n in Counter(page.xpath("//@id")).items() if n > 1]
    assert not doubled
    assert len(page.xpath("//*[contains(concat(' ', @class, ' '), ' button-call ')]")) <= 1


@every_page
def test_the_strict_policy_lets_all_of_it_work(who: str, key: str, path: str) -> None:
    page = tree(who, key, path)
    assert not page.xpath("//@style")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    # Linked data is read, and not run.
    assert not page.xpath("//script[not(@src) and not(@type='application/ld+json')]")
    for style in page.xpath("//style"):
        assert f"'sha256-{hash_of(style.text)}'" in page.get("data-policy")


@every_page
def test_everything_has_a_name_for_those_who_listen(who: str, key: str, path: str) -> None:
    page = tree(who, key, path)
    assert not page.xpath("//img[not(@alt)]")
    for control in page.xpath("//input[not(@type='hidden')] | //select"):
        labelled = control.get("aria-label") or page.xpath(
            "//label[@for=$id]", id=control.get("id")
        )
        labelled = labelled or control.xpath("ancestor::label[normalize-space()]")
        assert labelled, parser.tostring(control)
    for clickable in page.xpath("//a | //button | //summary"):
        said = "".join(clickable.itertext()).strip()
        assert said or clickable.get("aria-label") or clickable.get("aria-hidden"), parser.tostring(
            clickable
        )


@every_page
def test_every_form_that_posts_carries_its_token(who: str, key: str, path: str) -> None:
    """But those two of strangers' pages that are known by the page's origin (``sites.csrf``)."""
    page = tree(who, key, path)
    for form in page.xpath("//form[@method='post']"):
        is_by_origin = form.get("action") in ("/language/", "/reading/")
        has_token = bool(form.xpath(".//input[@name='csrfmiddlewaretoken']"))
        assert has_token is not (is_by_origin and who == "stranger")


@pytest.mark.parametrize("who", WHO)
def test_links_lead_to_the_hosts_they_name(who: str) -> None:
    page = tree(who, "main", "/")
    origins = tuple(f"{origin}/" for origin in settings.HOST_NAMES.origins)
    for href in page.xpath("//a/@href"):
        assert href.startswith(("#", "/", "?", *origins)), href

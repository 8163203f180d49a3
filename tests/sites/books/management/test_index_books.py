"""`manage.py index_books`: what was there before the search."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from sites.books.models import SearchableBook, SearchableChapter
from tests.sites.books.search.texts import found, told

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    said = io.StringIO()
    call_command("index_books", *words, stdout=said)
    return said.getvalue()


def test_it_fills_in_what_is_missing_and_says_how_much() -> None:
    told("salt", "walrus", "heron")
    SearchableBook.objects.all().delete()
    SearchableChapter.objects.all().delete()
    assert run().endswith("Indexed 1 books and 2 chapters.\n")
    assert found("walrus") == ["salt"]
    assert run().endswith("Indexed 0 books and 0 chapters.\n")
    assert run("--again").endswith("Indexed 1 books and 2 chapters.\n")


def test_an_empty_house_is_indexed_at_once() -> None:
    assert run() == "Books: 100 %\nChapters: 100 %\nIndexed 0 books and 0 chapters.\n"

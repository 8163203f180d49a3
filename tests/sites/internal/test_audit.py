"""The audit log is found by what is asked, says what happened in words, and cannot be changed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.http import HttpResponse

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import AuditEntry, User
from sites.internal.audit_sentences import SENTENCES
from tests.sites.desk.people import ROLES, SmallHouse

PATH = "/audit/"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MOST_QUERIES = 12


def found(answer: HttpResponse) -> list[str]:
    return [entry.action for entry in answer.context["cl"].result_list]  # type: ignore[attr-defined]


@pytest.fixture
def log(house: SmallHouse) -> None:
    editor = house.people["editor"]
    record_audit("book.submit", by=house.people["author"], on=house.own, now=NOW, round=2)
    record_audit("book.approve", by=editor, on=house.own, now=NOW + timedelta(days=1))
    record_audit("tag.delete", by=None, on=house.tag, now=NOW + timedelta(days=2))
    record_audit("book.reject", by=editor, on=house.foreign, now=NOW + timedelta(days=3))


@pytest.mark.usefixtures("log")
def test_it_is_searched_by_what_by_row_by_account_and_by_days(house: SmallHouse) -> None:
    client = house.visitor("internal", "manager")
    assert found(client.get(PATH)) == ["book.reject", "tag.delete", "book.approve", "book.submit"]
    asked = {
        "action=book.submit": ["book.submit"],
        "kind=books.tag": ["tag.delete"],
        f"kind=books.book&number={house.own.pk}": ["book.approve", "book.submit"],
        f"account={house.people['editor'].pk}": ["book.reject", "book.approve"],
        "since=2026-11-25": ["book.reject", "tag.delete"],
        "until=2026-11-23": ["book.submit"],
        "since=2026-11-24&until=2026-11-24": ["book.approve"],
    }
    for query, expected in asked.items():
        assert found(client.get(f"{PATH}?{query}")) == expected, query


@pytest.mark.usefixtures("log")
def test_an_entry_says_in_words_who_did_what_to_which_row(house: SmallHouse) -> None:
    house.tag.delete()
    page = house.visitor("internal", "manager").get(PATH).content.decode()
    tag = AuditEntry.objects.get(action="tag.delete").subject_id
    for words in ("Book submitted", "round: 2", "Author <span", "the house itself"):
        assert words in page, words
    assert f'href="/books/book/{house.own.pk}/change/"' in page
    assert f"Tag {tag}" in page
    assert f'href="/books/tag/{tag}/' not in page
    User.objects.filter(pk=house.people["author"].pk).delete()
    assert (
        "an account that is gone" in house.visitor("internal", "manager").get(PATH).content.decode()
    )


@pytest.mark.usefixtures("log")
def test_a_row_is_linked_for_those_who_may_open_it(house: SmallHouse) -> None:
    page = house.visitor("internal", "operator").get(PATH).content.decode()
    assert f"Book {house.own.pk}" in page
    assert f'href="/books/book/{house.own.pk}/change/"' not in page


def test_it_is_for_managers_and_operators_to_read(house: SmallHouse) -> None:
    seen = {role: house.visitor("internal", role).get(PATH).status_code for role in ROLES}
    expected = dict.fromkeys(ROLES, 403) | dict.fromkeys(("manager", "operator", "superuser"), 200)
    assert seen == expected


@pytest.mark.usefixtures("log")
def test_nobody_changes_it(house: SmallHouse) -> None:
    before = list(AuditEntry.objects.values())
    entry = AuditEntry.objects.all()[0]
    root = house.visitor("internal", "superuser")
    for page in ("add/", f"{entry.pk}/change/", f"{entry.pk}/delete/"):
        assert root.post(f"/accounts/auditentry/{page}", {"post": "yes"}).status_code == 404
    root.post(PATH, {"action": "delete_selected", "_selected_action": entry.pk})
    assert list(AuditEntry.objects.values()) == before


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    "query",
    [
        "action=x",
        "kind=x",
        "number=1",
        "kind=books.book&number=%00",
        "account=0",
        "account=" + "9" * 30,
        "account=x",
        "since=x",
        "since=0001-01-01",
        "until=9999-12-31",
        "until=0001-01-01",
        "p=99",
        "o=3.1",
        "kind=accounts.auditentry",
    ],
)
def test_odd_questions_find_nothing_or_all_and_are_no_error(house: SmallHouse, query: str) -> None:
    answer = house.visitor("internal", "manager").get(f"{PATH}?{query}")
    assert answer.status_code in (200, 302, 400)


def test_a_long_log_costs_no_more(house: SmallHouse, django_assert_max_num_queries: Any) -> None:
    client = house.visitor("internal", "manager")
    client.get(PATH)
    rows = (house.own, house.chapter, house.tag, house.genre, *house.people.values())
    counts = []
    for times in (1, 20):
        for number in range(times):
            for row in rows:
                by = house.people[ROLES[number % len(ROLES)]]
                record_audit("book.approve", by=by, on=row, now=NOW)
        with django_assert_max_num_queries(MOST_QUERIES) as asked:
            assert client.get(PATH).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_every_action_that_the_house_records_has_its_sentence() -> None:
    """``record_audit("noun.verb"`` in the code, and the names that it puts together."""
    root = Path(apps.get_app_config("esensi_sites").path)
    written = set()
    for path in root.rglob("*.py"):
        text = path.read_text()
        written |= set(re.findall(r'record_audit\(\s*"([a-z_]+\.[a-z_]+)"', text))
        if "record_audit" in text:
            written |= set(re.findall(r'^[A-Z_]+(?:: Final)? = "([a-z_]+\.[a-z_]+)"', text, re.M))
    assert "book.submit" in written
    assert {name for name in written if "." in name} - set(SENTENCES) == set()

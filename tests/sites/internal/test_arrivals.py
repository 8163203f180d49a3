"""The office hears that a book waits, and that it waits no longer."""

from __future__ import annotations

from realtime.rooms import kind_of
from realtime.testing import Published, published
from sites.books.actions.decide_on_book import reject_book
from sites.books.actions.take_back_book import take_back_book
from tests.sites.desk.people import SmallHouse
from tests.sites.internal.submitted import NOW, another, submitted


def to_the_office(events: list[Published]) -> list[tuple[str, int]]:
    return [(event.kind, event.data["submission"]) for event in events if event.room == "approvals"]


def test_what_is_submitted_and_taken_back_is_told(house: SmallHouse) -> None:
    with published() as events:
        submission = submitted(house)
    assert to_the_office(events) == [("submission_arrived", submission.pk)]
    with published() as events:
        take_back_book(submission.book, by=house.people["author"], now=NOW)
    assert to_the_office(events) == [("submission_settled", submission.pk)]


def test_an_answer_is_told_to_those_who_look_at_the_queue(house: SmallHouse) -> None:
    submission = another(house, 7, days_ago=1)
    state = kind_of("approvals").snapshot(house.people["editor"], "")
    assert state == {"waiting": 1}
    with published() as events:
        reject_book(submission.book, comment="No.", by=house.people["editor"], now=NOW)
    assert to_the_office(events) == [("submission_settled", submission.pk)]
    assert kind_of("approvals").snapshot(house.people["editor"], "") == {"waiting": 0}


def test_pages_listen_to_what_they_show(house: SmallHouse) -> None:
    rooms = {"editor": "approvals", "moderator": "moderation", "manager": "approvals moderation"}
    for role, listens in {**rooms, "support": "", "operator": ""}.items():
        page = house.visitor("internal", role).get("/").content.decode()
        assert f'data-listens="{listens}"' in page
    assert 'aria-pressed="false"' in page
    page = house.visitor("internal", "editor").get("/approvals/").content.decode()
    assert 'data-listens="approvals"' in page

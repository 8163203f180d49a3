"""Who hears a chapter's conversation, what late comers are told, and who is said to be writing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from realtime.presence import person
from realtime.reading import Stored
from realtime.rooms import Ask, kind_of
from sites.accounts.models import Person
from sites.books.models import BookStatus, Chapter
from sites.community import chapter_room, moderation_room
from sites.community.actions.mute_person import mute_person
from sites.community.chapter_room import (
    WRITING_EVERY,
    Pace,
    how_it_stands,
    may_read,
    say_writing,
    without_taken_back,
)
from tests.sites.chapter.library import hide, make_author, make_book, make_chapters
from tests.sites.community.talk import FIRST, NOW, SECOND, make_chapter, say, somebody

pytestmark = pytest.mark.django_db
ROLES = ("author", "editor", "support", "moderator", "manager", "operator")


def everybody(own: Chapter) -> list[Person]:
    suspended = somebody("Suspended", "editor")
    suspended.is_active = False
    suspended.save()
    roles = [somebody(f"A-{role}", role) for role in ROLES]
    return [AnonymousUser(), suspended, make_author(own.book), somebody("Reader"), *roles]


def test_a_chapter_is_heard_by_those_who_may_read_it_and_by_nobody_else() -> None:
    out = make_chapters(make_book("out"), 2)
    hide(out[1])
    later = make_chapters(make_book("later", publish_at=timezone.now() + timedelta(days=1)), 1)
    drafts = [*make_chapters(make_book("draft", status=BookStatus.DRAFT), 1), *later]
    chapters = [*out, *drafts]
    people = everybody(own=drafts[0])
    asks = [Ask(user, str(chapter.pk)) for user in people for chapter in chapters]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        allowed = may_read(asks)
    assert len(queries) == 1
    for ask in asks:
        readable = Chapter.objects.readable_by(ask.user).filter(pk=ask.key).exists()
        assert (ask in allowed) is readable, (str(ask.user), ask.key)
    assert 0 < len(allowed) < len(asks)


@pytest.mark.parametrize("key", ["", "0", "-1", "0{pk}", "{pk}x", "99999999999999999999", "٤٢"])
def test_a_key_has_one_spelling(key: str) -> None:
    chapter = make_chapter()
    assert may_read([Ask(somebody("Edi", "editor"), key.format(pk=chapter.pk))]) == []


def test_late_comers_are_told_the_counts_that_hold_for_them() -> None:
    chapter, toba, ratih = make_chapter(), somebody("Toba"), somebody("Ratih")
    first = say(chapter, toba, paragraph=FIRST)
    say(chapter, ratih, parent=first.pk)
    say(chapter, ratih, paragraph=SECOND)
    say(chapter, ratih)
    key = str(chapter.pk)
    assert how_it_stands(AnonymousUser(), key) == {
        "counts": {"": 1, FIRST: 2, SECOND: 1},
        "muted": [],
    }
    bayu = somebody("Bayu")
    mute_person(toba, by=bayu, now=NOW)
    told = how_it_stands(bayu, key)
    assert told == {"counts": {"": 1, SECOND: 1}, "muted": [person(toba.pk)]}


def test_somebody_with_an_account_writes_and_is_told_of_now_and_then() -> None:
    toba = somebody("Toba")
    said = say_writing(toba, "1", {"paragraph": FIRST})
    assert (said.by, said.name, said.paragraph) == (person(toba.pk), "Toba", FIRST)
    for user, data in (
        (AnonymousUser(), {}),
        (somebody("Ratih"), {"paragraph": "<b>"}),
        (somebody("Bayu"), {"text": "x"}),
        (toba, {}),
    ):
        with pytest.raises(ValueError, match=r"paragraph|account|moment"):
            say_writing(user, "1", data)


def test_the_pace_of_writing_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chapter_room, "MOST_WRITING", 2)
    pace = Pace()
    assert pace.take(1, 0.0)
    assert not pace.take(1, WRITING_EVERY - 0.1)
    assert pace.take(1, WRITING_EVERY)
    assert pace.take(2, 2.0)
    assert pace.take(3, 2.0)
    assert pace.take(1, 2.1)  # forgotten


def test_reports_are_heard_by_those_who_moderate() -> None:
    people = {role: somebody(role.title(), role) for role in ROLES}
    asks = [Ask(AnonymousUser(), ""), *(Ask(user, "") for user in people.values())]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        allowed = moderation_room.who_moderates(asks)
    assert len(queries) == 1
    assert {ask.user for ask in allowed} == {people["moderator"], people["manager"]}
    assert moderation_room.who_moderates([Ask(people["manager"], "1")]) == []
    assert moderation_room.how_it_stands(None, "") == {"open": 0}
    assert kind_of("chapter.1").said_by_clients


#: What happened to the comments 1 and 2, and the words that are told to whoever comes later.
PASTS = [
    ("it stands", "written:A", "A"),
    ("changed", "written:A edited:B", " B"),
    ("changed twice", "written:A edited:B edited:C", "  C"),
    ("deleted", "written:A edited:B deleted", "  -"),
    ("hidden", "written:A hidden", " -"),
    ("shown again, by whoever fetches it", "written:A hidden restored", " - -"),
    ("changed once more", "written:A hidden restored edited:B", " - - B"),
    ("liked", "written:A liked", "A -"),
    ("another one deleted", "written:A deleted/2", "A -"),
    ("the other one", "written:A written/2:B deleted/2 edited:C", "  - C"),
]


def happened(words: str) -> list[Stored]:
    found = []
    for offset, word in enumerate(words.split(), 1):
        what, _, text = word.partition(":")
        kind, _, comment = what.partition("/")
        data = {"comment": int(comment or 1), **({"text": text} if text else {})}
        found.append(Stored(offset, f"comment_{kind}", "", data))
    return found


@pytest.mark.parametrize(("words", "told"), [past[1:] for past in PASTS], ids=[p[0] for p in PASTS])
def test_words_that_were_taken_back_are_not_told_again(words: str, told: str) -> None:
    events = happened(words)
    again = without_taken_back(events)
    assert [one.data.get("text", "-") for one in again] == told.split(" ")
    assert [one.offset for one in again] == [one.offset for one in events]
    assert happened(words) == events  # which others are told as well
    assert kind_of("chapter.1").retold is without_taken_back


def test_other_events_of_a_chapter_are_told_as_they_were() -> None:
    marked = Stored(1, "highlights_changed", "", {"chapter": 1})
    assert without_taken_back([marked]) == [marked]

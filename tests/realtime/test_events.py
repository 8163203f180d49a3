"""Fields of events: what may travel, and what is refused with its name."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.events import LARGEST_EVENT, Event, encode
from realtime.stream_errors import BadEvent


@dataclass(frozen=True)
class Person:
    name: str
    age: int | None = None


@dataclass(frozen=True)
class Everything(Event):
    text: str = ""
    number: float = 0
    yes: bool = False
    at: datetime | None = None
    on: date | None = None
    key: UUID | None = None
    mood: Literal["good", "bad"] = "good"
    people: tuple[Person, ...] = ()
    words: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def test_all_that_may_travel() -> None:
    event = Everything(
        text="Buku “baru”",
        number=1.5,
        yes=True,
        at=datetime(2026, 11, 23, 20, tzinfo=UTC),
        on=date(2026, 11, 23),
        key=UUID(int=7),
        mood="bad",
        people=(Person("Ana"), Person("Budi", 7)),
        words=["a", "b"],
        counts={"x": 1},
    )
    assert json.loads(encode(event)) == {
        "text": "Buku “baru”",
        "number": 1.5,
        "yes": True,
        "at": "2026-11-23T20:00:00+00:00",
        "on": "2026-11-23",
        "key": "00000000-0000-0000-0000-000000000007",
        "mood": "bad",
        "people": [{"name": "Ana", "age": None}, {"name": "Budi", "age": 7}],
        "words": ["a", "b"],
        "counts": {"x": 1},
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"text": b"bytes"}, "Everything.text must be str; it is bytes"),
        ({"number": float("nan")}, "Everything.number must be a finite float"),
        ({"number": True}, "must be a finite float"),
        ({"yes": 1}, "must be bool; it is int"),
        ({"at": datetime(2026, 1, 1)}, "time zone"),  # noqa: DTZ001 - what is refused
        ({"on": datetime(2026, 1, 1, tzinfo=UTC)}, "must be date; it is datetime"),
        ({"key": "7"}, "must be UUID"),
        ({"mood": "so-so"}, "must be one of"),
        ({"people": [Person("Ana")]}, "must be tuple; it is list"),
        ({"people": (Person(7),)}, r"Everything.people.name must be str"),
        ({"words": ["a", 7]}, "must be str; it is int"),
        ({"counts": {7: 1}}, "must be str; it is int"),
        ({"counts": {"x": 2**60}}, "browsers read exactly"),
    ],
)
def test_another_type_is_refused_with_the_field(words: dict[str, Any], said: str) -> None:
    with pytest.raises(BadEvent, match=said):
        encode(Everything(**words))


def test_an_event_may_have_its_largest_size_and_no_more() -> None:
    rest = len(encode(Everything()))
    assert len(encode(Everything(text="x" * (LARGEST_EVENT - rest)))) == LARGEST_EVENT
    with pytest.raises(BadEvent, match="longer than"):
        encode(Everything(text="x" * (LARGEST_EVENT - rest + 1)))


@given(st.text())
def test_any_text_is_kept_or_refused(text: str) -> None:
    bad = "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text)
    if bad:
        with pytest.raises(BadEvent):
            encode(Everything(text=text))
    else:
        assert json.loads(encode(Everything(text=text)))["text"] == text

"""Kinds of rooms, and the names of rooms."""

from __future__ import annotations

import sys
import types
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from realtime import rooms
from realtime.events import Event
from realtime.rooms import RoomKind, kind_of, known_kinds, register, register_later, room_name
from realtime.stream_errors import BadKind, UnknownRoom
from realtime.testing import registered
from tests.realtime.rooms_of_tests import HALL, Counted, empty, everybody


def kind(**words: Any) -> RoomKind:
    given: dict[str, Any] = {
        "name": "cellar",
        "events": (),
        "allowed": everybody,
        "snapshot": empty,
        "keep_for": timedelta(days=1),
        "keep_at_most": 10,
    }
    return RoomKind(**{**given, **words})


class Loose(Event):
    """No dataclass."""


@dataclass
class Changeable(Event):
    """Not frozen."""

    n: int


@dataclass(frozen=True)
class Strange(Event):
    """Holds what no JSON does."""

    n: complex


@dataclass(frozen=True)
class Stray:
    """No event."""

    n: int


@dataclass(frozen=True)
class Told(Event):
    """Two of one name."""


Twin = dataclass(frozen=True)(type("Told", (Event,), {}))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"name": "Cellar"}, "lower-case letters"),
        ({"name": "c" * 31}, "lower-case letters"),
        ({"keep_for": timedelta(0)}, "keep_for"),
        ({"keep_for": timedelta(days=91)}, "keep_for"),
        ({"keep_at_most": 0}, "keep_at_most"),
        ({"keep_at_most": 10_001}, "keep_at_most"),
        ({"events": (Loose,)}, "frozen dataclass"),
        ({"events": (Changeable,)}, "frozen dataclass"),
        ({"transients": (Strange,)}, "cannot travel"),
        ({"events": (Stray,)}, "derived from Event"),
        ({"events": (Told,), "transients": (Twin,)}, "names of their own"),
    ],
)
def test_a_kind_that_cannot_work_is_refused(words: dict[str, Any], said: str) -> None:
    with pytest.raises(BadKind, match=said):
        kind(**words)


def test_a_name_belongs_to_one_kind() -> None:
    with registered():
        register(HALL)
        with pytest.raises(BadKind, match="registered already"):
            register(kind(name="hall"))


def test_names_of_rooms() -> None:
    assert room_name("hall", 7) == "hall.7"
    assert room_name("hall", 0) == "hall.0"
    assert room_name("hall") == "hall"
    assert kind_of("hall.7") is HALL
    for key in ("", " ", "a.b", "é", "x" * 49):
        with pytest.raises(UnknownRoom):
            kind_of(f"hall.{key}")
    with pytest.raises(UnknownRoom, match="register its kind"):
        kind_of("garden.1")


def test_a_module_is_imported_when_a_room_is_first_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imported: list[str] = []

    class Loader:
        def find_spec(self, name: str, *_words: Any) -> Any:
            if name != "rooms_made_up":
                return None
            from importlib.machinery import ModuleSpec

            return ModuleSpec(name, self)  # type: ignore[arg-type]

        def create_module(self, _spec: Any) -> None:
            return None

        def exec_module(self, module: types.ModuleType) -> None:
            imported.append(module.__name__)
            assert "cellar" not in known_kinds()  # while it is imported
            register(kind())

    monkeypatch.setattr(sys, "meta_path", [Loader(), *sys.meta_path])
    with registered():
        register_later("rooms_made_up")
        register_later("rooms_made_up")
        assert imported == []
        assert kind_of("cellar.1").name == "cellar"
        register_later("rooms_made_up")
        assert kind_of("cellar.1").events == ()
        assert imported == ["rooms_made_up"]
    rooms._loaded.remove("rooms_made_up")
    sys.modules.pop("rooms_made_up")


def test_events_name_their_kind() -> None:
    from realtime.events import kind_name

    @dataclass(frozen=True)
    class HTMLWasRead2Times(Event):
        """An awkward name."""

    assert kind_name(HTMLWasRead2Times) == "html_was_read2_times"
    assert kind_name(Counted) == "counted"

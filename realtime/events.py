"""Events as their publishers write them: frozen dataclasses, facts in the past tense.

    @dataclass(frozen=True)
    class ChapterPublished(Event):
        number: int
        title: str

Fields are checked when something is published, so that a mistake is found in the publisher and never
in a reader. Allowed are str, int, float, bool, None, datetime, date, UUID, Literal, Optional and other
unions, list, tuple, dict with str keys, and frozen dataclasses of these.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from realtime.stream_errors import BadEvent, BadKind

#: Bytes of an event's JSON: a long comment. What is larger is fetched by those who want it.
LARGEST_EVENT: Final = 16_000
#: What browsers read exactly (Number.MAX_SAFE_INTEGER).
LARGEST_NUMBER: Final = 2**53 - 1

_names: dict[type[Any], str] = {}
#: Gives what JSON shall hold for a value; raises ValueError with the end of a sentence.
Check = Callable[[Any], Any]
_schemas: dict[type[Any], Check] = {}


class Event:
    """The base of events and of transient messages."""


def kind_name(event: type[Event]) -> str:
    """Give the name of a kind of event as it travels: ``chapter_published``."""
    name = _names.get(event)
    if name is None:
        name = _names[event] = _name_of(event)
    return name


def _name_of(event: type[Event]) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", event.__name__).lower()


def encode(event: Event) -> str:
    """Give an event's fields as JSON. Raises ``BadEvent`` for a field that is not what it is declared
    as, and for more than ``LARGEST_EVENT`` bytes."""
    name = type(event).__name__
    try:
        fields = schema(type(event))(event)
    except ValueError as error:
        raise BadEvent(f"{name}.{error}") from error
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    if len(text) > LARGEST_EVENT or len(text.encode()) > LARGEST_EVENT:
        raise BadEvent(
            f"{name} is longer than {LARGEST_EVENT} bytes. Publish a key, and let readers fetch the rest."
        )
    return text


def schema(event: type[Any]) -> Check:
    """Give the check of a dataclass's fields. Raises ``BadKind`` for a class that is none, is not
    frozen, or has a field of another type than those above."""
    found = _schemas.get(event)
    if found is None:
        found = _schemas[event] = _schema_of(event)
    return found


def _schema_of(event: type[Any]) -> Check:
    params = getattr(event, "__dataclass_params__", None)
    if params is None or not params.frozen:
        raise BadKind(f"{event.__name__} must be a frozen dataclass.")
    hints = typing.get_type_hints(event)
    try:
        checks = {field.name: _check_of(hints[field.name]) for field in dataclasses.fields(event)}
    except TypeError as error:
        raise BadKind(f"{event.__name__} cannot travel: {error}") from error

    def check(value: Any) -> dict[str, Any]:
        if type(value) is not event:
            raise ValueError(f"must be {event.__name__}; it is {type(value).__name__}.")
        return {name: _named(name, one, getattr(value, name)) for name, one in checks.items()}

    return check


def _named(name: str, check: Check, value: Any) -> Any:
    try:
        return check(value)
    except ValueError as error:
        words = str(error)
        raise ValueError(
            f"{name} {words}" if words.startswith("must") else f"{name}.{words}"
        ) from None


def _check_of(hint: Any) -> Check:
    origin, words = typing.get_origin(hint), typing.get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if origin in (typing.Union, types.UnionType):
        return _any_of([_check_of(word) for word in words])
    if origin is typing.Literal:
        return _literal(words)
    if origin in (list, tuple) and (len(words) == 1 or words[1:] == (...,)):
        return _list_of(origin, _check_of(words[0]))
    if origin is dict and words[0] is str:
        return _dict_of(_check_of(words[1]))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return schema(hint)
    raise TypeError(f"{hint!r} is no type that JSON and every reader know.")


def _any_of(checks: list[Check]) -> Check:
    def check(value: Any) -> Any:
        said = []
        for one in checks:
            try:
                return one(value)
            except ValueError as error:
                said.append(str(error))
        raise ValueError(said[0])

    return check


def _literal(values: tuple[Any, ...]) -> Check:
    def check(value: Any) -> Any:
        if value not in values:
            raise ValueError(f"must be one of {values!r}; it is {value!r}.")
        return value

    return check


def _list_of(kind: type, one: Check) -> Check:
    def check(value: Any) -> list[Any]:
        if not isinstance(value, kind):
            raise ValueError(f"must be {kind.__name__}; it is {type(value).__name__}.")
        return [one(item) for item in value]  # type: ignore[attr-defined]

    return check


def _dict_of(one: Check) -> Check:
    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValueError(f"must be dict; it is {type(value).__name__}.")
        return {_text(key): one(item) for key, item in value.items()}

    return check


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be str; it is {type(value).__name__}.")
    if "\0" in value or value.encode("utf-8", "ignore").decode() != value:
        raise ValueError("must be text that PostgreSQL takes: no NUL, no half of a character.")
    return str(value)


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"must be int; it is {type(value).__name__}.")
    if abs(value) > LARGEST_NUMBER:
        raise ValueError(f"must be a number that browsers read exactly, at most {LARGEST_NUMBER}.")
    return int(value)


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError(f"must be a finite float; it is {value!r}.")
    return value


def _exactly(kind: type, write: Callable[[Any], Any] = lambda value: value) -> Check:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(f"must be {kind.__name__}; it is {type(value).__name__}.")
        return write(value)

    return check


def _moment(value: Any) -> str:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("must be a datetime with a time zone.")
    return value.isoformat()


_PLAIN: Final[dict[Any, Check]] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _exactly(bool),
    type(None): _exactly(type(None)),
    datetime: _moment,
    date: _exactly(date, date.isoformat),
    UUID: _exactly(UUID, str),
}

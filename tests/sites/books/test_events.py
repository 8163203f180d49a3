"""What happened to books."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from datetime import UTC, datetime

import pytest

from sites.books import events

AT = datetime(2026, 3, 1, tzinfo=UTC)


def test_kinds_that_inherit_their_methods_are_facts_like_the_others() -> None:
    submitted = events.BookSubmitted(book=1, by=2, at=AT, submission=3)
    assert submitted == events.BookSubmitted(book=1, by=2, at=AT, submission=3)
    other: events.BookEvent = events.BookApproved(book=1, by=2, at=AT, submission=3)
    assert submitted != other
    assert hash(submitted) == hash(events.BookSubmitted(book=1, by=2, at=AT, submission=3))
    assert repr(submitted).startswith("BookSubmitted(book=1, by=2, at=")
    assert [field.name for field in fields(submitted)] == ["book", "by", "at", "submission"]
    with pytest.raises(FrozenInstanceError):
        submitted.book = 2  # type: ignore[misc]

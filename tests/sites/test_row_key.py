"""What addresses and forms name is a key that PostgreSQL can look for, or none."""

from __future__ import annotations

import pytest

from sites.row_key import row_key


@pytest.mark.parametrize(
    "typed", ["", "-1", "1.0", "x", "\x00", "١٢", " 1", "9" * 19, "9" * 10_000]
)
def test_what_no_row_has_as_its_key_is_none(typed: str) -> None:
    assert row_key(typed) is None


def test_a_key_is_its_number() -> None:
    assert row_key("42") == 42
    assert row_key("9" * 18) == 10**18 - 1 < 2**63

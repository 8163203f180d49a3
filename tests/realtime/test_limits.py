"""How much one client may have and do."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from realtime.configuration import BadConfiguration
from realtime.limits import Bucket, Limits

PAGE = Path(__file__).resolve().parents[2] / "docs/realtime/limits.md"


def test_the_page_lists_each_limit_with_its_default() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\d+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    assert {key: float(value) for key, value, _why in rows} == {
        name.upper(): float(value) for name, value in asdict(Limits()).items()
    }
    assert all(why.strip() for _key, _value, why in rows)


def test_settings_may_say_otherwise(settings: Any) -> None:
    settings.REALTIME = {"SOCKETS_PER_USER": 3, "REGION": "sin"}
    assert Limits.configured() == Limits(sockets_per_user=3)


@pytest.mark.parametrize("value", [0, -1, "20", None])
def test_a_limit_that_is_none_is_refused(settings: Any, value: Any) -> None:
    settings.REALTIME = {"FRAME_BURST": value}
    with pytest.raises(BadConfiguration, match="FRAME_BURST"):
        Limits.configured()


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(rate=2, burst=5, now=100)
    assert [bucket.take(100) for _ in range(6)] == [True] * 5 + [False]
    assert [bucket.take(100.5), bucket.take(100.5)] == [True, False]
    assert not bucket.is_full(102)
    assert bucket.is_full(104)
    assert [bucket.take(200) for _ in range(6)] == [True] * 5 + [False]

"""Which machines are led to, by their checks."""

from __future__ import annotations

import pytest

from esensi.fleet.checking import Health, is_deployed, is_led_to, judge
from esensi.fleet.flyfile import Check

CHECK = Check("/healthz", grace=10)


@pytest.mark.parametrize(
    ("before", "status", "age", "after"),
    [
        ("unknown", 200, 1, "passing"),
        ("failing", 200, 100, "passing"),
        ("passing", 503, 100, "failing"),
        ("passing", None, 100, "failing"),
        ("passing", 204, 100, "failing"),
        ("passing", 301, 100, "failing"),
        ("unknown", None, 9, "unknown"),
        ("unknown", None, 10, "failing"),
    ],
    ids=[
        "200 passes",
        "and ends a failure",
        "an error fails",
        "so does silence",
        "exactly 200, and nothing near it",
        "redirects are not followed",
        "within the grace period nothing speaks against a machine",
        "after it everything does",
    ],
)
def test_what_an_answer_says(before: Health, status: int | None, age: int, after: Health) -> None:
    assert judge(before, status=status, age=age, check=CHECK) == after


def test_failing_stops_routing_and_unknown_does_not() -> None:
    assert is_led_to(["unknown"])
    assert not is_led_to(["passing", "failing"])


def test_a_deploy_waits_for_all_checks() -> None:
    assert is_deployed(["passing", "passing"])
    assert not is_deployed(["passing", "unknown"])

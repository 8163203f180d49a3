"""In which order a new version comes, strategy by strategy."""

from __future__ import annotations

import pytest

from esensi.fleet.deploying import Step, at_once, steps

RUNNING = ["a", "b", "c"]


@pytest.mark.parametrize(
    ("count", "share", "expected"),
    [(3, 0.33, 1), (10, 0.33, 4), (1, 0.33, 1), (3, 2.0, 2), (4, 1.0, 1)],
)
def test_a_share_is_rounded_up_and_one_is_a_count(count: int, share: float, expected: int) -> None:
    assert at_once(count, share) == expected


def test_rolling_replaces_some_at_a_time_and_waits_for_their_checks() -> None:
    found = steps("rolling", RUNNING, ["d"], 0.33)
    assert found == [
        Step("update", ("a",), waits=True),
        Step("update", ("b",), waits=True),
        Step("update", ("c",), waits=True),
        Step("update", ("d",)),
    ]


def test_bluegreen_switches_once_all_green_ones_pass() -> None:
    assert steps("bluegreen", RUNNING, [], 0.33) == [
        Step("create", ("a", "b", "c"), waits=True),
        Step("switch"),
        Step("retire", ("a", "b", "c")),
    ]


def test_a_canary_goes_before_a_rolling_deploy() -> None:
    found = steps("canary", ["a", "b"], [], 1)
    assert found == [Step("attempt", ("a",), waits=True), *steps("rolling", ["a", "b"], [], 1)]


def test_immediate_waits_for_nobody() -> None:
    assert steps("immediate", RUNNING, [], 0.33) == [Step("update", ("a", "b", "c"))]


def test_an_app_at_rest_is_deployed_as_it_lies() -> None:
    assert steps("rolling", [], ["a", "b"], 0.33) == [Step("update", ("a", "b"))]

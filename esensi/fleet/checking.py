"""Whether a machine is led to, by what its checks have answered."""

from __future__ import annotations

from typing import Final, Literal

from esensi.fleet.flyfile import Check

Health = Literal["unknown", "passing", "failing"]
#: Fly's pages say both "2xx" and "200": what holds by both is 200 alone. Redirects are not followed.
WELL: Final = 200


def judge(before: Health, *, status: int | None, age: float, check: Check) -> Health:
    """Say how a machine stands after a check; ``status`` is None where nothing was answered in time,
    ``age`` the seconds since the machine's start. Within the grace period nothing speaks against it.

    A machine is never restarted for a check, and "unknown" is led to: an edge that starts a machine for
    a request does not keep that waiting for the first check.
    """
    if status == WELL:
        return "passing"
    return before if age < check.grace else "failing"


def is_led_to(healths: list[Health]) -> bool:
    """Say whether requests are led to a machine with these checks."""
    return "failing" not in healths


def is_deployed(healths: list[Health]) -> bool:
    """Say whether a deploy may go on past a machine with these checks."""
    return all(one == "passing" for one in healths)

"""What ``settings.REALTIME`` is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def realtime_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the words of ``realtime.ways`` for the values of the environment."""
    machine = values["FLY_MACHINE_ID"]
    return {
        "MACHINE": machine,
        "REGION": values["FLY_REGION"],
        # registry.fly.io/esensi:deployment-01J…
        "VERSION": values["FLY_IMAGE_REF"].rpartition(":")[2][:64],
        "REPLAYS": bool(machine),
        "AFFINITY": values["REALTIME_AFFINITY"],
        "FULL_AT": values["REALTIME_FULL_AT"],
        "DRAIN_SECONDS": values["REALTIME_DRAIN_SECONDS"],
    }

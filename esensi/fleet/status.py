"""What there is to see of a fleet, as one answer that programs can read."""

from __future__ import annotations

import time
from typing import Any

from esensi.fleet.fleet import Fleet


def status(fleet: Fleet) -> dict[str, Any]:
    """Give the machines, what the edge has answered, and what has happened last."""
    limits = fleet.app.service.limits
    return {
        "app": fleet.app.app,
        "at": time.time(),
        "port": fleet.edge.port,
        "version": fleet.version,
        "limits": {"kind": limits.kind, "soft": limits.soft, "hard": limits.hard},
        "machines": [
            {
                "id": one.id,
                "region": one.region,
                "state": "cordoned" if one.is_cordoned else one.state,
                "version": one.version,
                "checks": one.healths,
                "load": one.load,
                "sockets": len(one.lines),
                "served": one.served,
                "restarts": one.restarts,
                "age": round(one.age, 1) if one.begun else 0.0,
                "pid": one.pid,
                "port": one.port,
                "metrics_port": one.metrics_port,
            }
            for one in fleet.machines
        ],
        "answers": {str(code): count for code, count in sorted(fleet.edge.answers.items())},
        "replays": fleet.edge.replays,
        "told": fleet.told[-8:],
    }

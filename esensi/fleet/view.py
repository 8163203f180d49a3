"""A fleet in a terminal: machines, sockets, requests, and what has happened last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.box import SIMPLE
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

COLOURS: Final = {
    "started": "green",
    "starting": "yellow",
    "restarting": "yellow",
    "stopping": "yellow",
    "cordoned": "yellow",
    "suspended": "blue",
    "failed": "red",
}
HEALTH: Final = {"passing": "green", "failing": "red", "unknown": "dim"}


def picture(now: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> RenderableType:
    """Draw what ``esensi.fleet.status`` gives; with an earlier one, requests a second as well."""
    table = Table(title=_title(now), title_justify="left", box=SIMPLE, padding=(0, 0))
    table.add_column("machine", no_wrap=True)
    for name in ("region", "state", "checks"):
        table.add_column(name, no_wrap=True)
    for name in ("version", "load", "sockets", "req/s", "restarts"):
        table.add_column(name, justify="right")
    rates = _rates(now, before)
    for one in now["machines"]:
        table.add_row(
            one["id"],
            one["region"],
            Text(one["state"], COLOURS.get(one["state"], "dim")),
            Text(" ").join(Text(word, HEALTH[word]) for word in one["checks"]),
            str(one["version"]),
            _load(one["load"], now["limits"]),
            str(one["sockets"]),
            rates.get(one["id"], ""),
            str(one["restarts"]),
        )
    answers = ", ".join(f"{count} × {code}" for code, count in now["answers"].items())
    said = f"answers: {answers or 'none yet'}; replays: {now['replays']}"
    return Group(table, Text(said), *(Text(f"  {line}", "dim") for line in now["told"]))


def _title(now: Mapping[str, Any]) -> str:
    limits = now["limits"]
    hard = "none" if limits["hard"] is None else limits["hard"]
    return (
        f"{now['app']}, version {now['version']}, port {now['port']}; {limits['kind']}: soft limit "
        f"{limits['soft']}, hard limit {hard}"
    )


def _load(load: int, limits: Mapping[str, Any]) -> Text:
    if limits["hard"] is not None and load >= limits["hard"]:
        return Text(str(load), "red")
    return Text(str(load), "yellow" if load >= limits["soft"] else "")


def _rates(now: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, str]:
    if before is None or now["at"] <= before["at"]:
        return {}
    served = {one["id"]: one["served"] for one in before["machines"]}
    seconds = now["at"] - before["at"]
    return {
        one["id"]: f"{(one['served'] - served[one['id']]) / seconds:.1f}"
        for one in now["machines"]
        if one["id"] in served
    }

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from realtime.placement import link_to
from realtime.status import status

#: What is shown of the counters, under which heading.
COLUMNS = {
    "rooms": "realtime_rooms",
    "published": "realtime_publishes",
    "delivered": "realtime_deliveries",
    "gaps": "realtime_gaps",
    "reconnects": "realtime_listener_reconnects",
}


class Command(BaseCommand):
    """Who serves sockets, and how it goes."""

    help = (
        "Show the running instances with their sockets and counters, as of their last heartbeats."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="Everything that is known, as JSON."
        )
        parser.add_argument(
            "--link",
            metavar="MACHINE",
            help="What an address of a page carries to be answered by this machine, for an hour.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["link"]:
            self.stdout.write(f"?{link_to(options['link'])}")
            return
        try:
            found = status()
        except DatabaseError as error:
            raise CommandError(f"The tables cannot be read: {str(error).strip()}") from error
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
        else:
            self.stdout.write("\n".join(_lines(found)))


def _lines(found: dict[str, Any]) -> list[str]:
    database = found["database"]
    told = [
        f"{database['connections']} connections of {database['people']} people; "
        f"{database['rooms']} rooms, some {database['events']} events; "
        f"{database['listeners']} listeners, NOTIFY's queue {database['queue']:.1%} full"
    ]
    if not found["instances"]:
        return [*told, "No instance is running."]
    head = ["machine", "region", "version", "state", "heartbeat", "sockets", "rows", *COLUMNS]
    table = [head, *(_row(one) for one in found["instances"])]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    return [*told, "", *("  ".join(map(str.ljust, row, widths)).rstrip() for row in table)]


def _row(one: dict[str, Any]) -> list[str]:
    counters = one["counters"]
    return [
        one["machine"],
        one["region"] or "–",
        one["version"][-16:] or "–",
        one["state"],
        f"{one['heartbeat_ago']:.0f} s ago",
        str(one["sockets"]),
        str(one["rows"]),
        *(f"{counters.get(name, 0):.0f}" for name in COLUMNS.values()),
    ]

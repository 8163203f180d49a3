from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from esensi.doctor import database, house
from esensi.doctor.examination import Examine, Finding, NotHere, Unwell, examine
from esensi.domains import checking
from esensi.domains.records import Target, records

#: The largest fleet that fly.toml's limits were thought for (docs/devops/auto-scaling-guide.md).
LARGEST_FLEET = 10


class Command(BaseCommand):
    """Tries every part of the configuration; what is not well is told with its cure."""

    help = "Try every part of the configuration for real: OK or FAIL with the cure."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="For programs.")
        parser.add_argument(
            "--machines",
            type=int,
            default=1 if settings.ESENSI_ENV == "local" else LARGEST_FLEET,
            help=f"For how many machines connections must suffice ({LARGEST_FLEET}; locally one).",
        )
        parser.add_argument("--only", action="append", default=[], help="A part, by its name.")
        parser.add_argument("--resolver", default="", help="host:port to ask for names.")

    def handle(self, *args: Any, **given: Any) -> None:
        parts = _parts(given["machines"], given["resolver"])
        unknown = sorted(set(given["only"]) - {name for name, _look in parts})
        if unknown:
            known = ", ".join(name for name, _look in parts)
            raise CommandError(f"There is no part {', '.join(unknown)}: there are {known}.")
        chosen = [part for part in parts if not given["only"] or part[0] in given["only"]]
        findings = []
        for finding in examine(chosen):
            findings.append(finding)
            if not given["json"]:
                self._say(finding)
        if given["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2))
        unwell = [finding.part for finding in findings if finding.is_well is False]
        if unwell:
            raise CommandError(f"Not well: {', '.join(unwell)}.")

    def _say(self, finding: Finding) -> None:
        self.stdout.write(f"{finding.mark:4} {finding.part:12} {finding.said}")
        if finding.cure:
            self.stdout.write(f"{'':17} {finding.cure}")
        self.stdout.flush()


def _parts(machines: int, resolver: str) -> list[tuple[str, Examine]]:
    return [
        ("database", _asking(database.reachable)),
        ("region", _asking(database.near)),
        ("migrations", _asking(database.migrated)),
        ("connections", partial(database.connections, machines)),
        ("listen", database.heard),
        ("realtime", house.realtime),
        ("files", house.files),
        ("mail", house.mail),
        ("names", _asking(house.names)),
        ("cookies", house.cookies),
        ("domains", partial(_domains, resolver)),
        ("clock", _asking(database.clock)),
        ("secrets", house.secret_values),
    ]


def _asking(look: Examine) -> Examine:
    """The same part, without waiting for a database that is not there."""

    def ask() -> str:
        database.answers()
        return look()

    return ask


def _domains(resolver: str) -> str:
    """Do the five names lead anywhere? `manage.py domains --check` asks for each record."""
    if settings.ESENSI_ENV == "local":
        raise NotHere("Names below localhost need no records.")
    wanted = [one for one in records(settings.HOST_NAMES, Target()) if "leads to" in one.reason]
    found = list(checking.check_records(wanted, checking.resolver(resolver)))
    wrong = [finding.subject for finding in found if not finding.is_well]
    if wrong:
        raise Unwell(
            f"{', '.join(wrong)} lead nowhere.", "`manage.py domains --check` says what to set."
        )
    return f"{len(found)} records lead somewhere."

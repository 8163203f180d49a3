from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from esensi.domains import checking, written
from esensi.domains.records import Record, Target, certificate_commands, records
from sites import hosts

APPS = {"production": "esensi", "development": "esensi-dev"}


class Command(BaseCommand):
    """What has to stand in the DNS for five hosts, and whether it does."""

    help = "List the DNS records and certificate commands of the five hosts; --check asks for them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--env",
            choices=tuple(APPS),
            default=settings.ESENSI_ENV if settings.ESENSI_ENV in APPS else "production",
            help="Whose names (default: this environment's, locally production's).",
        )
        parser.add_argument("--domain", default="", help="The parent domain.")
        parser.add_argument("--ipv4", default="", help="The app's address, from `fly ips list`.")
        parser.add_argument("--ipv6", default="", help="The same of IPv6.")
        parser.add_argument("--cname", default="", help="The app's name, from `fly certs setup`.")
        parser.add_argument("--format", choices=("table", "zone", "json"), default="table")
        parser.add_argument("--check", action="store_true", help="Resolve the names and try TLS.")
        parser.add_argument(
            "--resolver", default="", help="host:port to ask instead of this machine's."
        )
        parser.add_argument("--tls-at", default="", help="host:port to shake hands with instead.")

    def handle(self, *args: Any, **given: Any) -> None:
        names = hosts.names(given["env"], given["domain"] or _domain(), 443)
        wanted = records(names, Target(given["ipv4"], given["ipv6"], given["cname"]))
        if given["check"]:
            self._check(names, wanted, given)
            return
        commands = certificate_commands(names, APPS[given["env"]])
        if given["format"] == "json":
            self.stdout.write(written.as_json(wanted, commands))
        elif given["format"] == "zone":
            self.stdout.write(written.zone(wanted))
        else:
            self.stdout.write(written.table(wanted))
            self.stdout.write("\nCertificates:\n" + "\n".join(f"  {one}" for one in commands))

    def _check(self, names: hosts.Names, wanted: list[Record], given: dict[str, Any]) -> None:
        asked = checking.resolver(given["resolver"])
        findings = list(checking.check_records(wanted, asked))
        served = [*names.domains.values(), *([names.www] if names.public else [])]
        findings += [checking.check_certificate(name, at=given["tls_at"]) for name in served]
        for finding in findings:
            self.stdout.write(
                f"{'OK  ' if finding.is_well else 'FAIL'} {finding.subject}: {finding.said}"
            )
            if finding.cure:
                self.stdout.write(f"     {finding.cure}")
        failed = sum(not finding.is_well for finding in findings)
        if failed:
            raise CommandError(f"{failed} of {len(findings)} are not as they should be.")


def _domain() -> str:
    parent: str = settings.HOST_NAMES.parent
    return parent if settings.ESENSI_ENV in APPS else "esensi.online"

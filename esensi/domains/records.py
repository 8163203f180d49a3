"""Which DNS records the five hosts need, and which commands ask Fly for their certificates.

Source: Fly's "Use a custom domain" and "Certificates" pages. An apex name takes A and AAAA, any other a
CNAME; an A record alone gets no certificate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sites.hosts import Names

#: Seconds: an hour, and while moving there is time to wait for it.
TTL: Final = 3600
#: What `fly certs setup NAME` shows, where nobody has said it.
UNKNOWN: Final = {
    "A": "<fly ips list>",
    "AAAA": "<fly ips list>",
    "CNAME": "<fly certs setup>",
    "TXT": "<fly certs setup>",
}


@dataclass(frozen=True)
class Target:
    """Where a Fly app is found; what is empty is not known yet."""

    ipv4: str = ""
    ipv6: str = ""
    cname: str = ""


@dataclass(frozen=True)
class Record:
    """One DNS record. ``value`` begins with ``<`` where the command in it has to be asked first;
    ``wanted`` is false for what is only needed in the case that ``reason`` names."""

    name: str
    kind: str
    value: str
    reason: str
    wanted: bool = True

    @property
    def is_known(self) -> bool:
        return not self.value.startswith("<")


def records(names: Names, target: Target) -> list[Record]:
    """Give the records of an environment, main first. Raises ``ValueError`` locally, where
    ``*.localhost`` needs none."""
    if names.environment == "local":
        raise ValueError("Names below localhost need no records.")
    hosts = list(names.domains.values())
    if names.public:
        hosts.append(names.www)
    found = [record for host in hosts for record in _host(host, names, target)]
    return (
        found
        + [_challenge(host) for host in hosts]
        + [_ownership(host) for host in hosts]
        + _mail(names)
    )


def certificate_commands(names: Names, app: str) -> list[str]:
    """Give what asks Fly for each certificate, and what shows how it stands."""
    hosts = [*names.domains.values(), *([names.www] if names.public else [])]
    return [
        *(f"fly certs add {host} --app {app}" for host in hosts),
        *(f"fly certs check {host} --app {app}" for host in hosts),
    ]


def _host(host: str, names: Names, target: Target) -> list[Record]:
    if host == names.parent:  # an apex name takes no CNAME
        return [
            Record(host, "A", target.ipv4 or UNKNOWN["A"], "leads to the app"),
            Record(
                host,
                "AAAA",
                target.ipv6 or UNKNOWN["AAAA"],
                "leads to the app; without it there is no certificate",
            ),
        ]
    return [Record(host, "CNAME", target.cname or UNKNOWN["CNAME"], "leads to the app")]


def _challenge(host: str) -> Record:
    reason = "lets the certificate be issued before the name leads to the app"
    return Record(f"_acme-challenge.{host}", "CNAME", UNKNOWN["CNAME"], reason, wanted=False)


def _ownership(host: str) -> Record:
    reason = "proves the name behind a CDN"
    return Record(f"_fly-ownership.{host}", "TXT", UNKNOWN["TXT"], reason, wanted=False)


def _mail(names: Names) -> list[Record]:
    """Mails come from the parent domain; both environments share these."""
    parent = names.parent
    return [
        Record(
            parent,
            "CAA",
            '0 issue "letsencrypt.org"',
            "nobody else may issue certificates",
            wanted=False,
        ),
        Record(parent, "TXT", "v=spf1 include:<mail service> -all", "says who may send its mails"),
        Record(
            f"<selector>._domainkey.{parent}",
            "CNAME",
            "<mail service>",
            "signs its mails; the mail service names both",
            wanted=False,
        ),
        Record(
            f"_dmarc.{parent}",
            "TXT",
            f"v=DMARC1; p=quarantine; rua=mailto:postmaster@{parent}",
            "says what becomes of forged mails",
        ),
    ]

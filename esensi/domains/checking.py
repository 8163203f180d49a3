"""Do the names lead to the app, and are the certificates good? Asked of DNS and by TLS."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from esensi.domains.records import Record

if TYPE_CHECKING:
    import dns.resolver

#: Seconds for one question.
PATIENCE: Final = 5.0
#: Fly renews thirty days before the end: later than this something keeps it from doing so.
RENEWED_BY: Final = timedelta(days=14)


@dataclass(frozen=True)
class Finding:
    """What one question found; ``cure`` is empty where all is well."""

    subject: str
    said: str
    cure: str = ""

    @property
    def is_well(self) -> bool:
        return not self.cure


def resolver(address: str = "") -> dns.resolver.Resolver:
    """Give a resolver: the machine's, or the one at ``address`` (host:port, as for tests)."""
    import dns.resolver

    found = dns.resolver.Resolver(configure=not address)
    if address:
        host, _colon, port = address.rpartition(":")
        found.nameservers, found.port = [host], int(port)
    found.lifetime = PATIENCE
    return found


def check_records(records: Iterable[Record], asked: dns.resolver.Resolver) -> Iterator[Finding]:
    """Ask for every record that is wanted, one finding each."""
    for record in records:
        if record.wanted and "<" not in record.name:
            yield _check_record(record, asked)


def _check_record(record: Record, asked: dns.resolver.Resolver) -> Finding:
    import dns.exception
    import dns.resolver

    subject = f"{record.kind} {record.name}"
    cure = f"Set {record.kind} of {record.name} to {record.value}: it {record.reason}."
    try:
        answer = asked.resolve(record.name, record.kind)
    except dns.resolver.NXDOMAIN:
        return Finding(subject, "The name does not exist.", cure)
    except dns.resolver.NoAnswer:
        return Finding(subject, f"The name has no {record.kind} record.", cure)
    except dns.exception.DNSException as error:
        return Finding(
            subject, f"The resolver does not answer ({error}).", "Try again, or elsewhere."
        )
    found = [_value(one.to_text()) for one in answer]
    if _is_there(record, found):
        return Finding(subject, f"It is {', '.join(found)}.")
    return Finding(subject, f"It is {', '.join(found)}.", cure)


def _value(text: str) -> str:
    return text.replace('" "', "").strip('"').removesuffix(".").lower()


def _is_there(record: Record, found: Sequence[str]) -> bool:
    if record.is_known and "<" not in record.value:
        return record.value.lower() in found
    if record.kind == "TXT":  # what stands before the part that a mail service names
        return any(one.startswith(record.value.partition(" ")[0]) for one in found)
    return bool(found)


def check_certificate(name: str, *, at: str = "", now: datetime | None = None) -> Finding:
    """Shake hands with ``name``, at ``at`` (host:port) where that is given."""
    subject = f"certificate of {name}"
    host, _colon, port = (at or f"{name}:443").rpartition(":")
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, int(port)), PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname=name) as secure,
        ):
            certificate = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return Finding(
            subject, f"It is refused: {error.verify_message}.", _cure(name, error.verify_message)
        )
    except OSError as error:
        said = f"{name} does not answer by TLS ({error})."
        return Finding(
            subject, said, f"`fly certs check {name}` says whether there is a certificate."
        )
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    said = f"It is good until {ends:%Y-%m-%d}."
    if ends - (now or datetime.now(UTC)) < RENEWED_BY:
        return Finding(subject, said, _cure(name, "has expired"))
    return Finding(subject, said)


def _cure(name: str, why: str) -> str:
    if "expired" in why:
        return (
            f"It was not renewed: `fly certs check {name}` names the record that is missing, which is "
            "AAAA, _acme-challenge or _fly-ownership."
        )
    return f"Ask for it by `fly certs add {name}`, and see that the name leads to the app."

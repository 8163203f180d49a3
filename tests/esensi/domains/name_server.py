"""A name server and a TLS server of the tests: they say what they are told to."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: (name, kind) → values.
Zone = Mapping[tuple[str, str], list[str]]


@contextmanager
def name_server(zone: Zone) -> Iterator[str]:
    """Answer from ``zone`` over UDP; gives host:port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(own, zone), daemon=True)
        thread.start()
        host, port = own.getsockname()
        yield f"{host}:{port}"
        own.sendto(b"", (host, port))  # nothing ends it
        thread.join(5)


def _serve(own: socket.socket, zone: Zone) -> None:
    while True:
        asked, client = own.recvfrom(4096)
        if not asked:
            return
        own.sendto(_answer(asked, zone), client)


def _answer(asked: bytes, zone: Zone) -> bytes:
    query = dns.message.from_wire(asked)
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    name = query.question[0].name.to_text().rstrip(".")
    kind = dns.rdatatype.to_text(query.question[0].rdtype)
    if values := zone.get((name, kind)):
        answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *values))
    elif not any(known == name for known, _kind in zone):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire()


class Authority:
    """Issues certificates; ``path`` is the file in which a client finds it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
        own = self._certificate(self._key, self._name, timedelta(days=90), ca=True, names=[])
        self.path = folder / "authority.pem"
        self.path.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def issue(self, *names: str, lasts: timedelta) -> Path:
        """Give a file with a key and a certificate for ``names`` that began 90 days ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        issued = self._certificate(key, subject, lasts, ca=False, names=list(names))
        path = self._folder / f"{names[0]}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.write_bytes(private + issued.public_bytes(serialization.Encoding.PEM))
        return path

    def _certificate(
        self,
        key: ec.EllipticCurvePrivateKey,
        subject: x509.Name,
        lasts: timedelta,
        *,
        ca: bool,
        names: list[str],
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        building = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=90))
            .not_valid_after(now + lasts)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if names:
            building = building.add_extension(
                x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False
            )
        return building.sign(self._key, hashes.SHA256())


@contextmanager
def tls_server(certificate: Path) -> Iterator[str]:
    """Shake hands with whoever comes; gives host:port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as own:
        thread = threading.Thread(target=_shake, args=(own, context), daemon=True)
        thread.start()
        host, port = own.getsockname()[:2]
        yield f"{host}:{port}"
        own.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _shake(own: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            client, _address = own.accept()
        except OSError:
            return
        with client, suppress(OSError), context.wrap_socket(client, server_side=True) as secure:
            secure.recv(1)

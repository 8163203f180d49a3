"""Requests as a browser makes them, to try a storage with: nothing is signed by a library."""

from __future__ import annotations

import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

#: Seconds that one request may take.
LIMIT: Final = 15.0
LARGEST: Final = 100_000  # bytes of an answer
UNREACHABLE: Final = "Check AWS_ENDPOINT_URL_S3, and whether the service is up."


class Failed(Exception):
    """A step failed: ``why``, and the ``cure``."""

    def __init__(self, why: str, cure: str) -> None:
        self.why, self.cure = why, cure
        super().__init__(why)


class Answer(NamedTuple):
    """What a service says to a request that no library signs."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    url: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """Ask as a browser would. Raises ``Failed`` where nobody answers."""
    request = urllib.request.Request(url, body, dict(headers or {}), method=method)  # noqa: S310 - ours
    try:
        with urllib.request.urlopen(request, timeout=LIMIT) as answer:  # noqa: S310
            return Answer(answer.status, _lower(answer.headers), answer.read(LARGEST))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, _lower(error.headers), error.read(LARGEST))
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        raise Failed(f"{urlsplit(url).netloc} does not answer: {why}", UNREACHABLE) from error


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def allows(url: str, method: str, origin: str) -> bool:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type",
    }
    return ask(url, "OPTIONS", asked).headers.get("access-control-allow-origin") in (origin, "*")


def multipart(
    fields: Mapping[str, str], content: bytes, type_: str
) -> tuple[dict[str, str], bytes]:
    """Give headers and body of a form as browsers write it (RFC 7578)."""
    mark = secrets.token_hex(16)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n'
        f"Content-Type: {type_}\r\n\r\n"
    ).encode()
    body = b"".join(parts) + head + content + f"\r\n--{mark}--\r\n".encode()
    return {"Content-Type": f"multipart/form-data; boundary={mark}"}, body

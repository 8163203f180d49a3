"""What texts of the environment may be: each reader turns one into a value, and raises ``ValueError`` with
the end of a sentence that begins with the variable's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.utils import parseaddr
from urllib.parse import urlsplit

#: Django's own ``check --deploy`` asks for 50 characters (security.W009).
SECRET_KEY_LENGTH = 50
#: Fly's longest kill_timeout.
LONGEST_END = 300


def one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}; it is {text!r}.")
        return text

    read.__name__ = " | ".join(choices)
    return read


def text(value: str) -> str:
    return value


def whole_number(value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise ValueError(f"must be a whole number; it is {value!r}.")
    return int(value)


def port_number(value: str) -> int:
    number = whole_number(value)
    if not 1 <= number <= 65535:
        raise ValueError(f"must be a port between 1 and 65535; it is {number}.")
    return number


def seconds(value: str) -> float:
    number = whole_number(value)
    if number > LONGEST_END:
        raise ValueError(f"must be at most {LONGEST_END} seconds; it is {number}.")
    return float(number)


def pool_size(value: str) -> int:
    number = whole_number(value)
    if not 1 <= number <= 100:
        raise ValueError(f"must be between 1 and 100 connections; it is {number}.")
    return number


def yes_or_no(value: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if value.lower() not in known:
        raise ValueError(f"must be 1 or 0; it is {value!r}.")
    return known[value.lower()]


def domain_name(value: str) -> str:
    label = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    if not re.fullmatch(rf"{label}(\.{label})+", value):
        raise ValueError(f"must be a domain name in lower case, without a port; it is {value!r}.")
    return value


def secret_key(value: str) -> str:
    if len(value) < SECRET_KEY_LENGTH or len(set(value)) < 5:
        raise ValueError(f"must be random and at least {SECRET_KEY_LENGTH} characters long.")
    return value


def secret_keys(value: str) -> list[str]:
    return [secret_key(key) for key in value.split()]


def postgres_url(value: str) -> str:
    # The value may hold a password: the sentence must not repeat it.
    parts = urlsplit(value)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ValueError("must look like postgresql://user:password@host:5432/name.")
    return value


def sentry_dsn(value: str) -> str:
    # The value holds a key: the sentence must not repeat it.
    parts = urlsplit(value)
    if parts.scheme not in ("https", "http") or not (
        parts.username and parts.hostname and parts.path.rpartition("/")[2].isdigit()
    ):
        raise ValueError("must look like https://key@host/1, as Sentry shows it.")
    return value


def mail_address(value: str) -> str:
    _name, address = parseaddr(value)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address) or not value.isprintable():
        raise ValueError(f"must look like Esensi <hello@esensi.online>; it is {value!r}.")
    return value


def web_path(value: str) -> str:
    if not (value.startswith(("/", "https://")) and value.endswith("/")):
        raise ValueError(f"must begin with / or https:// and end with /; it is {value!r}.")
    return value

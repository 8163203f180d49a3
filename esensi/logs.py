"""What the process says on its standard error: no personal data, and no cookies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def logging_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give ``LOGGING`` for the values of the environment.

    Lines for people on a laptop, where requests are not told; JSON where the program is deployed, with a
    line for each request (docs/devops/observability.md). With ``SENTRY_DSN`` errors are sent there, too.
    """
    format_ = values["LOG_FORMAT"]
    is_json = format_ == "json" or (format_ == "auto" and values["ESENSI_ENV"] != "local")
    place = {"machine": values["FLY_MACHINE_ID"], "region": values["FLY_REGION"]}
    handlers = ["console", *(["faults"] if values["SENTRY_DSN"] else [])]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"format": "{levelname} {name}: {message}", "style": "{"},
            **({"json": {"()": "esensi.json_log.JsonLines", **place}} if is_json else {}),
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if is_json else "line",
            },
            "nowhere": {"class": "logging.NullHandler"},
            **({"faults": {**_faults(values), **place}} if values["SENTRY_DSN"] else {}),
        },
        "root": {"handlers": handlers, "level": "INFO"},
        "loggers": {
            "django": {"handlers": handlers, "level": "WARNING", "propagate": False},
            # Three lines for every job, each minute; what fails is told as an error.
            "procrastinate": {"handlers": handlers, "level": "WARNING", "propagate": False},
            # Django calls requests errors that cannot be read. Anybody can send them, so that they would
            # take the room of real errors elsewhere (``faults.MOST_A_MINUTE``).
            "django.security": {"handlers": ["console"], "level": "WARNING", "propagate": False},
            # An unknown host is the internet's noise, not ours.
            "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
            "esensi.requests": {"level": "INFO" if is_json else "WARNING"},
        },
    }


def _faults(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "class": "esensi.faults.Faults",
        "level": "ERROR",
        "dsn": values["SENTRY_DSN"],
        "environment": values["ESENSI_ENV"],
        "version": values["FLY_IMAGE_REF"].rpartition(":")[2],
    }

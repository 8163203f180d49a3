"""What Django's checks say about layers of this package, each with its cure."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core import checks

from realtime.configuration import BadConfiguration, default_conninfo

BACKEND: Final = "realtime.layer.PostgresChannelLayer"
#: Messages of one channel that nobody has asked for yet. A consumer that is so far behind does not
#: catch up, and a thousand of them with messages of 1 KB each hold gigabytes.
LARGEST_SENSIBLE_CAPACITY: Final = 10_000
#: Seconds. A reader that is busy for a moment loses what expires meanwhile.
SHORTEST_SENSIBLE_EXPIRY: Final = 1


def check_layers(**_given: Any) -> list[checks.CheckMessage]:
    """Are the options of our layers such as can be worked with, and is there a database?"""
    return [message for alias, config in _ours() for message in _check(alias, config)]


def check_tables(
    databases: Sequence[str] | None = None, **_given: Any
) -> list[checks.CheckMessage]:
    """Are the tables there? Asked where databases may be asked: ``check --database``, ``migrate``."""
    if "default" not in (databases or ()) or not any(True for _ in _ours()):
        return []
    from django.db import connections

    present = set(connections["default"].introspection.table_names())
    missing = {model._meta.db_table for model in _models()} - present
    if not missing:
        return []
    return [
        checks.Warning(
            f"The channel layer's tables are missing: {', '.join(sorted(missing))}.",
            hint="Run `manage.py migrate realtime`.",
            id="realtime.W003",
        )
    ]


def _check(alias: str, config: dict[str, Any]) -> Iterator[checks.CheckMessage]:
    where = f"CHANNEL_LAYERS[{alias!r}]"
    if not apps.is_installed("realtime"):
        yield checks.Error(
            f"{where} needs tables, and its app is not installed.",
            hint='Add "realtime" to INSTALLED_APPS and run `manage.py migrate`.',
            id="realtime.E001",
        )
    from realtime.layer import PostgresChannelLayer

    known = list(inspect.signature(PostgresChannelLayer).parameters)
    unknown = sorted(set(config) - set(known))
    if unknown:
        yield checks.Error(
            f"{where} has options that the layer does not know: {', '.join(unknown)}.",
            hint=f"It knows {', '.join(known)}.",
            id="realtime.E002",
        )
        return
    try:
        PostgresChannelLayer(**config)
    except (BadConfiguration, TypeError, ValueError) as error:
        yield checks.Error(f"{where}: {error}", hint="Correct the option.", id="realtime.E003")
        return
    yield from _check_database(where, config)
    yield from _check_sense(where, config)


def _check_database(where: str, config: dict[str, Any]) -> Iterator[checks.CheckMessage]:
    if config.get("conninfo"):
        return
    try:
        default_conninfo()
    except BadConfiguration as error:
        yield checks.Error(
            f"{where}: {error}",
            hint="Use django.db.backends.postgresql, or give `conninfo`.",
            id="realtime.E004",
        )


def _check_sense(where: str, config: dict[str, Any]) -> Iterator[checks.CheckMessage]:
    capacities = [config.get("capacity", 0), *(config.get("channel_capacity") or {}).values()]
    if max(capacities) > LARGEST_SENSIBLE_CAPACITY:
        yield checks.Warning(
            f"{where} lets {max(capacities)} messages wait in one channel.",
            hint=f"At most {LARGEST_SENSIBLE_CAPACITY}: who is further behind does not catch up, and "
            "what waits lies in memory.",
            id="realtime.W001",
        )
    if config.get("expiry", 60) < SHORTEST_SENSIBLE_EXPIRY:
        yield checks.Warning(
            f"{where} lets messages expire after {config['expiry']} s.",
            hint=f"At least {SHORTEST_SENSIBLE_EXPIRY}: a reader that is busy for a moment loses them.",
            id="realtime.W002",
        )


def _ours() -> Iterator[tuple[str, dict[str, Any]]]:
    layers: dict[str, dict[str, Any]] = getattr(settings, "CHANNEL_LAYERS", {})
    for alias, layer in layers.items():
        if layer.get("BACKEND") == BACKEND:
            yield alias, layer.get("CONFIG", {})


def _models() -> list[Any]:
    return list(apps.get_app_config("realtime").get_models())


def register() -> None:
    """Have Django ask."""
    checks.register(check_layers, "channels")
    checks.register(check_tables, checks.Tags.database)

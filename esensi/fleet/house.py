"""What a fleet stands on: a PostgreSQL, a storage endpoint and no common disk, all thrown away at the end,
and the names of the five hosts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from esensi import postgres
from esensi.fleet.edge import Place
from esensi.fleet.endpoint import running_endpoint
from esensi.fleet.flyfile import FlyFile
from esensi.fleet.machine import Recipe, kept_environment
from sites import hosts

#: What a fly.toml says for Fly alone: here the names are a laptop's, and ports are told by the fleet.
_NOT_HERE = frozenset({"ESENSI_ENV", "ESENSI_DOMAIN", "PORT", "METRICS_PORT", "EMAIL_URL"})
PARENT = "esensi.localhost"


@dataclass(frozen=True)
class Ground:
    """Where a fleet can stand: its recipe, where its edge is, and the database's address."""

    recipe: Recipe
    place: Place
    database: str


@contextlib.contextmanager
def ground(
    app: FlyFile, folder: Path, *, port: int, variables: Mapping[str, str] | None = None
) -> Iterator[Ground]:
    """Have a database and buckets for the length of the block; logs and mails lie below ``folder``, and
    ``port`` will be the edge's.

    Raises ``NoEndpoint``, and ``esensi.postgres_errors.PostgresError``.
    """
    names = hosts.names("local", PARENT, port)
    with postgres.throwaway() as database, running_endpoint(folder) as endpoint:
        buckets = endpoint.new_buckets(tuple(names.origins))
        environment = {
            **kept_environment(),
            **{name: value for name, value in app.env.items() if name not in _NOT_HERE},
            **buckets.variables,
            "ESENSI_ENV": "local",
            "DATABASE_URL": database,
            "ESENSI_MAIL_ROOT": str(folder / "mail"),
            **(variables or {}),
        }
        domains = frozenset(name.partition(":")[0] for name in names.domains.values())
        yield Ground(Recipe(app, environment, folder), Place(app.region, domains), database)

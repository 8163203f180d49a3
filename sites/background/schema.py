"""procrastinate's tables, by the SQL that it ships; for migrations."""

from __future__ import annotations

from importlib import resources

from django.db import migrations


class RunProcrastinateSQL(migrations.RunSQL):
    """Run some of the files in ``procrastinate.sql.migrations``, which never change once released.

    There is no way back: jobs that wait would be lost.
    """

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(sql=[_read(name) for name in names])

    def deconstruct(self):  # type: ignore[no-untyped-def]  # Django's own has no types
        return self.__class__.__qualname__, [self.names], {}


def shipped() -> list[str]:
    """Give the names of all SQL files of the installed procrastinate, in their order."""
    folder = resources.files("procrastinate.sql.migrations")
    return sorted(each.name for each in folder.iterdir() if each.name.endswith(".sql"))


def _read(name: str) -> str:
    return resources.files("procrastinate.sql.migrations").joinpath(name).read_text("utf-8")

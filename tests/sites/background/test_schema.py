from __future__ import annotations

from importlib import import_module
from pathlib import Path

from sites.background import migrations, schema


def test_the_migrations_run_all_the_sql_that_procrastinate_ships() -> None:
    """When this fails, procrastinate was updated: a new migration runs what is new, and where a file
    has ADD VALUE, the next file comes in another one."""
    run: list[str] = []
    for path in sorted(Path(migrations.__path__[0]).glob("0*.py")):
        module = import_module(f"{migrations.__name__}.{path.stem}")
        for operation in module.Migration.operations:
            run += operation.names
    assert sorted(run) == schema.shipped()
    assert len(run) == len(set(run))

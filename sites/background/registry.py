"""What can be done in the background: named functions, some of them on a schedule.

They stand in the ``jobs`` module of their app, which is imported with the first job or the worker, not
when a process starts. This module knows nothing of procrastinate.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, NamedTuple, TypeVar

from django.apps import apps

Run = TypeVar("Run", bound=Callable[..., None])
#: Asked between two steps of a long job: the process is to stop, and the job goes back into the queue.
ShouldStop = Callable[[], bool]

#: Of a job that fails again and again: within half an hour (see ``app.WAIT``) a bucket or a mail server
#: is back, or somebody must look.
ATTEMPTS: Final = 6


class Job(NamedTuple):
    """``run`` takes the job's arguments by name and, where ``stoppable``, ``should_stop``. ``cron`` is
    when a scheduled job's turn comes, in UTC (crontab(5)); None for others."""

    name: str
    run: Callable[..., None]
    cron: str | None
    attempts: int
    stoppable: bool


class UnknownJob(LookupError):
    """No ``jobs`` module registers a job of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No jobs module registers {name!r}: see sites/background/registry.py.")


_jobs: Final[dict[str, Job]] = {}


def job(
    name: str, *, cron: str | None = None, attempts: int = ATTEMPTS, stoppable: bool = False
) -> Callable[[Run], Run]:
    """Register the decorated function as the job ``name`` (``<app>.<what>``).

    It must be harmless when it runs twice. With ``cron`` it takes no arguments, and one worker of all
    instances runs each turn; a turn that everybody slept through is made up for, once.
    """

    def register(run: Run) -> Run:
        if name in _jobs:
            raise ValueError(f"The job {name!r} is registered twice.")
        _jobs[name] = Job(name, run, cron, attempts, stoppable)
        return run

    return register


def all_jobs() -> dict[str, Job]:
    """Give every job of the installed apps by its name."""
    _import_jobs()
    return _jobs


def require_job(name: str) -> Job:
    """Give one job. Raises ``UnknownJob``."""
    try:
        return all_jobs()[name]
    except KeyError:
        raise UnknownJob(name) from None


@cache
def _import_jobs() -> None:
    for config in apps.get_app_configs():
        module = f"{config.name}.jobs"
        if find_spec(module) is not None:
            import_module(module)


def run_now(name: str, **arguments: Any) -> None:
    """Run a job here and now, as ``manage.py work --now NAME`` does. Raises ``UnknownJob``."""
    found = require_job(name)
    if found.stoppable:
        arguments["should_stop"] = lambda: False
    found.run(**arguments)

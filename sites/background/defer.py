"""Leave work for later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from sites.background.registry import require_job


def defer(name: str, *, only_once: bool = True, **arguments: Any) -> None:
    """Put a job into the queue, within the transaction that runs now.

    ``arguments`` are what JSON can hold. With ``only_once`` nothing happens where the same job with the
    same arguments waits already. Raises ``UnknownJob``.
    """
    defer_many(name, [arguments], only_once=only_once)


def defer_many(name: str, several: Iterable[Mapping[str, Any]], *, only_once: bool = True) -> None:
    """As ``defer``, for several jobs of one name."""
    from procrastinate.exceptions import AlreadyEnqueued  # loads procrastinate: at the first job

    from sites.background.app import queueing_app

    require_job(name)
    for arguments in several:
        lock = " ".join([name, *(f"{key}={arguments[key]}" for key in sorted(arguments))])
        job = queueing_app().configure_task(name, queueing_lock=lock if only_once else None)
        try:
            with transaction.atomic():  # a savepoint: a refused row must not end the caller's work
                job.defer(**arguments)
        except AlreadyEnqueued:
            continue

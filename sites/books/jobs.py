"""What books do in the background."""

from __future__ import annotations

import logging

from django.utils import timezone

from sites.background.registry import ShouldStop, job
from sites.books.actions.announce_books import announce_books
from sites.books.actions.announce_chapters import announce_due

logger = logging.getLogger(__name__)


@job("books.derive_picture", stoppable=True)
def derive_picture(*, key: str, should_stop: ShouldStop) -> None:
    """Make the derivatives of one stored picture; pages show the picture itself until then."""
    from sites.books.pictures import derive_now
    from storage.derivatives import CannotDerive

    try:
        derive_now(key, should_stop=should_stop)
    except FileNotFoundError:
        return  # deleted meanwhile, or never committed
    except CannotDerive as error:
        logger.warning("%s", error)


@job("books.announce_chapters", cron="* * * * *")
def announce_chapters() -> None:
    """Announce books and chapters whose moment has come. A house that slept does so when it wakes."""
    now = timezone.now()
    announce_books(now)
    announce_due(now)


@job("books.sweep_uploads", cron="52 * * * *")
def sweep_uploads() -> None:
    """Clear away files that were sent and never used, as ``manage.py sweep_uploads`` does."""
    from storage.uploads import sweep

    sweep(now=timezone.now())

"""What accounts do in the background: what has ended goes."""

from __future__ import annotations

from django.utils import timezone

from sites.accounts.limits import sweep_all
from sites.accounts.sessions import SessionStore
from sites.background.registry import job


@job("accounts.sweep_sessions", cron="7 2 * * *")
def sweep_sessions() -> None:
    """Delete sessions that have ended, as ``manage.py clearsessions`` does."""
    SessionStore.clear_expired()


@job("accounts.sweep_limits", cron="37 * * * *")
def sweep_limits() -> None:
    """Delete windows of attempts that are over; each attempt removes two, this the rest."""
    for _deleted in sweep_all(timezone.now()):
        continue

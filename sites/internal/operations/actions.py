"""What operators do to the running house; each is written into the audit log."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from realtime.models import Connection, Instance
from realtime.orders import end_connection as end_by_order
from realtime.orders import mark_instance
from realtime.ways import Ways
from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.exceptions import BookError


class OperationRefused(BookError):
    """What an operator asked for cannot be done; the text says why."""


@transaction.atomic
def drain_instance(pk: UUID, *, by: User, now: datetime) -> Instance:
    """Have an instance send its sockets to the others, and take none until it is to serve again.

    Raises ``PermissionDenied``, and ``OperationRefused`` where it is gone or no other one serves.
    """
    _require(by)
    # All of them: two operators who drain two instances at once leave one that serves.
    list(Instance.objects.select_for_update().order_by("pk").values_list("pk"))
    instance = _find(pk)
    if not _serving().exclude(pk=pk).exists():
        raise OperationRefused(
            _("No other instance serves: nobody would be connected. Start another one first.")
        )
    mark_instance(instance, drain=True)
    record_audit("instance.drain", by=by, on=instance, now=now, sockets=instance.sockets)
    return instance


@transaction.atomic
def serve_again(pk: UUID, *, by: User, now: datetime) -> Instance:
    """Have an instance take sockets again. Raises ``PermissionDenied`` and ``OperationRefused``."""
    _require(by)
    instance = _find(pk)
    mark_instance(instance, drain=False)
    record_audit("instance.serve", by=by, on=instance, now=now)
    return instance


@transaction.atomic
def end_connection(pk: UUID, *, by: User, now: datetime) -> None:
    """End one socket or event stream; its page comes back by itself, as whoever it is then.

    Raises ``PermissionDenied`` and ``OperationRefused``.
    """
    _require(by)
    connection = Connection.objects.filter(pk=pk).first()
    if connection is None:
        raise OperationRefused(_("This connection has ended already."))
    end_by_order(connection)
    record_audit("connection.end", by=by, on=connection, now=now, account=connection.user_id)


def _find(pk: UUID) -> Instance:
    # Held until the commit: an instance that is swept meanwhile has no row to be written.
    instance = Instance.objects.select_for_update().filter(pk=pk).first()
    if instance is None:
        raise OperationRefused(_("This instance has ended already."))
    return instance


def _serving() -> QuerySet[Instance]:
    silent = timedelta(seconds=Ways.configured().silent_for)
    return Instance.objects.filter(
        is_draining=False, drain_asked=False, heartbeat_at__gt=Now() - silent
    )


def _require(by: User) -> None:
    if not by.has_perm("realtime.change_instance"):
        raise PermissionDenied(_("Only operators change how the house runs."))

from __future__ import annotations

from datetime import datetime

from django.db import models

from sites.accounts.models import User
from sites.accounts.models.audit import AuditEntry

#: What an entry may say beside the ids: nothing in which a sentence about a person would fit.
Fact = int | str | bool | None


def record_audit(
    action: str, *, by: User | None, on: models.Model, now: datetime, **facts: Fact
) -> None:
    """Write an entry in the transaction of what it tells about; undone with it.

    ``action`` is a noun and a verb, such as ``"book.approve"``; ``on`` a stored row; ``facts`` are
    ids, states and numbers, never names, addresses or what people wrote. Nobody's permission is
    asked: the action that records has asked.
    """
    AuditEntry.objects.create(
        at=now,
        actor=by.pk if by else None,
        action=action,
        subject_type=on._meta.label_lower,
        subject_id=str(on.pk),
        facts=facts,
    )

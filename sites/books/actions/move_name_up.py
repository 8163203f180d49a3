from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.actions.steps import lock_book
from sites.books.actions.versions import GoneMeanwhile
from sites.books.models import Authorship, Book
from sites.books.permissions import require_invite


@transaction.atomic
def move_name_up(authorship: Authorship, *, by: User, now: datetime) -> None:
    """Put a name one place higher on its cover; the first one stays where it is.

    The authors on the cover order its names, as they invite them. A drawn cover is drawn again
    after the commit. Raises ``PermissionDenied`` and ``GoneMeanwhile``.
    """
    book = lock_book(authorship.book)
    require_invite(by, book)
    names = list(book.authorships.order_by("position", "pk"))
    keys = [row.pk for row in names]
    if authorship.pk not in keys:
        raise GoneMeanwhile(book.title)
    at = keys.index(authorship.pk)
    if at == 0:
        return
    names[at - 1], names[at] = names[at], names[at - 1]
    for position, row in enumerate(names, start=1):
        row.position = position
    Authorship.objects.bulk_update(names, ["position"])
    # Whoever looks at the book to approve it has not seen this order.
    Book.objects.filter(pk=book.pk).update(written_at=now)
    record_audit("book.credit", by=by, on=book, now=now, names=len(names))
    transaction.on_commit(partial(draw_missing_cover, book.pk, again=True), robust=True)

"""Once a day, a mail with what has come since the last one, to those who want it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import translation

from sites.accounts.models import User
from sites.books.models.book import cover_names
from sites.community.models import Notification
from sites.community.sentences import tell
from sites.community.unsubscribing import headers, unsubscribe_address
from sites.links import host_url
from sites.mail import send_mail

#: Sentences of one mail; the rest is a number, and on the page.
MOST_TOLD: Final = 20
#: Jobs put into the queue at once, one for each person.
AT_ONCE: Final = 500


def send_digests() -> int:
    """Put a job into the queue for everybody for whom something waits; give how many. It may be stopped
    and begun anew: a person whose job waits already has no second one."""
    from sites.background.defer import defer_many  # loads procrastinate, which few requests need

    told = after = 0
    while True:
        waiting = Notification.objects.filter(to_mail=True, recipient__gt=after)
        people = waiting.order_by("recipient").values_list("recipient", flat=True).distinct()
        some = list(people[:AT_ONCE])
        if not some:
            return told
        with transaction.atomic():
            defer_many("community.send_digest", [{"person": pk} for pk in some])
        told, after = told + len(some), some[-1]


@transaction.atomic
def send_digest(person: int, *, now: datetime) -> int:
    """Send one person what waits for a mail and was not read meanwhile; give how much that was. What was
    taken into a mail is taken into no other, also where this runs twice."""
    reader = User.objects.filter(pk=person, is_active=True).first()
    own = Notification.objects.filter(recipient=person, to_mail=True)
    keys = list(own.select_for_update().order_by("pk").values_list("pk", flat=True))
    Notification.objects.filter(pk__in=keys).update(to_mail=False)
    unread = Notification.objects.filter(pk__in=keys).unread().newest_first()
    count = unread.count()
    if reader is None or not count:
        return 0
    rows = unread.select_related("book", "chapter", "announcement")
    rows = rows.defer("book__synopsis", "chapter__text").prefetch_related(cover_names("book__"))
    with translation.override(reader.language or translation.get_language()):
        context = {
            "told": [tell(row, reader) for row in rows[:MOST_TOLD]],
            "count": count,
            "more": max(0, count - MOST_TOLD),
            "address": host_url("main", "notifications"),
            "choices": host_url("main", "notification_choices"),
            "unsubscribe": unsubscribe_address(reader),
        }
    send_mail(reader.email, "digest", context, reader.language, headers=headers(reader))
    return count

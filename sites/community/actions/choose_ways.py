from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from sites.accounts.models import User
from sites.community.models import Notification
from sites.community.models.notification_choice import TOPICS, NotificationChoice, Topic, Way


@transaction.atomic
def choose_ways(user: User, ways: Mapping[Topic, Way], *, now: datetime) -> None:
    """Keep how a person wants to be told of each of these topics. What waited for a mail and is no
    longer wanted by mail, is not sent."""
    if not ways:
        return
    NotificationChoice.objects.bulk_create(
        [
            NotificationChoice(user=user, topic=topic, way=way, chosen_at=now)
            for topic, way in sorted(ways.items())
        ],
        update_conflicts=True,
        unique_fields=("user", "topic"),
        update_fields=("way", "chosen_at"),
    )
    silent = [topic for topic, way in ways.items() if way != Way.DIGEST]
    kinds = [kind for kind, topic in TOPICS.items() if topic in silent]
    Notification.objects.to(user).filter(to_mail=True, kind__in=kinds).update(to_mail=False)


def end_mails(user: User, *, now: datetime) -> int:
    """Send no more digests: what came by mail comes on the page alone. Gives for how many topics; may
    be done again and again."""
    with transaction.atomic():
        rows = NotificationChoice.objects.filter(user=user, way=Way.DIGEST)
        topics = list(rows.order_by("topic").values_list("topic", flat=True))
        choose_ways(user, {Topic(topic): Way.PAGE for topic in topics}, now=now)
    return len(topics)

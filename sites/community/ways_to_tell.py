"""How each person is told of each thing, by their own choice."""

from __future__ import annotations

from collections.abc import Iterable

from sites.accounts.models import User
from sites.accounts.roles import AUTHOR, EDITOR
from sites.community.models import Notification
from sites.community.models.notification_choice import TOPICS, NotificationChoice, Topic, Way

#: Topics of those who write or edit alone, and of editors alone.
_WRITERS = frozenset({Topic.STEPS, Topic.TALKS})


def ways_of(user: User) -> dict[Topic, Way]:
    """Give a person's way for each topic that concerns them; two queries."""
    chosen = dict(NotificationChoice.objects.filter(user=user).values_list("topic", "way"))
    return {topic: Way(chosen.get(topic, Way.PAGE)) for topic in topics_for(user)}


def topics_for(user: User) -> list[Topic]:
    """Give the topics that can concern a person; one query, for the roles."""
    edits = user.is_one_of(EDITOR)
    writes = edits or user.is_one_of(AUTHOR)
    return [
        topic
        for topic in Topic
        if (topic not in _WRITERS or writes) and (topic != Topic.SUBMISSIONS or edits)
    ]


def chosen(rows: Iterable[Notification]) -> list[Notification]:
    """Leave out those whose recipients want none of their topic, and mark those that a mail is to bring;
    one query for all."""
    given = list(rows)
    topics = {TOPICS[row.kind] for row in given}
    choices = NotificationChoice.objects.filter(
        user__in={row.recipient_id for row in given}, topic__in=topics
    ).exclude(way=Way.PAGE)
    ways = {(user, topic): way for user, topic, way in choices.values_list("user", "topic", "way")}
    kept = []
    for row in given:
        way = ways.get((row.recipient_id, TOPICS[row.kind]))
        row.to_mail = way == Way.DIGEST
        if way != Way.NONE:
            kept.append(row)
    return kept


def who_chose_nothing(people: Iterable[int], kind: str) -> set[int]:
    """Give those who have made no choice about a kind's topic: they get the house's letters at once,
    the others as they have chosen, which may be the page alone. One query."""
    wanted = set(people)
    others = NotificationChoice.objects.filter(user__in=wanted, topic=TOPICS[kind])
    return wanted - set(others.values_list("user", flat=True))

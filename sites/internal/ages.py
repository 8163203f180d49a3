"""How long something waits, in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from sites.books.models import Submission


def age_in_words(submission: Submission, now: datetime) -> str:
    """Give how long a submission waits at ``now``, or how long it waited for its answer."""
    return span_in_words(submission.submitted_at, submission.decided_at or now)


def span_in_words(begin: datetime, end: datetime) -> str:
    """Give the time between two moments, by its largest unit: "3 weeks"."""
    if end - begin < timedelta(minutes=1):
        return _("less than a minute")
    return timesince(begin, end, depth=1)

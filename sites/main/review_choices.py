"""What the forms of reviews offer."""

from __future__ import annotations

from typing import Any

from sites.community.models import ReportReason
from sites.community.models.review import LONGEST_REVIEW, MOST_STARS


def review_choices() -> dict[str, Any]:
    return {
        "star_choices": range(1, MOST_STARS + 1),
        "longest_review": LONGEST_REVIEW,
        "report_reasons": ReportReason.choices,
    }

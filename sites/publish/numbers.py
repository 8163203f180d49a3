"""One book's numbers while its page is open: who reads now, how far readers get, who follows, what is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncWeek
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sites.books.models import Book, Follow, ReadingProgress
from sites.community.models import Comment
from sites.desk.chart import Chart
from sites.desk.site import DeskSite
from sites.publish.dashboard import Counted, Reached, reached
from sites.publish.dashboard_charts import reached_chart
from sites.publish.desk_page import desk_page, own_book

WEEKS: Final = 12  # a season
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class Numbers:
    """A book's, as of now; the weeks are given by the days on which they began."""

    readers: int
    followers: int
    comments: int
    reached: list[Reached]
    weeks: list[datetime]
    followed: list[int]
    commented: list[int]


def numbers(desk: DeskSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show a book's numbers; ``numbers.js`` has them told anew."""
    book = own_book(request, object_id)
    found = numbers_of(book, timezone.now())
    context: dict[str, Any] = {
        "title": _("Numbers"),
        "book": book,
        "numbers": found,
        "charts": charts(found),
    }
    return desk_page(desk, request, "publish/numbers.html", context)


def numbers_now(desk: DeskSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Give the same for the page that is open."""
    found = numbers_of(own_book(request, object_id), timezone.now())
    figures = {name: getattr(found, name) for name in ("readers", "followers", "comments")}
    drawn = {
        chart.name: {
            "says": chart.says,
            "labels": list(chart.ticks or chart.labels),
            "values": list(chart.series.values()),
            "rows": chart.rows,
        }
        for chart in charts(found)
    }
    return JsonResponse({"figures": figures, "charts": drawn})


def numbers_of(book: Book, now: datetime) -> Numbers:
    """Count, in four queries however many there are."""
    readers = ReadingProgress.objects.filter(book=book).count()
    follows = Follow.objects.filter(book=book)
    said = Comment.objects.filter(chapter__book=book, deleted_at=None, hidden_at=None)
    said = said.exclude(author__is_active=False)  # readers see none of suspended people
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=today.weekday()) - WEEK * (WEEKS - 1)
    weeks = [first + WEEK * n for n in range(WEEKS)]
    followed, commented = _by_week(follows, "since"), _by_week(said, "created_at")
    return Numbers(
        readers,
        sum(followed.values()),
        sum(commented.values()),
        reached(Counted(book, readers, None, None)),
        weeks,
        [followed.get(week.date(), 0) for week in weeks],
        [commented.get(week.date(), 0) for week in weeks],
    )


def _by_week(rows: QuerySet[Any], moment: str) -> dict[date, int]:
    """Count rows by the day on which their week began. Summer time may shift midnight: days are dates."""
    counted = rows.order_by().annotate(week=TruncWeek(moment)).values_list("week")
    return {week.date(): number for week, number in counted.annotate(number=Count("pk"))}


def charts(found: Numbers) -> list[Chart]:
    """Draw how far readers get, and what came in each week."""
    return [
        reached_chart(found.reached),
        _weekly(_("New followers"), found.weeks, found.followed, name="followed"),
        _weekly(_("New comments"), found.weeks, found.commented, name="commented"),
    ]


def _weekly(title: str, weeks: Sequence[datetime], values: list[int], *, name: str) -> Chart:
    return Chart(
        title=title,
        says=_("%(number)d this week.") % {"number": values[-1]},
        heading=_("Week from"),
        labels=[date_format(week, "j M") for week in weeks],
        series={title: values},
        name=name,
    )

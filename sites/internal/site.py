"""The office: people, roles, and everything on the shelves."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group as Role
from django.contrib.sites.models import Site
from django.http import HttpRequest
from django.urls import include, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from realtime.models import Instance
from sites.accounts.models import AuditEntry, User
from sites.books.models import Author, Book, Chapter, Genre, Revision, Submission, Tag
from sites.community.models import Announcement, HousePage, Report
from sites.desk.admin import person_of
from sites.desk.navigation import Group
from sites.desk.site import DeskSite
from sites.internal import approval
from sites.internal.approvals import Approvals
from sites.internal.audit import AuditLog
from sites.internal.books import AllBooks, AllChapters, AllRevisions, Authors, Genres, Tags
from sites.internal.charts import charts
from sites.internal.figures import figures_for
from sites.internal.moderation import views as moderation
from sites.internal.moderation.desk import Reports
from sites.internal.operations import views as operations
from sites.internal.operations.desk import Operations
from sites.internal.people import Hosts, People, Roles
from sites.internal.queue import waiting
from sites.internal.speaking import Announcements, HousePages


class Office(DeskSite):
    settings_name = "UNFOLD_INTERNAL"
    first_screen = "internal/queue.html"
    refusal = _("The office is for the people who run the house. Ask a manager for a role in it.")
    groups = (
        Group(_("Submissions"), (("books.Submission", "fact_check"), ("community.Report", "flag"))),
        Group(
            _("Shelves"),
            (("books.Book", "book_2"), ("books.Chapter", "article"), ("books.Revision", "history")),
        ),
        Group(
            _("Catalogue"),
            (("books.Author", "person_edit"), ("books.Genre", "shelves"), ("books.Tag", "sell")),
        ),
        Group(
            _("The house speaks"),
            (("community.Announcement", "campaign"), ("community.HousePage", "description")),
        ),
        Group(
            _("House"),
            (
                ("accounts.User", "group"),
                ("auth.Group", "badge"),
                ("sites.Site", "language"),
                ("accounts.AuditEntry", "receipt_long"),
                ("realtime.Instance", "monitor_heart"),
            ),
        ),
    )

    def get_urls(self) -> list[Any]:
        approvals = self._registry[Submission]
        pages = [
            path("", approvals.changelist_view, name="books_submission_changelist"),
            path("<int:pk>/", approval.approval, name="approval"),
            path("<int:pk>/answer/", approval.answer, name="approval_answer"),
            path("<int:pk>/comments/", approval.comment, name="approval_comment"),
            path("<int:pk>/owner/", approval.owner, name="approval_owner"),
        ]
        for page in pages:
            page.callback = self.admin_view(page.callback)
        running = [
            path("", operations.operations, name="realtime_instance_changelist"),
            path("connections/", operations.connections, name="connections"),
            path("connections/<uuid:pk>/end/", operations.end, name="end_connection"),
            path("instances/<uuid:pk>/drain/", operations.drain, name="drain"),
            path("instances/<uuid:pk>/serve/", operations.serve, name="serve"),
        ]
        reports = [
            path("", moderation.moderation, name="community_report_changelist"),
            path("<int:pk>/decide/", moderation.decide, name="moderation_decide"),
            path("<int:pk>/restore/", moderation.show_again, name="moderation_restore"),
        ]
        for page in (*running, *reports):
            page.callback = self.admin_view(page.callback)
        log = self.admin_view(self._registry[AuditEntry].changelist_view)
        return [
            path("approvals/", include(pages)),
            path("audit/", log, name="accounts_auditentry_changelist"),
            path("moderation/", include(reports)),
            path("operations/", include(running)),
            *super().get_urls(),
        ]

    def first_screen_context(self, request: HttpRequest) -> dict[str, Any]:
        user, now = person_of(request), timezone.now()
        return {
            "title": _("Waiting"),
            "queue": waiting(user, now),
            "charts": charts(figures_for(user, now), now),
        }


site = Office("internal")
site.register(Submission, Approvals)
site.register(Book, AllBooks)
site.register(Chapter, AllChapters)
site.register(Revision, AllRevisions)
site.register(Author, Authors)
site.register(Genre, Genres)
site.register(Tag, Tags)
site.register(User, People)
site.register(AuditEntry, AuditLog)
site.register(Role, Roles)
site.register(Site, Hosts)
site.register(Announcement, Announcements)
site.register(HousePage, HousePages)
site.register(Instance, Operations)
site.register(Report, Reports)

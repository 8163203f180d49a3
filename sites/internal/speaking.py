"""What the house says: its pages, and announcements on top of all pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.community.actions.save_announcement import delete_announcement, save_announcement
from sites.community.actions.save_house_page import save_house_page
from sites.community.models import Announcement, HousePage
from sites.desk.admin import DeskAdmin, person_of
from sites.desk.forms import DeskForm
from sites.desk.manuscript import ManuscriptField
from sites.rooms import ROOMS

if TYPE_CHECKING:
    from django.forms import CheckboxSelectMultiple as UnfoldAdminCheckboxSelectMultipleWidget

    from sites.desk.books import display
else:
    from unfold.decorators import display
    from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget


class HousePageForm(DeskForm):
    text_en = ManuscriptField(label=_("Text in English"))
    text_id = ManuscriptField(label=_("Text in Indonesian"))


class HousePages(DeskAdmin):
    """About, terms, privacy, contact: always these four."""

    form = HousePageForm
    list_display = ("title", "slug", "updated_at")
    ordering = ("pk",)
    fields = ("title_en", "text_en", "title_id", "text_id")
    in_search = False

    @display(description=_("title"))
    def title(self, page: HousePage) -> str:
        return page.title

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: HousePage, form: Any, change: bool) -> None:
        save_house_page(obj, by=person_of(request), now=timezone.now())


class AnnouncementForm(DeskForm):
    hosts = forms.MultipleChoiceField(
        label=_("Where"),
        choices=[(room.key, room.name) for room in ROOMS],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None means everywhere."),
    )


class Announcements(DeskAdmin):
    """Sentences on top of every page, for a while."""

    form = AnnouncementForm
    list_display = ("text", "starts_at", "ends_at", "where")
    ordering = ("-starts_at", "-pk")
    fields = ("text_en", "text_id", "hosts", "starts_at", "ends_at")
    in_search = False

    @display(description=_("announcement"))
    def text(self, row: Announcement) -> str:
        return row.text

    @display(description=_("where"))
    def where(self, row: Announcement) -> str:
        names = [str(room.name) for room in ROOMS if room.key in row.hosts]
        return ", ".join(names) or str(_("Everywhere"))

    def save_model(self, request: HttpRequest, obj: Announcement, form: Any, change: bool) -> None:
        save_announcement(obj, by=person_of(request), now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Announcement) -> None:
        delete_announcement(obj, by=person_of(request), now=timezone.now())

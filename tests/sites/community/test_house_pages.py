"""About, terms, privacy and contact: there from the first migration on, edited at the office."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied

from sites.community.actions.save_house_page import save_house_page
from sites.community.first_pages import HOUSE_PAGES, write_first_pages
from sites.community.models import HousePage
from tests.house import visitor
from tests.sites.books.actions.people import person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("slug", HOUSE_PAGES)
@pytest.mark.parametrize("language", ["en", "id"])
def test_each_page_is_there_in_both_languages(slug: str, language: str) -> None:
    answer = visitor("main").get(f"/{slug}/", headers={"accept-language": language})
    english, indonesian = HOUSE_PAGES[slug]
    assert answer.status_code == 200
    heading = (english if language == "en" else indonesian)[:-1]
    assert f"<h1>{heading}" in answer.content.decode()
    assert "<p>" in answer.content.decode().split('class="prose"', 1)[1]


def test_a_migration_leaves_what_people_edited_and_brings_back_what_is_gone() -> None:
    HousePage.objects.filter(slug="about").update(title_en="Who we are")
    HousePage.objects.filter(slug="terms").delete()
    write_first_pages(apps.get_app_config("community"))
    assert HousePage.objects.get(slug="about").title_en == "Who we are"
    assert HousePage.objects.filter(slug="terms").exists()
    assert HousePage.objects.count() == len(HOUSE_PAGES)


def test_what_a_manager_writes_is_cleaned_and_shown() -> None:
    page = HousePage.objects.get(slug="about")
    page.text_en = '<p onclick="x()">Hello <script>alert(1)</script><b>you</b>.</p>'
    save_house_page(page, by=person("manager"), now=NOW)
    shown = visitor("main").get("/about/").content.decode().split('class="prose"', 1)[1]
    assert "Hello" in shown
    assert "onclick" not in shown
    assert "alert(1)" not in shown


@pytest.mark.parametrize("role", ["reader", "editor", "moderator", "support", "operator"])
def test_nobody_else_writes_them(role: str) -> None:
    page = HousePage.objects.get(slug="about")
    page.title_en = "Mine"
    with pytest.raises(PermissionDenied):
        save_house_page(page, by=person(role), now=NOW)
    assert HousePage.objects.get(slug="about").title_en == "About Esensi"


def test_the_office_edits_a_page() -> None:
    client = visitor("internal")
    client.force_login(person("manager"))
    page = HousePage.objects.get(slug="contact")
    path = f"/community/housepage/{page.pk}/change/"
    assert client.get(path).status_code == 200
    form = {"title_en": "Write", "title_id": "Tulis", "text_en": "By letter.", "text_id": "Surat."}
    assert client.post(path, form).status_code == 302
    page.refresh_from_db()
    assert (page.title_en, "By letter." in page.text_en) == ("Write", True)

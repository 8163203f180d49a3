"""The office while its pages are open: what waits comes by itself, what the house announces is seen at
once, and operators see and steer the running house."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.live import LIMIT, TOMORROW, wait_until_open
from tests.journeys.server import House

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

#: Two things happen: somebody reports a comment, and an author submits a book.
HAPPEN = """
from django.utils import timezone
from sites.accounts.models import User
from sites.books.actions.save_book import save_book
from sites.books.actions.submit_book import submit_book
from sites.books.actions.write_chapter import write_chapter
from sites.books.models import Book, Chapter, Genre, Status
from sites.community.actions.report import report
from sites.community.actions.write_comment import Draft, write_comment
now = timezone.now()
author, reader = (User.objects.get(email=f"{role}@esensi.example") for role in ("author", "reader"))
chapter = Chapter.objects.filter(book__slug="the-tide-clerk", number=1).get()
said = write_comment(chapter, Draft("Moonlit lamps at half the price."), by=author, now=now)
report(said, reason="spam", text="", by=reader, now=now)
book = save_book(
    Book(title="The Lamplighter's Almanac", language="en", opening_line="It rained.", synopsis="Rain."),
    genres=Genre.objects.order_by("pk")[:1], tags=(), by=author, now=now,
)
write_chapter(
    Chapter(book=book, status=Status.PUBLISHED), title="One", text="<p>It rained.</p>", by=author, now=now
)
book.refresh_from_db()
submit_book(book, by=author, now=now)
"""


def signed_in(new_page: NewPage, house: House, role: str, **options: object) -> Page:
    page = new_page(**options)
    sign_in(page, house, role)
    return page


def open_live(page: Page, address: str) -> None:
    page.goto(address)
    wait_until_open(page)


def test_what_is_submitted_and_reported_comes_without_a_reload(
    house: House, new_page: NewPage
) -> None:
    manager = signed_in(new_page, house, "manager")
    moderator = signed_in(new_page, house, "moderator", width=360, height=740, locale="id-ID")
    open_live(manager, house.url("internal"))
    open_live(moderator, house.url("internal", "/moderation/"))
    expect(manager.locator("#office-sound")).to_have_attribute("aria-pressed", "false")
    for page in (manager, moderator):
        page.evaluate("window.stayed = true")

    house.manage("shell", "-c", HAPPEN)
    queue = manager.locator("[data-part=submissions]")
    expect(queue).to_contain_text("The Lamplighter's Almanac", timeout=LIMIT)
    expect(manager.locator("[data-part=reports] a")).to_be_visible()
    card = moderator.locator(".mod-card", has_text="Moonlit lamps")
    expect(card).to_be_visible(timeout=LIMIT)
    # Nothing has sounded, and nobody was sent through a reload.
    for page in (manager, moderator):
        assert page.evaluate("window.stayed")
        assert page.locator("#office-live").get_attribute("data-rang") is None

    # What somebody types stays while a colleague is faster.
    other = manager.context.new_page()
    open_live(other, house.url("internal", "/moderation/"))
    other_card = other.locator(".mod-card", has_text="Moonlit lamps")
    other_card.locator("textarea").fill("I am about to decide.")
    card.locator("textarea").fill("Iklan.")
    card.locator("button[value=hide]").click()
    expect(other_card).to_contain_text("A colleague has decided on this.", timeout=LIMIT)
    expect(other_card.locator("form")).to_have_count(0)
    expect(moderator.locator(".mod-card", has_text="Moonlit lamps")).to_have_count(0)


def test_an_announcement_reaches_open_pages_of_all_hosts_and_goes_again(
    house: House, new_page: NewPage
) -> None:
    manager = signed_in(new_page, house, "manager")
    reader = signed_in(new_page, house, "reader", width=360, height=740, locale="id-ID")
    desk = signed_in(new_page, house, "author")
    stranger = new_page()
    stranger.add_init_script(TOMORROW)
    open_live(reader, house.url("main"))
    open_live(desk, house.url("publish"))
    open_live(stranger, house.url("chapter", "/the-tide-clerk/1/"))
    manager.goto(house.url("internal", "/community/announcement/add/"))
    manager.locator("[name=text_en]").fill("The lighthouse reading begins at nine.")
    manager.locator("[name=text_id]").fill("Pembacaan mercusuar mulai pukul sembilan.")
    ends = datetime.now(ZoneInfo("Asia/Jakarta")) + timedelta(hours=2)
    manager.locator("[name=ends_at_0]").fill(f"{ends:%Y-%m-%d}")
    manager.locator("[name=ends_at_1]").fill(f"{ends:%H:%M}")
    manager.locator("[name=_save]").click()
    shown = {page: page.locator("#announcements") for page in (reader, desk, stranger)}
    expect(shown[stranger]).to_contain_text("The lighthouse reading", timeout=LIMIT)
    expect(shown[desk]).to_contain_text("The lighthouse reading", timeout=LIMIT)
    expect(shown[reader]).to_contain_text("Pembacaan mercusuar", timeout=LIMIT)

    manager.locator("#result_list a", has_text="The lighthouse reading").first.click()
    manager.locator("a[href$='/delete/']").first.click()
    manager.locator("#content form [type=submit]").first.click()
    for page in (reader, desk, stranger):
        expect(page.locator("#announcements")).not_to_contain_text(
            re.compile("lighthouse|mercusuar"), timeout=LIMIT
        )


def test_operators_see_the_house_run_and_end_one_connection(
    house: House, new_page: NewPage
) -> None:
    operator = signed_in(new_page, house, "operator")
    open_live(operator, house.url("internal", "/operations/"))
    expect(operator.locator("#ops-rows tr")).to_have_count(1, timeout=LIMIT)
    # Two reports after the first: rates are known, and lines have begun.
    expect(operator.locator("[data-figure=deliveries] [data-past]")).to_contain_text(
        "At most", timeout=LIMIT
    )
    expect(operator.locator("[data-cell=deliveries]").first).not_to_have_text("–")

    reader = signed_in(new_page, house, "reader", width=360, height=740)
    open_live(reader, house.url("main", "/books/the-tide-clerk/"))
    sockets = operator.locator("[data-figure=sockets] [data-now]")
    expect(sockets).to_have_text(re.compile("[2-9]"), timeout=LIMIT)
    operator.get_by_role("link", name="All connections").click()
    row = operator.locator("tr", has=operator.locator("td", has_text=re.compile("^main$")))
    expect(row.first).to_be_visible()
    # Its page comes back by itself, with another socket.
    with reader.expect_websocket(timeout=LIMIT):
        row.first.get_by_role("button", name="End it").click()
    expect(operator.get_by_text("The connection is ended.")).to_be_visible()
    wait_until_open(reader)

    operator.goto(house.url("internal", "/operations/"))
    operator.get_by_role("button", name="Empty it").first.click()
    expect(operator.get_by_text("No other instance serves")).to_be_visible()


_MAIL_IS_DUE = """
from django.utils import timezone
from sites.accounts.models import User
from sites.books.models import Book
from sites.community.actions.send_digests import send_digest
from sites.community.models import Kind, Notification
from sites.community.notify import store
reader = User.objects.get(email="reader@esensi.example")
book, now = Book.objects.get(slug="the-tide-clerk"), timezone.now()
store([Notification(recipient=reader, kind=Kind.WITHDRAWN, book=book, created_at=now)])
store([Notification(recipient=reader, kind=Kind.INVITED, book=book, created_at=now)])
send_digest(reader.pk, now=now)
"""


def test_somebody_chooses_a_daily_mail_and_another_browser_ends_it_with_one_click(
    house: House, new_page: NewPage
) -> None:
    reader = signed_in(new_page, house, "reader")
    choices = house.url("main", "/notifications/choices/")
    reader.goto(choices)
    reader.locator("[name=covers][value=digest]").check()
    reader.get_by_role("button", name="Keep these choices").click()
    expect(reader.get_by_text("Your choices are kept.")).to_be_visible()
    house.manage("shell", "-c", _MAIL_IS_DUE)

    # The laptop's page of mails; the mail is opened where nobody is signed in.
    phone = new_page(width=360, height=740)
    phone.goto(house.url("auth", "/mail/"))
    phone.locator(".own-list a", has_text="1 new notification").first.click()
    mail = phone.frame_locator("iframe")
    address = mail.get_by_role("link", name="Send no more of these mails").get_attribute("href")
    assert address
    phone.goto(address)
    phone.get_by_role("button", name="Send no more of these mails").click()
    expect(phone.get_by_role("heading", name="No more mails")).to_be_visible()
    reader.goto(choices)
    expect(reader.locator("[name=covers][value=page]")).to_be_checked()

"""From a stranger to somebody with a passkey, and out of every browser again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accounts import Newcomer, code_of
from tests.journeys.conftest import NewPage
from tests.journeys.server import House
from tests.journeys.test_accessibility import complaints_of_both_themes

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


@pytest.fixture
def newcomer(page: Page, house: House) -> Newcomer:
    return Newcomer(page, house)


def test_sign_up_confirm_passkey_and_end_all_sessions(
    newcomer: Newcomer, new_page: NewPage, house: House
) -> None:
    newcomer.add_authenticator()
    newcomer.join()
    newcomer.add_passkey()
    expect(newcomer.page.locator("main")).to_contain_text("Recovery codes")
    newcomer.sign_out()
    assert not newcomer.is_in()

    newcomer.open(f"/sign-in/?next={house.url('main', '/books/')}")
    newcomer.press("Sign in with a passkey")
    newcomer.page.wait_for_url(house.url("main", "/books/"))

    newcomer.open("/")
    other = Newcomer(new_page(), house, newcomer.email)
    other.sign_in()
    assert "/two-factor/sign-in/" in other.page.url, "a passkey is a second factor as well"
    newcomer.open("/two-factor/codes/")
    newcomer.confirm()
    code = newcomer.page.locator(".own-codes code").first.inner_text()
    other.send(code=code)
    assert other.is_in()

    newcomer.open("/sessions/")
    newcomer.press("End all my sessions")
    expect(newcomer.page.locator(".toast")).to_have_text("All your sessions have ended.")
    assert not newcomer.is_in()
    assert not other.is_in()
    other.open("/", "main")
    assert other.page.locator("form[action*='/sign-out/']").count() == 0


def test_an_app_and_then_a_recovery_code_open_the_account(newcomer: Newcomer) -> None:
    newcomer.join()
    secret = newcomer.add_app()
    codes = newcomer.page.locator(".own-codes code").all_inner_texts()
    assert len(set(codes)) == 10
    newcomer.sign_out()
    newcomer.sign_in()
    newcomer.send(code="000000")
    expect(newcomer.page.locator(".field-error:visible")).to_contain_text("This code is not right")
    newcomer.send(code=code_of(secret))
    assert newcomer.is_in()
    newcomer.sign_out()
    newcomer.sign_in()
    newcomer.send(code=codes[0])
    assert newcomer.is_in()
    newcomer.open("/two-factor/")
    expect(newcomer.page.locator("main")).to_contain_text("9 codes are left")


def test_a_forgotten_password_is_replaced_by_mail(newcomer: Newcomer) -> None:
    newcomer.join()
    newcomer.sign_out()
    newcomer.open("/sign-in/")
    newcomer.page.get_by_role("link", name="Forgot your password?").click()
    newcomer.send(email=newcomer.email)
    newcomer.follow_mail()
    newcomer.password = "laut-tenang-88"
    newcomer.send(password1=newcomer.password)
    assert newcomer.is_in()
    newcomer.sign_out()
    newcomer.sign_in()
    assert newcomer.is_in()


def test_an_address_changes_once_the_new_one_is_confirmed(newcomer: Newcomer) -> None:
    newcomer.join()
    newcomer.open("/email/")
    changed = f"new-{newcomer.email}"
    newcomer.send(email=changed)
    newcomer.confirm()
    expect(newcomer.page.locator(".own-waiting")).to_contain_text(changed)
    newcomer.follow_mail()
    newcomer.press("Yes, confirm it")
    expect(newcomer.page.locator(".account-facts")).to_contain_text(changed)
    newcomer.open("/mail/")
    expect(newcomer.page.locator(".own-list li").first).to_contain_text(newcomer.email)
    newcomer.email = changed
    newcomer.sign_out()
    newcomer.sign_in()
    assert newcomer.is_in()


def test_the_door_works_without_javascript_and_says_what_does_not(
    new_page: NewPage, house: House
) -> None:
    newcomer = Newcomer(new_page(javascript=False), house)
    newcomer.join()
    newcomer.add_app()
    newcomer.sign_out()
    newcomer.open("/sign-in/")
    # Chromium reads <noscript> as text where a test has switched scripts off.
    assert "<noscript><p" in newcomer.page.content().replace("&lt;", "<")
    expect(newcomer.page.locator("[data-passkey-button]")).to_be_hidden()


def test_a_passkey_that_is_called_off_is_told_in_words(newcomer: Newcomer) -> None:
    newcomer.open("/sign-in/")
    newcomer.page.evaluate(
        "() => { navigator.credentials.get = async () => { throw new DOMException('', 'NotAllowedError'); } }"
    )
    newcomer.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(newcomer.page.get_by_role("alert")).to_contain_text("The passkey was not used")
    expect(newcomer.page.get_by_role("button", name="Sign in with a passkey")).to_be_enabled()


STRANGERS = (
    "/sign-in/",
    "/sign-up/",
    "/verify/",
    "/verify/nope/",
    "/reset/",
    "/reset/sent/",
    "/reset/done/",
    "/reset/1-nope/",
    "/closed/",
    "/mail/",
)
OWN = (
    "/",
    "/email/",
    "/password/",
    "/sessions/",
    "/two-factor/",
    "/two-factor/codes/",
    "/two-factor/codes/new/",
    "/two-factor/app/remove/",
    "/passkeys/",
    "/passkeys/add/",
    "/confirm/",
    "/confirm/code/",
    "/confirm/passkey/",
)


def look_at_the_steps(newcomer: Newcomer, look: Callable[[str], None]) -> None:
    """Sign up and add all that an account can have, with a look at pages that have no address."""
    newcomer.open("/sign-up/")
    newcomer.send(email="a@example.com", password1="short")
    look("a form with errors")
    newcomer.add_authenticator()
    newcomer.sign_up()
    newcomer.open("/mail/")
    with newcomer.page.expect_navigation():
        newcomer.page.locator(".own-list a").first.click()
    look("a mail")
    newcomer.follow_mail()
    look("a link to confirm")
    newcomer.press("Yes, confirm it")
    newcomer.open("/two-factor/app/")
    newcomer.confirm()
    look("an app to set up")
    newcomer.add_app()
    newcomer.add_passkey()


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_at_the_door(house: House, new_page: NewPage, width: int) -> None:
    page = new_page(width=width, color_scheme="light", bypass_csp=True)
    newcomer = Newcomer(page, house)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = complaints_of_both_themes(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} px wide"

    for path in STRANGERS:
        newcomer.open(path)
        look(path)
    look_at_the_steps(newcomer, look)
    for path in OWN:
        newcomer.open(path)
        look(path)
    newcomer.open("/passkeys/")
    for words in ("Rename", "Remove"):
        with page.expect_navigation():
            page.get_by_role("link", name=re.compile(words)).click()
        look(words)
        newcomer.open("/passkeys/")
    newcomer.sign_out()
    newcomer.sign_in()
    look("the second step")
    assert {where: what for where, what in found.items() if what} == {}

"""What somebody does at the one door, step by step."""

from __future__ import annotations

import re
import time
import uuid
from dataclasses import dataclass, field

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page

from tests.journeys.server import House

PASSWORD = "langit-biru-77"


@dataclass
class Newcomer:
    """Somebody with a mailbox and a browser."""

    page: Page
    house: House
    email: str = field(default_factory=lambda: f"{uuid.uuid4().hex[:12]}@example.com")
    password: str = PASSWORD

    def open(self, path: str, key: str = "auth") -> None:
        self.page.goto(self.house.url(key, path))

    def send(self, **fields: str) -> None:
        """Fill in fields by name and press Enter in the last; the next page has arrived after it."""
        for name, value in fields.items():
            self.page.locator(f"input[name={name}]:visible").fill(value)
        with self.page.expect_navigation():
            self.page.locator(f"input[name={list(fields)[-1]}]:visible").press("Enter")

    def press(self, words: str) -> None:
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=words, exact=True).click()

    def sign_up(self) -> None:
        self.open("/sign-up/")
        self.send(name="Dewi", email=self.email, password1=self.password)
        self.page.wait_for_url("**/verify/")

    def sign_in(self) -> None:
        self.open("/sign-in/")
        self.send(username=self.email, password=self.password)

    def sign_out(self) -> None:
        self.open("/")
        self.press("Sign out")

    def join(self) -> None:
        """Sign up, confirm the address, be in."""
        self.sign_up()
        self.follow_mail()
        self.press("Yes, confirm it")
        self.page.wait_for_url(self.house.url("main"))

    def follow_mail(self) -> None:
        """Open the newest mail on the page that a laptop's house has, and click its link there."""
        self.open("/mail/")
        self.page.locator(".own-list a").first.click()
        self.page.wait_for_load_state(
            "load"
        )  # the frame's own, too: what moves is not to be clicked
        frame = self.page.frame_locator("iframe")
        with self.page.expect_navigation(url=re.compile("/(verify|reset)/")):
            frame.locator(".call a").click()

    def confirm(self) -> None:
        """Say the password again, where a page asks for it."""
        if "/confirm/" in self.page.url:
            self.send(password=self.password)

    def add_authenticator(self) -> None:
        """Give the browser a fingerprint reader that always recognises its owner."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def add_passkey(self) -> None:
        self.open("/passkeys/add/")
        self.confirm()
        self.press("Add a passkey")

    def add_app(self) -> str:
        """Set up an authenticator app; its secret. The page shows recovery codes after it."""
        self.open("/two-factor/app/")
        self.confirm()
        secret = self.page.locator(".own-key code").inner_text()
        self.send(code=code_of(secret))
        self.page.wait_for_url("**/two-factor/codes/")
        return secret

    def is_in(self) -> bool:
        self.open("/")
        return "/sign-in/" not in self.page.url


def code_of(secret: str) -> str:
    """The code that an app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))

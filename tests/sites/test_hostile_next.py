"""Nobody is led out of the house, by whichever door they come or go."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import quote, urljoin, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from django.conf import settings
from django.test import Client

from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.books.models import Author
from sites.community.models import Comment
from sites.hosts import HOSTS
from sites.links import host_root
from tests.house import visitor
from tests.sites.chapter.library import make_book, make_chapters
from tests.test_sweep import addresses, fill

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
PASSWORD, SECRET = "correct-horse-staple", "JBSWY3DPEHPK3PXP"
MAIN = settings.HOST_NAMES.domains["main"]

HOSTILE = (
    "//evil.example/",
    "/\\evil.example/",
    f"http://{MAIN}@evil.example/",
    f"http://evil.{MAIN}/",
    "javascript:alert(document.domain)//http://esensi.localhost:8000/",
)
OWN = tuple(f"{origin}/laut/3/?page=2" for origin in settings.HOST_NAMES.origins)

#: Modules that read where to go on → the entry points below that try them.
READERS = {
    "sites/auth/passkeys.py": {"passkey refused"},
    "sites/auth/second_factor.py": {"second factor"},
    "sites/auth/sign_in.py": {"sign in", "sign in, signed in already", "second step"},
    "sites/auth/steps.py": {"sign up, signed in already"},
    "sites/auth/views.py": {"sign out"},
    "sites/chapter/answering.py": {"like a comment", "mark a passage", "mark no passage"},
    "sites/chapter/views.py": {"reading settings"},
    "sites/context.py": {"referer"},
    "sites/desk/site.py": {"publish login", "internal login"},
    "sites/language.py": {f"language on {key}" for key in HOSTS},
    "sites/publish/join.py": {"join, author already"},
}
#: Entry points whose ``next`` allauth reads, by our ``is_safe_url``.
ALLAUTHS = {"passkey", "confirm by password", "confirm by code"}


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def reader() -> User:
    user = create_user("reader@example.com", password=PASSWORD, roles=["author"])
    Author.objects.create(name="Ratih", slug="ratih", user=user)
    return user


def signed_in(key: str) -> Client:
    browser = visitor(key)
    browser.force_login(User.objects.get(email="reader@example.com"))
    return browser


def credentials(target: str) -> dict[str, str]:
    return {"username": "reader@example.com", "password": PASSWORD, "next": target}


def sign_in(target: str) -> Any:
    return visitor("auth").post("/sign-in/", credentials(target))


def code() -> str:
    return str(totp.format_hotp_value(totp.hotp_value(SECRET, int(time.time()) // 30)))


def second_step(target: str) -> Any:
    totp.TOTP.activate(User.objects.get(email="reader@example.com"), SECRET)
    browser = visitor("auth")
    asked = browser.post("/sign-in/", credentials(target))
    return browser.post(asked.url, {"code": code()})


def confirm_by_code(target: str) -> Any:
    totp.TOTP.activate(User.objects.get(email="reader@example.com"), SECRET)
    return signed_in("auth").post("/confirm/code/", {"code": code(), "next": target})


def passkey(target: str) -> Any:
    user = User.objects.get(email="reader@example.com")
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "x"})
    with mock.patch.object(LoginWebAuthnForm, "clean_credential", return_value=key):
        return visitor("auth").post("/passkeys/sign-in/", {"credential": "{}", "next": target})


def by_form(key: str, path: str, *, known: bool = False, **fields: str) -> Callable[[str], Any]:
    def send(target: str) -> Any:
        browser = signed_in(key) if known else visitor(key)
        return browser.post(path, {**fields, "next": target})

    return send


def by_query(key: str, path: str, *, known: bool = False) -> Callable[[str], Any]:
    def ask(target: str) -> Any:
        browser = signed_in(key) if known else visitor(key)
        return browser.get(f"{path}?next={quote(target, safe='')}")

    return ask


def second_factor(target: str) -> Any:
    browser = signed_in("auth")
    session = browser.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return browser.get("/two-factor/required/", {"next": target})


def referer(target: str) -> Any:
    """The page of a 405 links back to where its form stood."""
    return visitor("main", HTTP_REFERER=target).get("/language/")


def like(target: str) -> Any:
    [chapter] = make_chapters(make_book("liked"), 1)
    comment = Comment.objects.create(
        chapter=chapter, author=create_user("bima@example.com", password=None), text="Indah."
    )
    path = f"/liked/1/comments/{comment.pk}/like/"
    return signed_in("chapter").post(path, {"next": target})


def mark(target: str, quote: str = "Paragraph 1 word word word") -> Any:
    make_chapters(make_book("marked"), 1)
    sent = {"quote": quote, "colour": "blue", "next": target}
    return signed_in("chapter").post("/marked/1/highlights/", sent)


def mark_nothing(target: str) -> Any:
    """The form comes again, with a way back."""
    return mark(target, quote="Words that stand nowhere.")


ENTRIES: dict[str, Callable[[str], Any]] = {
    "sign in": sign_in,
    "sign in, by query": by_query("auth", "/sign-in/", known=True),
    "sign in, signed in already": by_form("auth", "/sign-in/", known=True),
    "sign up, signed in already": by_query("auth", "/sign-up/", known=True),
    "second step": second_step,
    "passkey": passkey,
    "passkey refused": by_form("auth", "/passkeys/sign-in/", credential="{}"),
    "sign out": by_form("auth", "/sign-out/", known=True),
    "confirm by password": by_form("auth", "/confirm/", known=True, password=PASSWORD),
    "confirm by code": confirm_by_code,
    "second factor": second_factor,
    "publish login": by_query("publish", "/login/"),
    "internal login": by_query("internal", "/login/"),
    "like a comment": like,
    "mark a passage": mark,
    "mark no passage": mark_nothing,
    "reading settings": by_form("chapter", "/reading/", theme="dark"),
    "join, author already": by_query("publish", "/join/", known=True),
    "referer": referer,
    **{f"language on {key}": by_form(key, "/language/", language="id") for key in HOSTS},
}


def is_ours(address: str, key: str = "auth") -> bool:
    """Does a browser that stands on this host stay in the house when it goes there?"""
    parts = urlsplit(urljoin(host_root(key) + "/", address.replace("\\", "/")))
    return f"{parts.scheme}://{parts.netloc}" in settings.HOST_NAMES.origins


def where_it_leads(answer: Any) -> str:
    """The address that a browser goes to, with a ``next`` that is carried on in it."""
    return str(answer.headers.get("Location", ""))


@pytest.mark.parametrize("target", HOSTILE)
@pytest.mark.parametrize("entry", ENTRIES)
def test_a_hostile_address_is_refused(reader: User, entry: str, target: str) -> None:
    answer = ENTRIES[entry](target)
    leads = where_it_leads(answer)
    if leads:
        assert is_ours(leads), leads
        assert quote(target, safe="") not in leads
    else:
        assert answer.status_code in (200, 400, 405)
    assert not links_out(answer), links_out(answer)


@pytest.mark.parametrize("target", OWN)
@pytest.mark.parametrize("entry", sorted(set(ENTRIES) - {"referer", "mark no passage"}))
def test_each_of_the_five_origins_is_kept_to_the_letter(
    reader: User, entry: str, target: str
) -> None:
    leads = where_it_leads(ENTRIES[entry](target))
    assert target == leads or quote(target, safe="") in leads, leads


def links_out(answer: Any) -> list[str]:
    """What a page would send its reader to that is not in the house. A hidden ``next`` that allauth
    carries from page to page is refused where it arrives: the table above tries each."""
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return []
    found = re.findall(r'(?:href|action|formaction)="([^"]*)"', answer.content.decode())
    return [to for to in found if "evil" in to.split("?")[0] or to.startswith("javascript:")]


@pytest.mark.parametrize("key", HOSTS)
@pytest.mark.timeout(300)
def test_no_address_of_any_host_leads_out(reader: User, key: str) -> None:
    """All patterns, those that will be added included: by query, by form and by referer."""
    User.objects.filter(pk=reader.pk).update(is_superuser=True, is_staff=True)
    hostile = HOSTILE[0]
    for route in addresses(key):
        path = fill(route, None)
        for browser in (visitor(key), signed_in(key)):
            for answer in (
                browser.get(f"{path}?next={quote(hostile)}", HTTP_REFERER=hostile),
                browser.post(path, {"next": hostile}, HTTP_REFERER=hostile),
            ):
                assert is_ours(where_it_leads(answer), key), path
                assert answer.streaming or not links_out(answer), path


def test_every_module_that_reads_where_to_go_is_tried() -> None:
    readers = set()
    for path in (ROOT / "sites").rglob("*.py"):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if _reads(node)]
        if calls:
            readers.add(str(path.relative_to(ROOT)))
    assert readers == set(READERS)
    assert set().union(*READERS.values()) | ALLAUTHS | {"sign in, by query"} == set(ENTRIES)


def _reads(node: ast.AST) -> bool:
    """``….GET.get("next")``, ``….POST["next"]``, ``….headers.get("Referer")`` and their likes."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        named = node.func.attr == "get" and node.args and isinstance(node.args[0], ast.Constant)
        return bool(named) and node.args[0].value in ("next", "Referer", "HTTP_REFERER")  # type: ignore[attr-defined]
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value in ("next", "Referer", "HTTP_REFERER")
    return False

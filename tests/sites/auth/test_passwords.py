"""Reset, change and set a password."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.test import Client

from sites.accounts.actions import create_user, keep_address, set_language
from sites.accounts.models import Session, User
from sites.links import host_url
from tests.house import visitor
from tests.sites.auth.conftest import PASSWORD, Posted, link_in, sign_in

pytestmark = pytest.mark.django_db
NEW = "langit-biru-77"


def ask(door: Client, email: str = "reader@example.com") -> None:
    answer = door.post("/reset/", {"email": email})
    assert (answer.status_code, answer["Location"]) == (302, "/reset/sent/")


def choose(door: Client, path: str, password: str = NEW) -> int:
    """Open a link from a mail and choose; the status of the last answer."""
    answer = door.get(path)
    assert answer.status_code == 302, answer.content.decode()
    assert "set-password" in answer["Location"], "the key must not stand in a Referer"
    return door.post(answer["Location"], {"password1": password}).status_code


def test_a_new_password_comes_by_mail_and_ends_all_sessions(
    reader: User, door: Client, posted: Posted
) -> None:
    other = visitor("auth")
    sign_in(other)
    ask(door)
    [message] = posted()
    assert message.to == ["reader@example.com"]
    assert choose(door, link_in(message)) == 302
    assert get_user(door.get("/language/").wsgi_request) == reader
    assert not get_user(other.get("/language/").wsgi_request).is_authenticated
    assert Session.objects.filter(user=reader).count() == 1
    reader.refresh_from_db()
    assert reader.check_password(NEW)
    assert [told.subject for told in posted()] == ["Your password has changed"]


def test_the_session_gets_a_new_key_with_the_new_password(
    reader: User, door: Client, posted: Posted, settings: Any
) -> None:
    ask(door)
    path = link_in(posted()[0])
    choose = door.get(path)["Location"]
    planted = door.cookies[settings.SESSION_COOKIE_NAME].value
    door.post(choose, {"password1": NEW})
    assert door.cookies[settings.SESSION_COOKIE_NAME].value != planted
    stranger = visitor("auth")
    stranger.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not get_user(stranger.get("/language/").wsgi_request).is_authenticated


def test_a_link_works_once(reader: User, door: Client, posted: Posted) -> None:
    ask(door)
    path = link_in(posted()[0])
    choose(door, path)
    page = visitor("auth").get(path)
    assert page.status_code == 200
    assert "leads nowhere" in page.content.decode()


@pytest.mark.parametrize("path", ["/reset/1-abc-def/", "/reset/zzzzzzzzzzzzzz-x/", "/reset/0-0/"])
def test_links_that_nobody_was_sent_lead_nowhere(reader: User, door: Client, path: str) -> None:
    page = door.get(path)
    assert page.status_code == 200
    assert "leads nowhere" in page.content.decode()


def test_an_unknown_address_gets_the_same_answer_and_a_mail_that_explains(
    reader: User, door: Client, posted: Posted
) -> None:
    other = visitor("auth")
    ask(door)
    ask(other, "nobody@example.com")
    pages = [
        re.sub(r'value="[^"]{64}"', "", client.get("/reset/sent/").content.decode())
        for client in (door, other)
    ]
    assert pages[0] == pages[1]
    known, unknown = posted()
    assert unknown.to == ["nobody@example.com"]
    assert unknown.subject == "There is no account with this address"
    assert link_in(unknown) == "/sign-up/"
    assert known.subject == "Choose a new password"


def test_an_account_from_the_office_gets_in_by_it(door: Client, posted: Posted) -> None:
    create_user("office@example.com", password=None)
    ask(door, "Office@example.com")
    assert choose(door, link_in(posted()[0])) == 302
    assert sign_in(visitor("auth"), "office@example.com", NEW).status_code == 302


def test_whoever_has_the_link_has_the_mailbox(reader: User, door: Client, posted: Posted) -> None:
    EmailAddress.objects.filter(user=reader).update(verified=False)
    ask(door)
    choose(door, link_in(posted()[0]))
    assert get_user(door.get("/language/").wsgi_request) == reader
    assert EmailAddress.objects.get().verified


def test_an_address_that_waits_to_be_confirmed_opens_nothing(
    reader: User, door: Client, posted: Posted
) -> None:
    """Somebody mistyped their new address: it belongs to a stranger."""
    EmailAddress.objects.create(user=reader, email="typo@example.com")
    ask(door, "typo@example.com")
    [message] = posted()
    assert message.subject == "There is no account with this address"


def test_a_closed_account_gets_no_link(reader: User, door: Client, posted: Posted) -> None:
    User.objects.update(is_active=False)
    ask(door)
    assert [message.subject for message in posted()] == ["There is no account with this address"]


def test_mails_come_in_the_language_of_their_reader(
    reader: User, door: Client, posted: Posted
) -> None:
    set_language(reader, "id")
    ask(door)
    assert '<html lang="id">' in str(posted()[0].alternatives[0][0])  # type: ignore[attr-defined]


def test_changing_the_password_needs_the_old_one_and_ends_the_other_sessions(
    reader: User, door: Client, posted: Posted
) -> None:
    other = visitor("auth")
    sign_in(other)
    sign_in(door)
    page = door.post("/password/", {"oldpassword": "wrong", "password1": NEW})
    assert "This is not your current password." in page.content.decode()
    answer = door.post("/password/", {"oldpassword": PASSWORD, "password1": NEW})
    assert answer["Location"] == host_url("auth", "account")
    assert get_user(door.get("/language/").wsgi_request) == reader
    assert not get_user(other.get("/language/").wsgi_request).is_authenticated
    assert Session.objects.filter(user=reader).count() == 1
    assert [message.subject for message in posted()] == ["Your password has changed"]


def test_an_account_without_a_password_can_be_given_one(door: Client, posted: Posted) -> None:
    user = create_user("keyless@example.com", password=None)
    door.force_login(user)
    assert door.get("/password/")["Location"] == "/password/new/"
    assert door.post("/password/new/", {"password1": NEW}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert len(posted()) == 1
    keep_address(user)
    assert door.get("/password/new/").status_code == 302


@pytest.mark.parametrize("path", ["/password/", "/password/new/", "/email/", "/sessions/"])
def test_strangers_are_sent_to_the_door_and_back(door: Client, path: str) -> None:
    answer = door.get(path)
    assert answer.status_code == 302
    assert answer["Location"].split("?")[0].endswith("/sign-in/")
    assert f"next={path}".replace("/", "%2F") in answer["Location"].replace("/", "%2F")

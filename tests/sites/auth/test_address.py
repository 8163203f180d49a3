"""Change one's address: confirmed at the new one, told to the old one."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.test import Client

from sites.accounts.actions import create_user
from sites.accounts.models import User
from tests.house import visitor
from tests.sites.auth.conftest import PASSWORD, Posted, confirm, link_in, sign_in

pytestmark = pytest.mark.django_db


def change(door: Client, email: str = "new@example.com") -> None:
    answer = door.post("/email/", {"email": email, "action_add": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/email/")


@pytest.fixture
def inside(reader: User, door: Client) -> Client:
    sign_in(door)
    confirm(door)
    return door


def test_the_new_address_counts_once_it_is_confirmed_and_the_old_is_told(
    inside: Client, reader: User, posted: Posted
) -> None:
    change(inside)
    reader.refresh_from_db()
    assert reader.email == "reader@example.com"
    [message] = posted()
    assert message.to == ["new@example.com"]
    assert message.subject == "Confirm your new e-mail address"
    assert "new@example.com" in inside.get("/email/").content.decode()
    inside.post(link_in(message))
    reader.refresh_from_db()
    assert reader.email == "new@example.com"
    [address] = EmailAddress.objects.all()
    assert (address.email, address.verified, address.primary) == ("new@example.com", True, True)
    [told] = posted()
    assert told.to == ["reader@example.com"]
    assert "new@example.com" in told.body
    assert sign_in(visitor("auth"), "new@example.com").status_code == 302
    assert sign_in(visitor("auth"), "reader@example.com").status_code == 200


def test_the_link_works_in_another_browser_without_signing_in(
    inside: Client, reader: User, posted: Posted
) -> None:
    change(inside)
    visitor("auth").post(link_in(posted()[0]))
    reader.refresh_from_db()
    assert reader.email == "new@example.com"


def test_it_asks_for_the_password_first(reader: User, door: Client, posted: Posted) -> None:
    sign_in(door)
    answer = door.post("/email/", {"email": "new@example.com", "action_add": "1"})
    assert answer["Location"].startswith("/confirm/")
    assert posted() == []
    page = door.post("/confirm/", {"password": "wrong", "next": "/email/"})
    assert "This is not your password." in page.content.decode()
    door.post("/confirm/", {"password": PASSWORD, "next": "/email/"})
    assert [message.to for message in posted()] == [["new@example.com"]], "what was asked is done"


def test_a_change_can_be_called_off(inside: Client, reader: User, posted: Posted) -> None:
    change(inside)
    path = link_in(posted()[0])
    inside.post("/email/", {"email": "new@example.com", "action_remove": "1"})
    assert visitor("auth").post(path).status_code == 404
    reader.refresh_from_db()
    assert reader.email == "reader@example.com"
    assert posted() == []


def test_the_address_of_another_account_gets_the_same_answer_and_changes_nothing(
    inside: Client, reader: User, posted: Posted
) -> None:
    create_user("other@example.com", password=None)
    change(inside, "other@example.com")
    [message] = posted()
    page = visitor("auth").get(link_in(message)).content.decode()
    assert "leads nowhere" in page
    visitor("auth").post(link_in(message))
    reader.refresh_from_db()
    assert reader.email == "reader@example.com"


def test_whoever_signed_up_with_it_and_never_confirmed_makes_room(
    inside: Client, reader: User, posted: Posted
) -> None:
    squatter = visitor("auth")
    squatter.post("/sign-up/", {"email": "new@example.com", "password1": PASSWORD})
    posted()
    change(inside)
    inside.post(link_in(posted()[0]))
    reader.refresh_from_db()
    assert reader.email == "new@example.com"
    assert User.objects.count() == 1


def test_a_link_for_another_account_signs_nobody_out_by_itself(
    inside: Client, reader: User, posted: Posted
) -> None:
    visitor("auth").post("/sign-up/", {"email": "evil@example.com", "password1": PASSWORD})
    path = link_in(posted()[0])
    inside.get(path)
    assert get_user(inside.get("/language/").wsgi_request) == reader


@pytest.mark.parametrize(
    "email", ["reader@example.com", "READER@example.com", "no", "", "a\x00@b.c"]
)
def test_what_cannot_be_used_is_said_beside_its_field(
    inside: Client, posted: Posted, email: str
) -> None:
    page = inside.post("/email/", {"email": email, "action_add": "1"})
    assert page.status_code == 200
    assert 'class="field-error"' in page.content.decode()
    assert posted() == []


def test_somebody_with_a_second_factor_changes_it_as_well(
    inside: Client, reader: User, posted: Posted
) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(reader, generate_totp_secret())
    change(inside)
    inside.post(link_in(posted()[0]))
    reader.refresh_from_db()
    assert reader.email == "new@example.com"

"""Sign up, confirm the address, come in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.db import IntegrityError
from django.test import Client

from sites.accounts.models import User
from sites.auth.sign_up_form import SignUpForm
from sites.links import host_url
from tests.house import visitor
from tests.sites.auth.conftest import PASSWORD, Posted, link_in, sign_in

pytestmark = pytest.mark.django_db


def sign_up(door: Client, email: str = "New@Example.com", **more: str) -> Any:
    return door.post("/sign-up/", {"email": email, "password1": PASSWORD, **more})


def is_in(door: Client) -> bool:
    return get_user(door.get("/language/").wsgi_request).is_authenticated


def test_whoever_signs_up_and_confirms_is_in_and_back_where_they_were(
    door: Client, posted: Posted
) -> None:
    target = host_url("main", "books") + "?q=laut"
    answer = sign_up(door, name="Dewi", next=target)
    assert (answer.status_code, answer["Location"]) == (302, "/verify/")
    assert not is_in(door)
    user = User.objects.get()
    assert (user.email, user.name, user.is_staff) == ("new@example.com", "Dewi", False)
    [message] = posted()
    assert message.subject == "Confirm your e-mail address"
    path = link_in(message)
    assert b"new@example.com" in door.get(path).content
    assert not is_in(door), "looking at the link confirms nothing: scanners of mailboxes look, too"
    answer = door.post(path)
    assert (answer.status_code, answer["Location"]) == (302, target)
    assert is_in(door)


def test_the_link_works_in_another_browser_and_then_asks_for_the_password(
    door: Client, posted: Posted
) -> None:
    sign_up(door)
    other = visitor("auth")
    answer = other.post(link_in(posted()[0]))
    assert answer["Location"] == host_url("auth", "sign_in")
    assert "Your e-mail address is confirmed." in other.get("/sign-in/").content.decode()
    assert not is_in(other)
    assert sign_in(other, "new@example.com").status_code == 302
    assert is_in(other)


def test_nobody_signs_in_before_the_address_is_confirmed(door: Client, posted: Posted) -> None:
    sign_up(door)
    posted()
    other = visitor("auth")
    answer = sign_in(other, "new@example.com")
    assert (answer.status_code, answer["Location"]) == (302, "/verify/")
    assert not is_in(other)
    [message] = posted()
    assert message.subject == "Confirm your e-mail address"
    other.post(link_in(message))
    assert EmailAddress.objects.get().verified


def test_a_link_works_once_and_not_at_all_when_it_is_changed(door: Client, posted: Posted) -> None:
    sign_up(door)
    path = link_in(posted()[0])
    broken = path[:-2] + ("a" if path[-2] != "a" else "b") + "/"
    assert "leads nowhere" in door.get(broken).content.decode()
    assert door.post(broken).status_code == 404
    door.post(path)
    assert "leads nowhere" in visitor("auth").get(path).content.decode()
    assert visitor("auth").post(path).status_code == 404


def test_a_known_address_gets_the_same_answer_and_a_mail_that_explains(
    reader: User, door: Client, posted: Posted
) -> None:
    new, known = sign_up(door, "new@example.com"), sign_up(visitor("auth"), "reader@example.com")
    assert (new.status_code, new["Location"]) == (known.status_code, known["Location"])
    pages = [
        re.sub(r'value="[^"]{64}"', "", client.get("/verify/").content.decode())
        for client in (new.client, known.client)
    ]
    assert pages[0] == pages[1]
    first, second = posted()
    assert (first.to, second.to) == (["new@example.com"], ["reader@example.com"])
    assert second.subject == "You already have an account"
    assert link_in(second) == "/sign-in/"
    reader.refresh_from_db()
    assert reader.check_password(PASSWORD)
    assert User.objects.count() == 2


def test_of_two_with_one_address_at_one_instant_the_second_gets_the_same_answer(
    door: Client, posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def beaten(self: SignUpForm, request: Any) -> User:
        raise IntegrityError

    monkeypatch.setattr(SignUpForm, "save", beaten)
    answer = sign_up(door)
    assert (answer.status_code, answer["Location"]) == (302, "/verify/")
    assert [message.subject for message in posted()] == ["You already have an account"]


def test_an_address_that_somebody_only_wants_to_change_to_can_be_signed_up(
    reader: User, door: Client, posted: Posted
) -> None:
    EmailAddress.objects.create(user=reader, email="new@example.com")
    sign_up(door)
    [message] = posted()
    assert message.subject == "Confirm your e-mail address"
    door.post(link_in(message))
    assert is_in(door)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"email": "no address", "password1": PASSWORD},
        {"email": "a@example.com", "password1": "short"},
        {"email": "a@example.com", "password1": "1234567890"},
        {"email": "a\x00@example.com", "password1": PASSWORD},
        {"email": "a@example.com", "password1": "\x00" * 12},
        {"email": "a@example.com", "password1": PASSWORD, "name": "a" * 500},
        {"email": "a" * 300 + "@example.com", "password1": PASSWORD},
        {"email": "correct-horse@example.com", "password1": "correct-horse"},
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(door: Client, fields: dict[str, str]) -> None:
    answer = door.post("/sign-up/", fields)
    assert answer.status_code == 200
    assert 'class="field-error"' in answer.content.decode()
    assert not User.objects.exists()


def test_a_failing_mail_server_breaks_no_sign_up(
    door: Client, posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Any, messages: Any) -> int:
        raise TimeoutError

    backend = "django.core.mail.backends.locmem.EmailBackend.send_messages"
    with monkeypatch.context() as patch:
        patch.setattr(backend, fail)
        assert sign_up(door)["Location"] == "/verify/"
    assert sign_in(door, "new@example.com")["Location"] == "/verify/"
    assert len(posted()) == 1


def test_the_mail_is_in_the_language_of_the_page(door: Client, posted: Posted) -> None:
    door.post("/language/", {"language": "id", "next": "/sign-up/"})
    sign_up(door)
    assert '<html lang="id">' in str(posted()[0].alternatives[0][0])  # type: ignore[attr-defined]


def test_the_way_in_and_back_is_on_each_page(door: Client) -> None:
    target = host_url("main", "books")
    page = door.get(f"/sign-in/?next={target}").content.decode()
    assert f"/sign-up/?next={target.replace(':', '%3A').replace('/', '%2F')}" in page
    page = door.get("/sign-up/?next=https://evil.example/").content.decode()
    assert f'name="next" value="{host_url("main", "home")}"' in page

"""The one door: sign in, sign out, the account."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from sites.accounts.actions import create_user, set_language
from sites.accounts.models import User
from sites.links import host_url
from tests.house import visitor
from tests.sites.auth.conftest import PASSWORD, sign_in
from tests.sites.main.factory import draft, make_book

pytestmark = pytest.mark.django_db


def test_one_sign_in_is_known_on_all_five_hosts(reader: User, door: Client) -> None:
    answer = sign_in(door)
    assert (answer.status_code, answer["Location"]) == (302, host_url("main", "home"))
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["domain"] == settings.HOST_NAMES.parent
    for name in settings.HOST_NAMES.domains.values():
        answer = door.get("/language/", HTTP_HOST=name)
        assert get_user(answer.wsgi_request) == reader


def test_the_address_counts_in_any_spelling(reader: User, door: Client) -> None:
    assert sign_in(door, " READER@Example.com ").status_code == 302


def test_the_session_gets_a_new_key(reader: User, door: Client) -> None:
    session = door.session
    session["planted"] = "by a stranger"
    session.save()
    before = session.session_key
    door.cookies[settings.SESSION_COOKIE_NAME] = before
    sign_in(door)
    after = door.cookies[settings.SESSION_COOKIE_NAME].value
    assert after != before
    door.cookies[settings.SESSION_COOKIE_NAME] = before
    assert not get_user(door.get("/sign-in/").wsgi_request).is_authenticated


def test_nobody_learns_which_addresses_have_an_account(reader: User, door: Client) -> None:
    closed = create_user("closed@example.com", password=PASSWORD)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    pages = set()
    for email, password in (
        ("reader@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("closed@example.com", PASSWORD),
    ):
        answer = sign_in(door, email, password)
        assert answer.status_code == 200
        page = answer.content.decode().replace(email, "")
        pages.add(page.partition("<form")[2].partition("field")[2])
        assert "does not match" in page
    assert len({page.partition("</form>")[0] for page in pages}) == 1


def test_unknown_addresses_cost_as_much_hashing_as_known_ones(
    reader: User, door: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        rounds.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    sign_in(door, "reader@example.com", "wrong")
    known = len(rounds)
    rounds.clear()
    sign_in(door, "nobody@example.com", "wrong")
    assert len(rounds) == known == 1


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"username": "no address", "password": "x"},
        {"username": "a\x00@example.com", "password": "x"},
        {"username": "reader@example.com", "password": "\x00"},
        {"username": "a" * 5000, "password": "b" * 5000},
    ],
)
def test_odd_attempts_stay_at_the_door(reader: User, door: Client, fields: dict[str, str]) -> None:
    answer = door.post("/sign-in/", fields)
    assert answer.status_code == 200
    assert 'class="field-error"' in answer.content.decode()
    assert not get_user(answer.wsgi_request).is_authenticated


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("chapter", "chapter"),
        ("publish", "publish"),
        ("//evil.example/", "main"),
        ("https://evil.example/", "main"),
        ("http://esensi.localhost.evil.example/", "main"),
        ("javascript:alert(1)", "main"),
        ("", "main"),
    ],
)
def test_the_way_back_leads_to_the_five_hosts_alone(
    reader: User, door: Client, wanted: str, led_to: str
) -> None:
    origins = dict(zip(settings.HOST_NAMES.domains, settings.HOST_NAMES.origins, strict=True))
    target = f"{origins[wanted]}/laut/" if wanted in origins else wanted
    answer = sign_in(door, next=target)
    assert answer["Location"] == (target if wanted in origins else f"{origins[led_to]}/")


def test_whoever_is_signed_in_is_sent_on(reader: User, door: Client) -> None:
    door.force_login(reader)
    target = host_url("main", "books")
    answer = door.get(f"/sign-in/?next={target}")
    assert (answer.status_code, answer["Location"]) == (302, target)


def test_the_door_shows_what_one_returns_to(door: Client) -> None:
    make_book("laut", title="Laut Biru")
    page = door.get("/sign-in/", {"next": host_url("chapter", "read", "laut", 2)}).content.decode()
    assert "chapter 2" in page
    assert "Laut Biru" in page
    draft("rahasia", title="Rahasia Besar")
    page = door.get("/sign-in/", {"next": host_url("main", "book", "rahasia")}).content.decode()
    assert "Rahasia Besar" not in page


def test_the_languages_of_the_account_comes_along(reader: User, door: Client) -> None:
    assert settings.LANGUAGE_COOKIE_NAME not in sign_in(door).cookies
    set_language(reader, "id")
    door = visitor("auth")
    assert sign_in(door).cookies[settings.LANGUAGE_COOKIE_NAME].value == "id"


def test_doors_are_never_kept_in_caches(reader: User, door: Client) -> None:
    assert "no-store" in door.get("/sign-in/")["Cache-Control"]
    door.force_login(reader)
    assert "no-store" in door.get("/")["Cache-Control"]


def test_signing_out_ends_the_session_everywhere_and_leads_back(reader: User, door: Client) -> None:
    sign_in(door)
    key = door.cookies[settings.SESSION_COOKIE_NAME].value
    target = host_url("main", "books")
    answer = door.post("/sign-out/", {"next": target})
    assert (answer.status_code, answer["Location"]) == (302, target)
    other = visitor("publish")
    other.cookies[settings.SESSION_COOKIE_NAME] = key
    assert not get_user(other.get("/language/").wsgi_request).is_authenticated


def test_a_link_signs_nobody_out(reader: User, door: Client) -> None:
    door.force_login(reader)
    assert door.get("/sign-out/").status_code == 405
    assert door.get("/").status_code == 200


def test_signing_out_leads_nowhere_else(reader: User, door: Client) -> None:
    door.force_login(reader)
    answer = door.post("/sign-out/", {"next": "https://evil.example/"})
    assert answer["Location"] == host_url("main", "home")


def test_forms_from_elsewhere_are_refused(reader: User) -> None:
    strict = Client(enforce_csrf_checks=True, HTTP_HOST=settings.HOST_NAMES.domains["auth"])
    assert sign_in(strict).status_code == 403
    strict.force_login(reader)
    assert strict.post("/sign-out/").status_code == 403
    assert strict.post("/", {"size": "20"}).status_code == 403


def test_the_account_is_for_those_who_have_one(door: Client) -> None:
    answer = door.get("/")
    assert (answer.status_code, answer["Location"]) == (
        302,
        host_url("auth", "sign_in") + "?next=/",
    )


def test_the_account_shows_who_one_is_and_which_rooms_are_open(door: Client) -> None:
    door.force_login(
        create_user("writer@example.com", password=None, name="Ratih", roles=["author"])
    )
    page = door.get("/").content.decode()
    for said in ("Ratih", "writer@example.com", "reader, author", "Writing desk"):
        assert said in page
    assert "Office" not in page


def test_settings_are_kept_with_the_account(reader: User, door: Client) -> None:
    door.force_login(reader)
    wanted = {"language": "id", "theme": "dark", "face": "jelas", "size": "22", "measure": "wide"}
    answer = door.post("/", wanted)
    assert answer["Location"] == "/"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "id"
    reader.refresh_from_db()
    kept = {name: str(getattr(reader, name)) for name in wanted}
    assert kept == wanted
    assert 'data-theme="dark"' in door.get("/").content.decode()
    answer = door.post("/", wanted | {"language": ""})
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME]["max-age"] == 0


@pytest.mark.parametrize("field", ["language", "theme", "face", "size", "measure"])
def test_a_setting_that_does_not_exist_is_refused_in_words(
    reader: User, door: Client, field: str
) -> None:
    door.force_login(reader)
    usual = {"language": "", "theme": "", "face": "literata", "size": "19", "measure": "medium"}
    page = door.post("/", usual | {field: "nope"}).content.decode()
    assert f'<a href="#id_{field}">' in page
    assert 'aria-invalid="true"' in page
    reader.refresh_from_db()
    assert reader.size == 19

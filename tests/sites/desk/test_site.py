"""Who enters which desk and page, who is sent to the sign-in, who is refused and why."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from sites.hosts import HOSTS
from sites.internal.site import site as office
from sites.publish.site import site as writing_desk
from tests.sites.desk.people import ROLES, SmallHouse

AUTHOR, EDITOR, SUPPORT, MODERATOR, MANAGER, OPERATOR = (
    "author",
    "editor",
    "support",
    "moderator",
    "manager",
    "operator",
)
#: page → the roles that see it; superusers see all. Everybody else gets 403.
TABLE: dict[str, dict[str, set[str]]] = {
    "publish": {
        "/": {AUTHOR, EDITOR},
        "/books/": {AUTHOR, EDITOR},
        "/books/book/": {AUTHOR, EDITOR},
        "/books/book/add/": {AUTHOR, EDITOR},
        "/books/chapter/": {AUTHOR, EDITOR},
        "/books/chapter/add/": {AUTHOR, EDITOR},
        "/books/revision/": {AUTHOR, EDITOR},
        "/books/revision/add/": set(),
        "/books/author/": {EDITOR},
        "/books/author/add/": {EDITOR},
        "/books/genre/": {AUTHOR, EDITOR},
        "/books/genre/add/": {EDITOR},
        "/books/tag/add/": {EDITOR},
    },
    "internal": {
        "/": {EDITOR, SUPPORT, MODERATOR, MANAGER, OPERATOR},
        "/approvals/": {EDITOR, MANAGER},
        "/books/book/": {SUPPORT, MODERATOR, MANAGER},
        "/books/book/add/": set(),
        "/books/chapter/": {MODERATOR, MANAGER},
        "/books/chapter/add/": set(),
        "/books/revision/": {MODERATOR, MANAGER},
        "/books/author/": {MANAGER},
        "/books/author/add/": {MANAGER},
        "/books/genre/add/": {MANAGER},
        "/books/tag/add/": {MODERATOR, MANAGER},
        "/accounts/user/": {SUPPORT, MODERATOR, MANAGER, OPERATOR},
        "/accounts/user/add/": {MANAGER},
        "/auth/group/": {MANAGER},
        "/auth/group/add/": set(),
        "/sites/site/": {MANAGER, OPERATOR},
        "/sites/site/add/": set(),
    },
}
CASES = [(key, path) for key, pages in TABLE.items() for path in pages]


@pytest.mark.parametrize(("key", "path"), CASES)
def test_each_page_opens_for_its_roles_alone(house: SmallHouse, key: str, path: str) -> None:
    nobody = path.endswith(("revision/add/", "group/add/", "site/add/")) or (
        key == "internal" and path in ("/books/book/add/", "/books/chapter/add/")
    )
    # The writing desk leads whoever has no role there to the page that gives one.
    outside = dict.fromkeys(ROLES, 302 if key == "publish" else 403)
    inside = TABLE[key]["/"]
    expected = {role: 403 if role in inside else outside[role] for role in ROLES}
    expected |= dict.fromkeys(TABLE[key][path], 200)
    expected["superuser"] = 403 if nobody else 200
    found = {role: house.visitor(key, role).get(path).status_code for role in ROLES}
    assert found == expected


@pytest.mark.parametrize(("key", "path"), [*CASES, ("publish", "/nowhere/"), ("internal", "/x")])
def test_a_stranger_is_led_to_the_sign_in_and_back(house: SmallHouse, key: str, path: str) -> None:
    answer = house.visitor(key, "anonymous").get(f"{path}?q=laut")
    assert answer.status_code == 302
    target = urlsplit(answer.headers["Location"])
    domains = settings.HOST_NAMES.domains
    assert (target.netloc, target.path) == (domains["auth"], "/sign-in/")
    origin = f"{settings.HOST_NAMES.scheme}://{domains[key]}"
    assert parse_qs(target.query) == {"next": [f"{origin}{path}?q=laut"]}


@pytest.mark.parametrize("key", TABLE)
def test_the_refusal_says_why_and_what_next(house: SmallHouse, key: str) -> None:
    client = house.visitor(key, "reader")
    answer = client.get("/") if key == "internal" else client.post("/books/book/add/")
    assert answer.status_code == 403
    assert "no-store" in answer.headers["Cache-Control"]
    assert (
        str({"publish": writing_desk, "internal": office}[key].refusal) in answer.content.decode()
    )


@pytest.mark.parametrize("key", TABLE)
def test_a_closed_account_stays_outside(house: SmallHouse, key: str) -> None:
    client = house.visitor(key, "superuser")
    person = house.people["superuser"]
    person.is_active = False
    person.save()
    assert client.get("/").status_code == 302


def test_is_staff_opens_no_writing_desk(house: SmallHouse) -> None:
    person = house.people["reader"]
    person.is_staff = True
    person.save()
    answer = house.visitor("publish", "reader").get("/")
    assert answer.headers["Location"] == "/join/?next=%2F"


@pytest.mark.parametrize("key", TABLE)
@pytest.mark.parametrize("path", ["/login/", "/password_change/", "/password_change/done/"])
def test_there_is_no_second_door(house: SmallHouse, key: str, path: str) -> None:
    for role in ("anonymous", "superuser"):
        client = house.visitor(key, role)
        for answer in (client.get(path), client.post(path, {"username": "a", "password": "b"})):
            assert answer.status_code == 302
            assert (
                urlsplit(answer.headers["Location"]).netloc == settings.HOST_NAMES.domains["auth"]
            )


@pytest.mark.parametrize("key", TABLE)
def test_signing_in_from_an_old_address_leads_no_further_than_the_house(
    house: SmallHouse, key: str
) -> None:
    answer = house.visitor(key, "anonymous").get("/login/?next=https://evil.example/")
    assert "evil" not in answer.headers["Location"]
    answer = house.visitor(key, "anonymous").get("/login/?next=/books/book/")
    assert answer.headers["Location"].endswith("%2Fbooks%2Fbook%2F")


@pytest.mark.parametrize("key", TABLE)
def test_signing_out_posts_to_the_auth_host(house: SmallHouse, key: str) -> None:
    client = house.visitor(key, "superuser")
    auth = f"{settings.HOST_NAMES.scheme}://{settings.HOST_NAMES.domains['auth']}"
    assert f'action="{auth}/sign-out/"' in client.get("/").content.decode()
    answer = client.post("/logout/")
    assert (answer.status_code, answer.headers["Location"]) == (307, f"{auth}/sign-out/")
    assert client.get("/logout/").headers["Location"] == f"{auth}/"


def test_the_menu_of_rooms_offers_what_opens(house: SmallHouse) -> None:
    menu = {
        role: {
            key
            for key, domain in settings.HOST_NAMES.domains.items()
            if f'<li><a href="{settings.HOST_NAMES.scheme}://{domain}/">' in page
        }
        for role in (AUTHOR, EDITOR)
        for page in [house.visitor("publish", role).get("/").content.decode()]
    }
    assert menu[EDITOR] == set(HOSTS)
    assert menu[AUTHOR] == set(HOSTS) - {"internal"}


@pytest.mark.parametrize("key", TABLE)
def test_what_is_not_there_is_404_for_those_inside(house: SmallHouse, key: str) -> None:
    client = house.visitor(key, "superuser")
    for path in ("/nowhere/", "/books/book/999999/change/", "/books/book/x/change/"):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("key", TABLE)
def test_no_address_looks_up_rows_of_any_model(house: SmallHouse, key: str) -> None:
    client = house.visitor(key, "superuser")
    for kind in ContentType.objects.values_list("pk", flat=True):
        for row in ("1", "x"):
            assert client.get(f"/r/{kind}/{row}/").status_code == 404, kind


@pytest.mark.parametrize("key", TABLE)
def test_both_sites_pass_djangos_checks(key: str) -> None:
    assert {"publish": writing_desk, "internal": office}[key].check(None) == []


def test_both_sites_are_mounted_under_their_names() -> None:
    for key in TABLE:
        assert reverse(f"{key}:index", urlconf=HOSTS[key].urlconf) == "/"

"""Users by e-mail, and the roles as groups."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from sites.accounts.actions import create_user, set_language, set_reading
from sites.accounts.models import User
from sites.accounts.reading import ReadingSettings
from sites.accounts.roles import BACK_OFFICE, EDITOR, PERMISSIONS, codenames

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-staple"


def test_one_address_is_one_person_however_it_is_written() -> None:
    create_user(" Ratih@Esensi.Example ", password=PASSWORD)
    assert User.objects.get().email == "ratih@esensi.example"
    assert authenticate(username="RATIH@esensi.example", password=PASSWORD) is not None
    with pytest.raises(ValidationError):
        create_user("ratih@ESENSI.example", password=None)


def test_the_database_itself_refuses_a_second_spelling() -> None:
    create_user("ratih@esensi.example", password=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="RATIH@esensi.example")])


@pytest.mark.parametrize("email", ["", "ratih", "ratih@", "a" * 300 + "@esensi.example"])
def test_a_malformed_address_is_refused(email: str) -> None:
    with pytest.raises(ValidationError):
        create_user(email, password=None)


def test_an_account_without_a_password_cannot_sign_in_by_one() -> None:
    user = create_user("ratih@esensi.example", password=None)
    assert not user.has_usable_password()


def test_every_role_is_a_group_with_exactly_its_permissions() -> None:
    for role in PERMISSIONS:
        group = Group.objects.get(name=role)
        found = {
            (p.content_type.app_label, p.content_type.model, p.codename)
            for p in group.permissions.select_related("content_type")
        }
        assert found == set(codenames(role))


def test_migrating_again_takes_back_what_was_given_by_hand() -> None:
    group = Group.objects.get(name=EDITOR)
    extra = Group.objects.get(name="manager").permissions.get(codename="change_user")
    group.permissions.add(extra)
    call_command("migrate", verbosity=0)
    assert not group.permissions.filter(pk=extra.pk).exists()


def test_the_back_office_is_staff_and_authors_and_editors_are_not() -> None:
    for role in PERMISSIONS:
        user = create_user(f"{role}@esensi.example", password=None, roles=[role])
        assert user.is_staff == (role in BACK_OFFICE)
        assert user.has_role(role)
        assert not user.has_role("reader")


def test_a_role_that_does_not_exist_is_named() -> None:
    with pytest.raises(Group.DoesNotExist, match="publisher"):
        create_user("x@esensi.example", password=None, roles=["publisher"])
    assert not User.objects.exists()


def test_a_suspended_person_has_no_role() -> None:
    user = create_user("e@esensi.example", password=None, roles=[EDITOR])
    user.is_active = False
    assert not user.has_role(EDITOR)


def test_settings_are_kept_with_the_account() -> None:
    user = create_user("r@esensi.example", password=None)
    set_reading(user, ReadingSettings("sepia", "jelas", 22, "wide"))
    set_language(user, "id")
    user.refresh_from_db()
    assert ReadingSettings.of(user) == ReadingSettings("sepia", "jelas", 22, "wide")
    assert user.language == "id"


def test_settings_of_nobody_are_refused() -> None:
    with pytest.raises(PermissionDenied):
        set_reading(User(), ReadingSettings())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ReadingSettings()),
        ({"theme": "dark", "size": "22"}, ReadingSettings(theme="dark", size=22)),
        ({"theme": "<script>", "face": "comic", "measure": "99"}, ReadingSettings()),
        ({"size": "1"}, ReadingSettings(size=16)),
        ({"size": "999"}, ReadingSettings(size=26)),
        ({"size": "9" * 400}, ReadingSettings()),
        ({"size": "٢٢"}, ReadingSettings()),
        ({"size": "-5"}, ReadingSettings()),
    ],
)
def test_odd_settings_stay_as_usual(values: dict[str, str], expected: ReadingSettings) -> None:
    assert ReadingSettings.parse(values) == expected


def test_the_cookie_carries_settings_there_and_back() -> None:
    settings = ReadingSettings("sepia", "disleksia", 26, "narrow")
    assert ReadingSettings.from_cookie(settings.to_cookie()) == settings
    for odd in ("", "a.b", "....", "dark" * 1000, "dark.jelas.20.wide.more"):
        assert ReadingSettings.from_cookie(odd) == ReadingSettings()

"""A reader becomes an author, once, under a name of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from sites.accounts.limits import TooManyAttempts
from sites.accounts.models import AuditEntry, User
from sites.accounts.roles import AUTHOR
from sites.books.actions.author_profile import LONGEST_ABOUT, LONGEST_NAME, ProfileRefused
from sites.books.actions.become_author import become_author
from sites.books.actions.save_profile import MOST_AN_HOUR, save_profile
from sites.books.models import Author, MergedSlug
from tests.sites.books.actions.people import person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_reader_becomes_an_author_with_a_name_an_address_and_an_entry_in_the_log() -> None:
    reader = person("reader")
    assert not reader.has_role(AUTHOR)
    profile = become_author(reader, name="  Sri \t Lestari ", bio="Lahir.\r\n\r\nMenulis.", now=NOW)
    assert (profile.name, profile.slug, profile.bio) == (
        "Sri Lestari",
        "sri-lestari",
        "Lahir.\n\nMenulis.",
    )
    assert reader.has_role(AUTHOR)
    assert fresh(reader).has_role(AUTHOR)
    entry = AuditEntry.objects.get(action="author.join")
    assert (entry.actor, entry.subject_id, entry.facts) == (reader.pk, str(profile.pk), {})


def test_a_second_click_changes_nothing() -> None:
    reader = person("reader")
    first = become_author(reader, name="Sri", now=NOW)
    again = become_author(fresh(reader), name="Lain", now=NOW)
    assert (again.pk, again.name) == (first.pk, "Sri")
    assert AuditEntry.objects.filter(action="author.join").count() == 1


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Ratih", "ratih-2"), ("Search", "search-2"), ("吾輩", "author-2"), ("Dewi", "dewi-2")],
)
def test_an_address_that_is_taken_or_the_houses_own_is_not_given_again(
    name: str, slug: str
) -> None:
    ratih = Author.objects.create(name="Ratih", slug="ratih")
    MergedSlug.objects.create(slug="dewi", author=ratih)
    assert become_author(person("reader"), name=name, now=NOW).slug == slug


def test_who_was_entered_by_an_editor_keeps_that_name_and_gets_the_role() -> None:
    reader = person("reader")
    entered = Author.objects.create(name="Ratih Dewi", slug="ratih", user=reader)
    assert become_author(reader, name="", now=NOW) == entered
    entered.refresh_from_db()
    assert entered.name == "Ratih Dewi"
    assert fresh(reader).has_role(AUTHOR)


@pytest.mark.parametrize(
    ("name", "bio", "field"),
    [
        ("", "", "name"),
        (" \u200b\u2060 ", "", "name"),
        ("…", "", "name"),
        ("a" * (LONGEST_NAME + 1), "", "name"),
        ("Sri\x00", "", "name"),
        ("Sri \u202eitseL", "", "name"),
        ("Sri\ud800", "", "name"),
        ("Sri", "a" * (LONGEST_ABOUT + 1), "bio"),
        ("Sri", "Lahir.\x07", "bio"),
    ],
)
def test_what_cannot_stand_on_a_cover_is_refused_with_a_sentence(
    name: str, bio: str, field: str
) -> None:
    reader = person("reader")
    with pytest.raises(ProfileRefused) as refusal:
        become_author(reader, name=name, bio=bio, now=NOW)
    assert refusal.value.field == field
    assert str(refusal.value).endswith(".")
    assert not Author.objects.exists()
    assert not fresh(reader).has_role(AUTHOR)


def test_names_of_other_scripts_are_names() -> None:
    joined = "نیم‌فاصله"  # with a zero-width non-joiner, which Persian needs
    assert become_author(person("reader"), name=joined, now=NOW).name == joined


def test_a_closed_account_does_not_become_an_author() -> None:
    reader = person("reader")
    User.objects.filter(pk=reader.pk).update(is_active=False)
    with pytest.raises(PermissionDenied, match="closed"):
        become_author(reader, name="Sri", now=NOW)


def test_a_role_that_the_house_took_away_is_not_taken_back_by_oneself() -> None:
    reader = person("reader")
    become_author(reader, name="Sri", now=NOW)
    reader.groups.remove(Group.objects.get(name=AUTHOR))
    with pytest.raises(PermissionDenied, match="Write to the editors"):
        become_author(fresh(reader), name="Sri", now=NOW)
    assert not fresh(reader).has_role(AUTHOR)


def test_one_changes_ones_own_name_and_page_and_nobody_elses() -> None:
    reader = person("reader")
    profile = become_author(reader, name="Sri", now=NOW)
    save_profile(profile, name="Sri Lestari", bio="Menulis.", by=reader, now=NOW)
    profile.refresh_from_db()
    assert (profile.name, profile.bio, profile.slug) == ("Sri Lestari", "Menulis.", "sri")
    assert AuditEntry.objects.get(action="author.change").facts == {"renamed": True}
    with pytest.raises(PermissionDenied):
        save_profile(profile, name="X", bio="", by=person("author"), now=NOW)


def test_what_an_editor_entered_at_length_is_not_judged_until_it_is_changed() -> None:
    reader = person("reader")
    long = "a" * (LONGEST_ABOUT + 1)
    profile = Author.objects.create(name="Sri", slug="sri", bio=long, user=reader)
    save_profile(profile, name="Sri L", bio=long, by=reader, now=NOW)
    with pytest.raises(ProfileRefused):
        save_profile(profile, name="Sri L", bio=long + "b", by=reader, now=NOW)


def test_a_page_is_changed_now_and_then_and_not_all_the_time() -> None:
    reader = person("reader")
    profile = become_author(reader, name="Sri", now=NOW)
    for number in range(MOST_AN_HOUR):
        save_profile(profile, name="Sri", bio=f"Draft {number}.", by=reader, now=NOW)
    with pytest.raises(TooManyAttempts):
        save_profile(profile, name="Sri", bio="Once more.", by=reader, now=NOW)
    assert Author.objects.get().bio == f"Draft {MOST_AN_HOUR - 1}."
    save_profile(profile, name="Sri", bio="Once more.", by=reader, now=NOW + timedelta(hours=1))

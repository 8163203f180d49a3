"""Who may write in a chapter: one page at a time, by the database's clock, handed over on request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from realtime.presence import person as person_key
from realtime.rooms import Ask, kind_of
from realtime.testing import published
from sites.accounts.models import User
from sites.books.actions.ask_for_lease import ask_for_lease
from sites.books.actions.give_lease_back import give_lease_back
from sites.books.actions.renew_lease import renew_lease
from sites.books.actions.take_lease import take_lease
from sites.books.actions.write_chapter import write_chapter
from sites.books.leases import HeldByAnother, Hold, Lease, LeaseLost, lease_of
from sites.books.models import Author, Authorship, Book, Chapter, ChapterLease
from sites.books.permissions import may_edit
from sites.books.writing_rooms import how_it_stands, may_write, people_shown
from tests.sites.books.actions.people import author_with_book, person
from tests.sites.books.actions.test_double_clicks import both

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def ratih() -> User:
    return author_with_book(title="Lembah")[0]


@pytest.fixture
def bayu() -> User:
    return person("editor", name="bayu")


@pytest.fixture
def chapter(ratih: User) -> Chapter:
    book = Book.objects.get(title="Lembah")
    text = '<p id="p-aaaaaaaa">Kabut turun.</p>'
    return Chapter.objects.create(book=book, number=1, title="Kabut", text=text)


def hold(lease: Lease) -> Hold:
    return Hold(lease.number, lease.page)


def pass_time(seconds: int) -> None:
    """Have so many seconds gone by, as the database's clock has it."""
    ChapterLease.objects.update(expires_at=F("expires_at") - timedelta(seconds=seconds))


def test_one_person_writes_and_the_other_is_told_who(
    ratih: User, bayu: User, chapter: Chapter
) -> None:
    with published() as told:
        lease = take_lease(chapter, by=ratih, page="a")
    assert lease.holder == ratih
    assert 59 < lease.left <= 60
    assert [(one.room, one.kind) for one in told] == [(f"writing.{chapter.pk}", "lease_taken")]
    assert told[0].data["person"] == person_key(ratih.pk)
    with pytest.raises(HeldByAnother, match="is writing in this chapter"):
        take_lease(chapter, by=bayu, page="b")
    with pytest.raises(HeldByAnother):
        write_chapter(chapter, title="Lain", text="<p>Lain.</p>", by=bayu, now=NOW)
    assert Chapter.objects.get().title == "Kabut"
    write_chapter(chapter, title="Kabut pagi", text="<p>Kabut.</p>", by=ratih, now=NOW)


def test_it_ends_and_whoever_comes_back_late_has_lost_it(
    ratih: User, bayu: User, chapter: Chapter
) -> None:
    old = take_lease(chapter, by=ratih, page="a")
    pass_time(61)
    assert not lease_of(chapter).is_alive
    new = take_lease(chapter, by=bayu, page="b")
    assert new.number == old.number + 1
    with pytest.raises(LeaseLost):
        renew_lease(chapter, by=ratih, hold=hold(old))
    with pytest.raises(LeaseLost):
        give_lease_back(chapter, by=ratih, hold=hold(old))
    assert lease_of(chapter).holder == bayu


def test_what_ran_out_and_nobody_took_goes_on(ratih: User, chapter: Chapter) -> None:
    """A laptop was shut for an hour; nobody has written since."""
    lease = take_lease(chapter, by=ratih, page="a")
    pass_time(3600)
    assert renew_lease(chapter, by=ratih, hold=hold(lease)).left > 59


def test_a_request_that_is_sent_twice_takes_it_once(ratih: User, chapter: Chapter) -> None:
    first = take_lease(chapter, by=ratih, page="a")
    with published() as told:
        again = take_lease(chapter, by=ratih, page="a")
    assert again.number == first.number
    assert not told


def test_the_newest_page_of_a_person_takes_it_from_their_others(
    ratih: User, chapter: Chapter
) -> None:
    old = take_lease(chapter, by=ratih, page="a")
    new = take_lease(chapter, by=ratih, page="b")
    assert new.number > old.number
    with pytest.raises(LeaseLost):
        renew_lease(chapter, by=ratih, hold=hold(old))


def test_it_is_asked_for_and_handed_over(ratih: User, bayu: User, chapter: Chapter) -> None:
    lease = take_lease(chapter, by=ratih, page="a")
    with published() as told:
        asked = ask_for_lease(chapter, by=bayu, page="b")
        given = give_lease_back(chapter, by=ratih, hold=hold(lease))
    assert asked.holder == ratih
    assert asked.asked_by == bayu
    assert (given.holder, given.page, given.number) == (bayu, "b", lease.number + 1)
    assert [one.kind for one in told] == ["lease_asked", "lease_taken"]


def test_who_was_asked_and_rests_loses_it_and_who_answers_does_not(
    ratih: User, bayu: User, chapter: Chapter
) -> None:
    lease = take_lease(chapter, by=ratih, page="a")
    ask_for_lease(chapter, by=bayu, page="b")
    pass_time(30)
    assert renew_lease(chapter, by=ratih, hold=hold(lease)).left <= 30
    with published() as told:
        kept = renew_lease(chapter, by=ratih, hold=hold(lease), keep=True)
    assert kept.left > 59
    assert kept.asked_by is None
    assert [one.kind for one in told] == ["lease_kept"]
    ask_for_lease(chapter, by=bayu, page="b")
    pass_time(61)
    assert take_lease(chapter, by=bayu, page="b").holder == bayu


def test_it_is_free_once_it_is_given_back(ratih: User, bayu: User, chapter: Chapter) -> None:
    lease = take_lease(chapter, by=ratih, page="a")
    with published() as told:
        assert not give_lease_back(chapter, by=ratih, hold=hold(lease)).is_alive
    assert [one.kind for one in told] == ["lease_given_back"]
    assert ask_for_lease(chapter, by=bayu, page="b").holder == bayu


@pytest.mark.parametrize("hours", [-24, 24])
def test_an_instance_whose_clock_is_wrong_decides_no_otherwise(
    ratih: User, bayu: User, chapter: Chapter, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = take_lease(chapter, by=ratih, page="a")
    true_now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: true_now() + timedelta(hours=hours))
    with pytest.raises(HeldByAnother):
        take_lease(chapter, by=bayu, page="b")
    assert 59 < renew_lease(chapter, by=ratih, hold=hold(lease)).left <= 60
    pass_time(61)
    assert take_lease(chapter, by=bayu, page="b").holder == bayu


def test_whoever_may_not_edit_may_not_hold_it(chapter: Chapter) -> None:
    stranger = author_with_book(name="sita", title="Rawa")[0]
    for act in (take_lease, ask_for_lease):
        with pytest.raises(PermissionDenied):
            act(chapter, by=stranger, page="c")
    assert not ChapterLease.objects.filter(holder=stranger).exists()


def test_an_erased_person_holds_nothing_and_the_number_stays(
    ratih: User, bayu: User, chapter: Chapter
) -> None:
    number = take_lease(chapter, by=bayu, page="b").number
    bayu.delete()
    assert not lease_of(chapter).is_alive
    assert take_lease(chapter, by=ratih, page="a").number == number + 1


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_are_one(ratih: User, bayu: User, chapter: Chapter) -> None:
    for _round in range(5):
        refused = both(
            lambda: take_lease(chapter, by=ratih, page="a"),
            lambda: take_lease(chapter, by=bayu, page="b"),
        )
        assert refused == ["", "HeldByAnother"]
        lease = lease_of(chapter)
        assert lease.holder
        give_lease_back(chapter, by=lease.holder, hold=hold(lease))


def test_the_rooms_are_for_those_who_may_edit(chapter: Chapter, ratih: User) -> None:
    other = Book.objects.create(title="Rawa", slug="rawa-lain")
    foreign = Chapter.objects.create(book=other, number=1, title="Lumpur")
    suspended = person("editor", name="suspended")
    suspended.is_active = False
    suspended.save()
    roles = ("reader", "author", "editor", "support", "moderator", "manager", "operator")
    everybody = [
        AnonymousUser(),
        suspended,
        ratih,
        person("superuser"),
        *(person(role, name=f"a-{role}") for role in roles),
    ]
    rows = [chapter, foreign]
    asks = [Ask(user, str(row.pk)) for user in everybody for row in rows]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        allowed = may_write(asks)
    assert len(queries) == 1
    for ask in asks:
        row = next(row for row in rows if str(row.pk) == ask.key)
        may = may_edit(ask.user, row.book)
        assert (ask in allowed) is may, (str(ask.user), ask.key)
    assert 0 < len(allowed) < len(asks)


def test_the_houses_own_people_are_let_in_with_their_second_factor_alone(
    chapter: Chapter, ratih: User, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    writing_editor = person("editor", name="lestari")
    profile = Author.objects.create(name="Lestari", slug="lestari", user=writing_editor)
    Authorship.objects.create(book=chapter.book, author=profile, position=2)
    people = [ratih, person("superuser"), person("editor", name="bayu"), writing_editor]
    ways = [Ask(user, str(chapter.pk)) for user in people]
    assert [ask.user for ask in may_write(ways)] == [ratih]
    for user in people:
        user.used_second_factor = True  # type: ignore[attr-defined]  # as esensi.sockets notes it
    assert may_write(ways) == ways


@pytest.mark.parametrize("key", ["", "0", "-1", "0{pk}", "{pk}x", "99999999999999999999", "٤٢"])
def test_a_key_has_one_spelling(key: str, chapter: Chapter) -> None:
    assert may_write([Ask(person("superuser"), key.format(pk=chapter.pk))]) == []


def test_whoever_comes_late_is_told_who_writes(ratih: User, chapter: Chapter) -> None:
    assert how_it_stands(None, str(chapter.pk))["lease"]["person"] == ""
    take_lease(chapter, by=ratih, page="a")
    told = how_it_stands(None, str(chapter.pk))
    assert told["lease"]["person"] == person_key(ratih.pk)
    assert told["version"] == Chapter.objects.get().updated_at.isoformat()
    assert how_it_stands(None, "77777")["lease"] is None


def test_people_are_named_to_those_who_write_with_them_and_not_to_readers(ratih: User) -> None:
    asked = [("writing.3", ratih.pk), ("book.3", ratih.pk), ("writing.3", 77777)]
    assert people_shown(asked) == {("writing.3", ratih.pk): {"name": ratih.name}}
    assert kind_of("writing.3").shows_presence


def test_names_are_read_in_one_query(ratih: User, bayu: User) -> None:
    Authorship.objects.create(
        book=Book.objects.get(title="Lembah"), author=Author.objects.create(name="B", slug="b-b")
    )
    with CaptureQueriesContext(
        connection,
    ) as queries:
        people_shown([("writing.3", ratih.pk), ("writing.4", bayu.pk)])
    assert len(queries) == 1

"""Others are asked onto a cover, answer, and leave it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from sites.accounts.models import AuditEntry, User
from sites.books.actions.answer_invitation import accept_invitation, decline_invitation
from sites.books.actions.invite_author import (
    MOST_A_DAY,
    MOST_NAMES,
    InvitationGone,
    InvitationRefused,
    find_author,
    invite_author,
    take_back_invitation,
)
from sites.books.actions.leave_book import LastName, leave_book
from sites.books.actions.move_name_up import move_name_up
from sites.books.actions.versions import GoneMeanwhile
from sites.books.models import Author, AuthorInvitation, Authorship, Book
from sites.books.models.invitation import LIFETIME
from sites.books.permissions import may_edit, may_invite
from sites.community.models import Kind, Notification
from tests.sites.books.actions.people import author_with_book, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
AUTHOR, TRANSLATOR = Authorship.Role.AUTHOR, Authorship.Role.TRANSLATOR


@pytest.fixture
def ratih_and_book() -> tuple[User, Book]:
    return author_with_book("ratih")


@pytest.fixture
def ratih(ratih_and_book: tuple[User, Book]) -> User:
    return ratih_and_book[0]


@pytest.fixture
def book(ratih_and_book: tuple[User, Book]) -> Book:
    return ratih_and_book[1]


@pytest.fixture
def bayu() -> User:
    user = person("author", name="bayu")
    Author.objects.create(name="Bayu", slug="bayu", user=user)
    return user


def kinds(user: User) -> list[str]:
    return list(Notification.objects.to(user).order_by("pk").values_list("kind", flat=True))


def test_an_invited_author_accepts_and_stands_below_and_may_edit(
    book: Book, ratih: User, bayu: User
) -> None:
    invitation = invite_author(book, to=" Bayu@Contoh.example ", role=TRANSLATOR, by=ratih, now=NOW)
    assert not may_edit(bayu, book)
    assert book.authorships.count() == 1
    assert kinds(bayu) == [Kind.INVITED]
    accept_invitation(invitation, by=bayu, now=NOW)
    names = [(row.author.name, row.role) for row in book.authorships.order_by("position")]
    assert names == [("Ratih", "author"), ("Bayu", "translator")]
    assert may_edit(bayu, book)
    assert not may_invite(bayu, book)
    assert kinds(ratih) == [Kind.INVITATION_ACCEPTED]
    assert not AuthorInvitation.objects.exists()
    said = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert said == ["author.invite", "author.accept"]
    assert "contoh" not in str(list(AuditEntry.objects.values()))


def test_the_answer_is_the_same_whether_or_not_there_is_an_account(
    book: Book, ratih: User, bayu: User
) -> None:
    known = invite_author(book, to="bayu@contoh.example", role=AUTHOR, by=ratih, now=NOW)
    unknown = invite_author(book, to="nobody@contoh.example", role=AUTHOR, by=ratih, now=NOW)
    assert {f.name: type(getattr(known, f.name)) for f in known._meta.fields} == {
        f.name: type(getattr(unknown, f.name)) for f in unknown._meta.fields
    }
    assert Notification.objects.count() == 1


def test_who_signs_up_later_finds_the_invitation(book: Book, ratih: User) -> None:
    invite_author(book, to="baru@contoh.example", role=AUTHOR, by=ratih, now=NOW)
    newcomer = person("reader", name="baru")
    assert AuthorInvitation.objects.open(NOW).to(newcomer).count() == 1


def test_a_reader_becomes_an_author_before_the_name_stands_on_a_cover(
    book: Book, ratih: User
) -> None:
    reader = person("reader")
    invitation = invite_author(book, to=reader.email, role=AUTHOR, by=ratih, now=NOW)
    with pytest.raises(PermissionDenied, match="Become an author first"):
        accept_invitation(invitation, by=reader, now=NOW)
    assert AuthorInvitation.objects.exists()


def test_an_author_is_invited_by_name_and_declines_without_a_trace(
    book: Book, ratih: User, bayu: User
) -> None:
    invitation = invite_author(book, to=find_author("bAYU"), role=AUTHOR, by=ratih, now=NOW)
    decline_invitation(invitation, by=bayu, now=NOW)
    assert not AuthorInvitation.objects.exists()
    assert kinds(ratih) == [Kind.INVITATION_DECLINED]
    with pytest.raises(InvitationGone):
        accept_invitation(invitation, by=bayu, now=NOW)
    assert book.authorships.count() == 1


def test_nobody_answers_for_somebody_else(book: Book, ratih: User, bayu: User) -> None:
    invitation = invite_author(book, to="lain@contoh.example", role=AUTHOR, by=ratih, now=NOW)
    for answer in (accept_invitation, decline_invitation):
        with pytest.raises(InvitationGone):
            answer(invitation, by=bayu, now=NOW)
    assert AuthorInvitation.objects.exists()


def test_what_was_taken_back_or_lapsed_is_gone(book: Book, ratih: User, bayu: User) -> None:
    invitation = invite_author(book, to=bayu.email, role=AUTHOR, by=ratih, now=NOW)
    take_back_invitation(invitation, by=ratih, now=NOW)
    with pytest.raises(InvitationGone):
        take_back_invitation(invitation, by=ratih, now=NOW)
    again = invite_author(book, to=bayu.email, role=AUTHOR, by=ratih, now=NOW)
    with pytest.raises(InvitationGone):
        accept_invitation(again, by=bayu, now=NOW + LIFETIME)
    invite_author(book, to="x@contoh.example", role=AUTHOR, by=ratih, now=NOW + LIFETIME)
    assert not AuthorInvitation.objects.filter(pk=again.pk).exists()


def test_an_invitation_ends_with_the_name_that_gave_it(book: Book, ratih: User, bayu: User) -> None:
    invitation = invite_author(book, to=bayu.email, role=AUTHOR, by=ratih, now=NOW)
    book.authorships.all().delete()
    with pytest.raises(InvitationGone):
        accept_invitation(invitation, by=bayu, now=NOW)
    assert not may_edit(bayu, book)


def test_only_authors_on_the_cover_invite(book: Book, ratih: User, bayu: User) -> None:
    Authorship.objects.create(book=book, author=bayu.author, role=TRANSLATOR)
    invitation = invite_author(book, to="a@contoh.example", role=AUTHOR, by=ratih, now=NOW)
    for other in (bayu, person("author", name="lain"), person("editor"), person("reader")):
        with pytest.raises(PermissionDenied):
            invite_author(book, to="b@contoh.example", role=AUTHOR, by=other, now=NOW)
        with pytest.raises(PermissionDenied):
            take_back_invitation(invitation, by=other, now=NOW)


def test_a_second_click_invites_nobody_twice(book: Book, ratih: User, bayu: User) -> None:
    first = invite_author(book, to=bayu.email, role=AUTHOR, by=ratih, now=NOW)
    assert invite_author(book, to=bayu.email.upper(), role=AUTHOR, by=ratih, now=NOW) == first
    assert kinds(bayu) == [Kind.INVITED]


@pytest.mark.parametrize(
    "address", ["", "bayu", "a@b", "x\x00@contoh.example", "a" * 300 + "@b.example"]
)
def test_no_address_is_refused(address: str, book: Book, ratih: User) -> None:
    with pytest.raises(InvitationRefused):
        invite_author(book, to=address, role=AUTHOR, by=ratih, now=NOW)


def test_oneself_strange_roles_and_known_names_are_refused(
    book: Book, ratih: User, bayu: User
) -> None:
    Authorship.objects.create(book=book, author=bayu.author)
    for to, role in ((ratih.email, AUTHOR), (bayu.author, AUTHOR), ("a@b.example", "printer")):
        with pytest.raises(InvitationRefused):
            invite_author(book, to=to, role=role, by=ratih, now=NOW)
    invite_author(book, to=bayu.author, role=TRANSLATOR, by=ratih, now=NOW)


def test_names_that_are_nobodys_or_of_several_are_asked_for_again(bayu: User) -> None:
    Author.objects.create(name="BAYU", slug="bayu-2")
    assert find_author("bayu-2").name == "BAYU"
    assert find_author(" bayu ").pk == bayu.author.pk  # an address is exact
    Author.objects.create(name="Dua Nama", slug="dua")
    Author.objects.create(name="dua nama", slug="dua-2")
    for named in ("Dua nama", "Tak Ada", " ", "\x00"):
        with pytest.raises(InvitationRefused):
            find_author(named)


def test_covers_and_days_have_their_limits(book: Book, ratih: User) -> None:
    for number in range(MOST_NAMES - 1):
        invite_author(book, to=f"n{number}@contoh.example", role=AUTHOR, by=ratih, now=NOW)
    with pytest.raises(InvitationRefused, match="holds 20 names"):
        invite_author(book, to="zu@viel.example", role=AUTHOR, by=ratih, now=NOW)
    other = Book.objects.create(title="Dua", slug="dua")
    Authorship.objects.create(book=other, author=ratih.author)
    for number in range(MOST_A_DAY - MOST_NAMES + 1):
        invite_author(other, to=f"m{number}@contoh.example", role=AUTHOR, by=ratih, now=NOW)
    with pytest.raises(InvitationRefused, match="tomorrow"):
        invite_author(other, to="zu@viel.example", role=AUTHOR, by=ratih, now=NOW)
    later = NOW + timedelta(days=1, seconds=1)
    invite_author(other, to="zu@viel.example", role=AUTHOR, by=ratih, now=later)


def test_one_leaves_a_book_unless_one_is_its_last_author(
    book: Book, ratih: User, bayu: User
) -> None:
    own = book.authorships.get()
    second = Authorship.objects.create(book=book, author=bayu.author, role=TRANSLATOR)
    with pytest.raises(LastName):
        leave_book(own, by=ratih, now=NOW)
    with pytest.raises(PermissionDenied):
        leave_book(second, by=ratih, now=NOW)
    leave_book(second, by=bayu, now=NOW)
    assert [row.author.name for row in book.authorships.all()] == ["Ratih"]
    assert not may_edit(bayu, book)
    assert kinds(ratih) == [Kind.NAME_LEFT]
    assert Book.objects.get(pk=book.pk).written_at == NOW


def test_authors_order_the_names_one_place_at_a_time(book: Book, ratih: User, bayu: User) -> None:
    second = Authorship.objects.create(book=book, author=bayu.author, role=TRANSLATOR)
    third = Authorship.objects.create(book=book, author=bayu.author, role=AUTHOR)

    def names() -> list[int]:
        return list(book.authorships.order_by("position", "pk").values_list("pk", flat=True))

    first = book.authorships.get(author=ratih.author)
    assert names() == [
        first.pk,
        second.pk,
        third.pk,
    ]  # all at one position, as editors may leave it
    move_name_up(third, by=ratih, now=NOW)
    assert names() == [first.pk, third.pk, second.pk]
    for _time in range(3):
        move_name_up(third, by=bayu, now=NOW)
    assert names() == [third.pk, first.pk, second.pk]
    third.delete()
    with pytest.raises(PermissionDenied):
        move_name_up(second, by=bayu, now=NOW)  # a translator now
    with pytest.raises(GoneMeanwhile):
        move_name_up(Authorship(pk=0, book=book), by=ratih, now=NOW)

"""Everything held about a person is in their export, and nothing of it is left when they go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from sites.accounts import personal_data
from sites.accounts.actions import create_user
from sites.accounts.actions.erase_person import LastSuperuser, erase_person_forever
from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import AuditEntry, Session, User
from sites.accounts.personal_data import Wishes
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.models import (
    Author,
    AuthorInvitation,
    Authorship,
    Book,
    BookStatus,
    Chapter,
    Follow,
    PendingImport,
    PreviewLink,
    ReadingProgress,
    Shelf,
    ShelvedBook,
    Status,
    Submission,
    SubmissionComment,
)
from sites.community.models import (
    Comment,
    CommentLike,
    Highlight,
    Mute,
    Notification,
    NotificationChoice,
    Report,
    Review,
)
from sites.community.models.notification import Kind
from storage.backends import private
from storage.models import Upload
from tests.house import visitor
from tests.sites.community.margins import write_in_margins

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EMAIL, NAME = "kirana.w@rahasia.example", "Kirana Wulandari"


def foreign_keys_to_accounts() -> set[str]:
    """Every column of every table that points to an account, as ``app.model.field``."""
    return {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is User
    }


def where(text: str) -> list[str]:
    """Give the tables in which any column of any row contains ``text``, in whatever case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS r WHERE r::text ILIKE %s',  # noqa: S608 - our own tables
                [f"%{text}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return sorted(found)


def make_book(slug: str, author: Author, status: str) -> Book:
    book = Book.objects.create(title=f"Buku {slug}", slug=slug, status=status)
    Authorship.objects.create(book=book, author=author)
    Chapter.objects.create(book=book, number=1, title="Satu", status=Status.PUBLISHED)
    return book


@pytest.fixture
def other() -> User:
    return create_user("teman@contoh.example", password=None, name="Teman", roles=["editor"])


@pytest.fixture
def person(other: User) -> User:
    """Somebody who has done all there is to do in the house."""
    user = create_user(EMAIL, password="correct-horse-staple", name=NAME, roles=["author"])
    author = Author.objects.create(name=NAME, slug="kirana-wulandari", bio=NAME, user=user)
    out = make_book("terbit", author, BookStatus.PUBLISHED)
    draft = make_book("konsep", author, BookStatus.DRAFT)
    shared = make_book("berdua", author, BookStatus.DRAFT)
    friend = Author.objects.create(name="Teman", slug="teman", user=other)
    Authorship.objects.create(book=shared, author=friend)
    chapter = out.chapters.get()
    submission = Submission.objects.create(
        book=out, number=1, submitted_by=user, outcome="approved", decided_by=other
    )
    SubmissionComment.objects.create(
        submission=submission, written_by=user, text=f"Salam, {NAME}, {EMAIL}"
    )
    SubmissionComment.objects.create(submission=submission, written_by=other, text="Baik.")
    PreviewLink.objects.create(
        book=draft, created_by=user, created_at=NOW, expires_at=NOW + timedelta(days=1)
    )
    chapter.drafts.create(author=user, text=NAME, base=NOW)
    AuthorInvitation.objects.create(book=shared, email=EMAIL, role="author", invited_by=other)
    ReadingProgress.objects.create(user=user, book=out, chapter=chapter)
    ShelvedBook.objects.create(user=user, book=out, shelf=Shelf.FINISHED)
    Follow.objects.create(user=user, author=friend)
    Follow.objects.create(user=other, author=author)
    Notification.objects.create(recipient=user, kind=Kind.APPROVED, book=out)
    NotificationChoice.objects.create(user=user, topic="chapters", way="digest")
    send_files(user)
    talk(user, other, chapter)
    write_in_margins(user, other, chapter)
    return with_account_of(user, other)


def talk(user: User, other: User, chapter: Chapter) -> None:
    """What they and others have said at a chapter, and what they made of it."""
    said = Comment.objects.create(author=user, chapter=chapter, text=f"Saya {NAME}.", quote="Satu")
    answer = Comment.objects.create(author=other, chapter=chapter, parent=said, text="Halo.")
    CommentLike.objects.create(comment=answer, user=user)
    Mute.objects.create(by=user, of=other)
    Report.objects.create(comment=answer, by=user, reason="abuse", text=f"{NAME}: kasar.")


def send_files(user: User) -> None:
    """A manuscript and a picture that have arrived, and are not used yet."""
    private().put("imports/naskah", NAME.encode())
    private().put("incoming/cover/potret.png", NAME.encode())
    Upload.objects.create(
        owner=user,
        purpose="cover",
        key="incoming/cover/potret.png",
        type="image/png",
        size=9,
        name=f"{NAME}.png",
        expires_at=NOW + timedelta(days=1),
    )
    PendingImport.objects.create(token="x", user=user, name=f"{NAME}.docx", key="imports/naskah")


def with_account_of(user: User, other: User) -> User:
    """Everything about an account that is not its books."""
    EmailAddress.objects.get_or_create(user=user, email=EMAIL, verified=True, primary=True)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    visitor("auth").post("/sign-in/", {"username": EMAIL, "password": "correct-horse-staple"})
    kind = ContentType.objects.get_for_model(User)
    for who in (user, other):
        LogEntry.objects.create(
            user=who, content_type=kind, object_id=user.pk, object_repr=NAME, action_flag=CHANGE
        )
    record_audit("book.submit", by=user, on=Book.objects.get(slug="terbit"), now=NOW)
    return user


def erase(user: User, **wishes: bool) -> None:
    erase_person_forever(user, wishes=Wishes(**wishes), by=user, now=NOW)


def test_every_column_that_points_to_an_account_is_exported_or_excused() -> None:
    answered = {column for part in personal_data.parts() for column in part.columns}
    excused = set(personal_data.NOT_EXPORTED)
    assert not answered & excused
    assert foreign_keys_to_accounts() == answered | excused


def test_the_export_has_it_all(person: User) -> None:
    found = personal_data.export(person)
    empty = [key for key, held in found.items() if not held]
    # A session is known once its second factor is used; nothing was revised.
    assert set(empty) <= {"sessions", "revisions"}
    text = str(found)
    for expected in (EMAIL, NAME, "Buku konsep", "Salam", "finished", "book.submit", "totp"):
        assert expected in text
    assert "JBSWY3DPEHPK3PXP" not in text
    assert person.password not in text


def test_nothing_is_left_of_a_person_who_asked_to_be_nameless(
    person: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert "accounts_user" in where(EMAIL)
    assert Session.objects.exists()
    assert {"books_author", "django_admin_log"} <= set(where(NAME))
    pk = person.pk
    with django_capture_on_commit_callbacks(execute=True):
        erase(person, nameless=True)
    assert where(EMAIL) == []
    assert where("kirana") == []
    assert where("wulandari") == []
    assert not User.objects.filter(pk=pk).exists()
    assert not list(private().list_keys())
    assert not Session.objects.exists()  # written in a way that the search above cannot read
    assert [message.to for message in mail.outbox] == [[EMAIL]]


def test_an_authors_name_stays_on_what_is_out(person: User) -> None:
    erase(person)
    assert where(EMAIL) == []
    author = Author.objects.get(slug="kirana-wulandari")
    assert author.user is None
    assert set(author.authorships.values_list("book__slug", flat=True)) == {"terbit", "berdua"}


def test_drafts_that_nobody_else_sees_go_and_the_rest_stays(person: User) -> None:
    erase(person)
    assert set(Book.objects.values_list("slug", flat=True)) == {"terbit", "berdua"}
    assert list(SubmissionComment.objects.values_list("text", flat=True)) == ["Baik."]
    assert Submission.objects.get().submitted_by is None


def test_votes_of_a_person_who_goes_are_not_counted_any_more(person: User, other: User) -> None:
    erase(person)
    review = Review.objects.get()
    assert (review.author, review.helpful, review.unhelpful) == (other, 0, 0)
    assert not Highlight.objects.exists()


def test_the_log_keeps_numbers(person: User) -> None:
    pk = person.pk
    erase(person)
    kept = AuditEntry.objects.filter(actor=pk).order_by("pk")
    assert [entry.action for entry in kept] == ["book.submit", "person.erase"]
    assert kept[1].subject_id == str(pk)


def test_files_to_download_with_the_name_go(
    person: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    book = Book.objects.get(slug="terbit")
    key = f"exports/{book.pk}/former.epub"
    private().put(key, NAME.encode())
    with django_capture_on_commit_callbacks(execute=True):
        erase(person, nameless=True)
    assert not private().exists(key)


def test_covers_that_were_drawn_with_the_name_go(
    person: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    for book in Book.objects.all():
        draw_missing_cover(book.pk)
    before = {book.slug: book.cover.name for book in Book.objects.all()}
    with django_capture_on_commit_callbacks(execute=True):
        erase(person, nameless=True)
    for name in before.values():
        assert not default_storage.exists(str(name))
        assert not default_storage.exists(str(name).replace(".svg", ".png"))
    for book in Book.objects.all():
        assert default_storage.exists(str(book.cover.name))


def test_nobody_erases_somebody_else(person: User, other: User) -> None:
    root = create_user("root@contoh.example", password=None, superuser=True)
    for by in (other, root):
        with pytest.raises(PermissionDenied):
            erase_person_forever(person, wishes=Wishes(), by=by, now=NOW)


def test_the_last_superuser_stays() -> None:
    root = create_user("root@contoh.example", password=None, superuser=True)
    closed = create_user("old@contoh.example", password=None, superuser=True)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    with pytest.raises(LastSuperuser, match="somebody else a superuser"):
        erase(root)
    create_user("second@contoh.example", password=None, superuser=True)
    erase(root)
    assert not User.objects.filter(pk=root.pk).exists()


def test_a_reader_without_anything_can_go() -> None:
    reader = create_user("reader@contoh.example", password=None)
    erase(reader)
    assert where("reader@contoh.example") == []


def test_the_address_is_free_again(person: User) -> None:
    erase(person)
    again: Any = create_user(EMAIL, password=None)
    assert again.pk

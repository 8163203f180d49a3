"""What books hold about a person: as a reader, as an author, as an editor."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from realtime.pruning import erase_forever
from sites.accounts.models import User
from sites.accounts.personal_data import Part, Row, Wishes, register, rows
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.actions.remove_unused_covers import remove_unused_covers_forever
from sites.books.models import (
    Author,
    AuthorInvitation,
    Authorship,
    Book,
    BookStatus,
    Chapter,
    ChapterDraft,
    ChapterLease,
    Follow,
    MergedSlug,
    NewChapterDraft,
    PendingImport,
    PreviewLink,
    ReadingProgress,
    Revision,
    ShelvedBook,
    Status,
    Submission,
    SubmissionComment,
)
from storage.models import Upload
from storage.uploads import delete_bytes

#: Books that were never on the shelves.
_UNSEEN = (
    BookStatus.DRAFT,
    BookStatus.SUBMITTED,
    BookStatus.CHANGES_REQUESTED,
    BookStatus.REJECTED,
)


def _author(user: User) -> Row:
    author = Author.objects.filter(user=user).first()
    return {"name": author.name, "slug": author.slug, "bio": author.bio} if author else {}


def _books(user: User) -> list[Row]:
    names = Authorship.objects.filter(author__user=user).order_by("book_id", "role")
    return rows(names.values("book_id", "book__title", "book__slug", "book__status", "role"))


def _invitations(user: User) -> list[Row]:
    columns = ("book_id", "email", "author_id", "role", "created_at")
    asked = AuthorInvitation.objects.filter(invited_by=user) | AuthorInvitation.objects.to(user)
    return rows(asked.order_by("pk").distinct().values(*columns))


def _places(user: User) -> list[Row]:
    columns = ("book_id", "book__title", "chapter_id", "paragraph", "fraction", "updated_at")
    return rows(ReadingProgress.objects.filter(user=user).order_by("pk").values(*columns))


def _shelves(user: User) -> list[Row]:
    columns = ("book_id", "book__title", "shelf", "placed_at")
    return rows(ShelvedBook.objects.filter(user=user).order_by("pk").values(*columns))


def _follows(user: User) -> list[Row]:
    columns = ("book_id", "book__title", "author_id", "author__name", "since")
    return rows(Follow.objects.filter(user=user).order_by("pk").values(*columns))


def _submissions(user: User) -> list[Row]:
    columns = ("id", "book_id", "number", "outcome", "submitted_at", "decided_at")
    found = [
        {"as": name, **row}
        for name in ("submitted_by", "owner", "decided_by")
        for row in rows(Submission.objects.filter(**{name: user}).order_by("pk").values(*columns))
    ]
    return found


def _comments(user: User) -> list[Row]:
    columns = ("id", "submission__book_id", "chapter_id", "paragraph", "text", "written_at")
    return rows(SubmissionComment.objects.filter(written_by=user).order_by("pk").values(*columns))


def _revisions(user: User) -> list[Row]:
    columns = ("id", "chapter_id", "number", "created_at")
    return rows(Revision.objects.filter(created_by=user).order_by("pk").values(*columns))


def _drafts(user: User) -> list[Row]:
    columns = ("chapter_id", "title", "text", "saved_at")
    found = ChapterDraft.objects.filter(author=user, base__isnull=False)
    new = NewChapterDraft.objects.filter(author=user, is_waiting=True)
    of_new = ("book_id", *columns[1:])
    return rows(found.order_by("pk").values(*columns)) + rows(new.order_by("pk").values(*of_new))


def _preview_links(user: User) -> list[Row]:
    columns = ("id", "book_id", "created_at", "expires_at", "revoked_at")
    return rows(PreviewLink.objects.filter(created_by=user).order_by("pk").values(*columns))


def _uploads(user: User) -> list[Row]:
    columns = ("name", "book_id", "created_at")
    waiting = rows(PendingImport.objects.filter(user=user).order_by("pk").values(*columns))
    sent = ("name", "purpose", "type", "size", "state", "created_at")
    return waiting + rows(Upload.objects.filter(owner=user).order_by("pk").values(*sent))


def _forget_writing(user: User, _wishes: Wishes, now: datetime) -> None:
    """What was told to those who wrote along, with the person's name, lies in streams for a while."""
    from sites.books.writing_rooms import KEPT_FOR, room_of_writing  # not with the process

    since = now - KEPT_FOR
    held = ChapterLease.objects.filter(Q(holder=user) | Q(asked_by=user))
    typed = ChapterDraft.objects.filter(author=user, saved_at__gt=since)
    stored = Revision.objects.filter(created_by=user, created_at__gt=since)
    chapters = {*held.values_list("chapter", flat=True), *typed.values_list("chapter", flat=True)}
    for chapter in chapters.union(stored.values_list("chapter", flat=True)):
        erase_forever(room_of_writing(chapter))


def _forget(user: User, wishes: Wishes, now: datetime) -> None:
    """Delete the drafts that nobody else works on, invitations, and what the person said about their
    own books; what readers can find stays, under the author's name or under none."""
    AuthorInvitation.objects.to(user).delete()
    uploads = PendingImport.objects.filter(user=user)
    files = list(uploads.values_list("key", flat=True))
    uploads.delete()
    sent = Upload.objects.filter(owner=user)
    files += sent.values_list("key", flat=True)
    sent.delete()
    transaction.on_commit(partial(delete_bytes, files), robust=True)
    PreviewLink.objects.filter(created_by=user).delete()
    author = Author.objects.select_for_update().filter(user=user).first()
    if author is None:
        return
    own = SubmissionComment.objects.filter(submission__book__authorships__author=author)
    own.filter(written_by=user).delete()
    _hold_books(author)
    alone = _alone(author)
    Chapter.objects.filter(book__in=alone, status=Status.DRAFT).delete()
    unseen = Book.objects.filter(pk__in=alone.values("pk"), status__in=_UNSEEN)
    covers = list(unseen.values_list("cover", flat=True))
    unseen.delete()
    transaction.on_commit(lambda: remove_unused_covers_forever(covers), robust=True)
    if not author.authorships.exists():
        author.delete()
    elif wishes.nameless:
        _take_name_off(author)
    else:
        Author.objects.filter(pk=author.pk).update(user=None)


def _hold_books(author: Author) -> None:
    """Lock the author's books and their chapters, in the order of ``hold_book``: who accepts an
    invitation at this moment is on the cover before it is looked at, or finds no book."""
    books = Book.objects.filter(authorships__author=author).order_by().values("pk")
    chapters = Chapter.objects.filter(book__in=books).order_by("pk")
    list(chapters.select_for_update(of=("self",)).values_list("pk", flat=True))
    list(Book.objects.filter(pk__in=books).order_by("pk").select_for_update().values_list("pk"))


def _alone(author: Author) -> QuerySet[Book]:
    """Give the books that bear no other name."""
    others = Authorship.objects.filter(book=OuterRef("pk")).exclude(author=author)
    return Book.objects.filter(~Exists(others), authorships__author=author).distinct()


def _take_name_off(author: Author) -> None:
    """Leave the books, without the name: on their pages, in addresses, and on covers drawn here."""
    with override("id"):  # the house's own language, in which its books are catalogued
        name = gettext("Anonymous")
    MergedSlug.objects.filter(author=author).delete()
    Author.objects.filter(pk=author.pk).update(
        user=None, name=name, slug=f"anonymous-{author.pk}", bio=""
    )
    books = Book.objects.filter(authorships__author=author).distinct()
    covers = dict(books.order_by("pk").values_list("pk", "cover"))

    def draw_anew() -> None:
        from sites.books.exporters.kept_edition import forget_editions  # writing needs more

        for key in covers:
            forget_editions(key)
            draw_missing_cover(key, again=True)
        remove_unused_covers_forever(covers.values())

    transaction.on_commit(draw_anew, robust=True)


def _drafts_part() -> Part:
    # Who holds a lease, or asks for one, does so for a minute.
    leases = {f"books.chapterlease.{name}" for name in ("holder", "asked_by")}
    drafts = {"books.chapterdraft.author", "books.newchapterdraft.author"}
    covered = frozenset({*drafts, *leases})
    return Part("drafts", _("Unstored texts"), covered, _drafts, _forget_writing)


def connect() -> None:
    submission = ("submitted_by", "owner", "decided_by")
    register(
        Part("author", _("Author's profile"), frozenset({"books.author.user"}), _author, _forget),
        Part("books", _("Books"), frozenset(), _books),
        Part(
            "invitations",
            _("Invitations onto covers"),
            frozenset({"books.authorinvitation.invited_by"}),
            _invitations,
        ),
        Part("places", _("Where you read"), frozenset({"books.readingprogress.user"}), _places),
        Part("shelves", _("Your shelves"), frozenset({"books.shelvedbook.user"}), _shelves),
        Part("follows", _("What you follow"), frozenset({"books.follow.user"}), _follows),
        Part(
            "submissions",
            _("Submissions"),
            frozenset(f"books.submission.{name}" for name in submission),
            _submissions,
        ),
        Part(
            "comments", _("Comments"), frozenset({"books.submissioncomment.written_by"}), _comments
        ),
        Part("revisions", _("Revisions"), frozenset({"books.revision.created_by"}), _revisions),
        _drafts_part(),
        Part(
            "preview_links",
            _("Preview links"),
            frozenset({"books.previewlink.created_by"}),
            _preview_links,
        ),
        Part(
            "uploads",
            _("Uploads"),
            frozenset({"books.pendingimport.user", "storage.upload.owner"}),
            _uploads,
        ),
    )

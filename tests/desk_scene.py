"""A few weeks of work in a house with demo books: submissions, comments, readers, newcomers.

Called in the house's own process: ``manage.py shell -c "from tests.desk_scene import play; play()"``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.utils import timezone

from sites.accounts.actions.save_person import save_person
from sites.accounts.actions.suspend_person import Reason, suspend_person
from sites.accounts.models import User
from sites.books.actions.comment_on_submission import Anchor, comment_on_submission
from sites.books.actions.decide_on_book import approve_book, reject_book, request_changes
from sites.books.actions.own_submission import own_submission
from sites.books.actions.save_book import save_book
from sites.books.actions.submit_book import submit_book
from sites.books.actions.write_chapter import write_chapter
from sites.books.models import Book, Chapter, Genre, ReadingProgress, Status
from sites.books.text.blocks import read_blocks
from sites.books.text.tokens import split_clean

#: Title, opening line, and how many days ago it was submitted.
TITLES = (
    ("Lampu di Ujung Dermaga", "Malam itu lampu di ujung dermaga tidak menyala.", 26),
    ("Surat untuk Musim Kering", "Hujan berjanji datang hari Rabu.", 19),
    ("Perempuan yang Menjual Peta", "Peta yang paling mahal tidak menunjukkan apa-apa.", 15),
    ("Sebelas Rumah Ibu", "Ibu pindah rumah setiap kali ayah menyebut kata selamanya.", 9),
    ("The Salt Ledger", "The first entry was a lie, and everybody knew it.", 6),
    ("Kota Tanpa Jam", "Jam terakhir berhenti pada hari pasar.", 3),
    ("Jalan Pulang Lewat Belakang", "Orang kampung selalu pulang lewat belakang.", 0),
)
CHAPTERS = 4


def play() -> None:
    """Act the scene out once; the house's clock says when it ends."""
    now = timezone.now()
    author, editor, manager = (_person(role) for role in ("author", "editor", "manager"))
    books = [_write(author, title, line, days, now) for title, line, days in TITLES]
    for (_title, _line, days), book in zip(TITLES, books, strict=True):
        submit_book(book, by=author, now=now - timedelta(days=days, hours=5))
    _decide(books, author, editor, now)
    own_submission(books[4], owner=editor, by=editor, now=now - timedelta(days=2))
    own_submission(books[5], owner=manager, by=manager, now=now - timedelta(days=1))
    _newcomers(now)
    _readers(now)
    _people(manager, now)


def _person(role: str) -> User:
    return User.objects.get(email=f"{role}@esensi.example")


def _write(author: User, title: str, line: str, days: int, now: datetime) -> Book:
    """A new book of the author's with chapters of a demo book's text."""
    begun = now - timedelta(days=days + 20)
    language = "en" if title.startswith("The ") else "id"
    source = Chapter.objects.filter(book__language=language, words__gt=200).order_by("pk")
    book = save_book(
        Book(
            title=title,
            language=language,
            opening_line=line,
            synopsis=f"{line}\n\nSebuah cerita tentang yang pergi dan yang menunggu.",
        ),
        genres=Genre.objects.order_by("pk")[:2],
        tags=(),
        by=author,
        now=begun,
    )
    for number, model in enumerate(source[:CHAPTERS], start=1):
        write_chapter(
            Chapter(book=book, status=Status.PUBLISHED),
            title=f"{model.title} {number}",
            text=model.text,
            by=author,
            now=begun,
        )
    book.chapters.update(created_at=begun, updated_at=begun)
    book.refresh_from_db()
    return book


def _decide(books: list[Book], author: User, editor: User, now: datetime) -> None:
    """One approved, one rejected, one back in its second round with a talk about it."""
    weeks_ago = now - timedelta(days=12)
    approve_book(books[0], seen=_seen(books[0]), comment="Bagus.", by=editor, now=weeks_ago)
    reject_book(books[1], comment="Belum cukup matang.", by=editor, now=now - timedelta(days=8))
    second = books[2]
    first_round = second.submissions.get()
    chapter = second.chapters.get(number=1)
    block = next(b for b in read_blocks(split_clean(chapter.text)) if len(b.text) > 80)
    about = Anchor(chapter, block.id)
    at = now - timedelta(days=11)
    said = "Kalimat ini indah, tetapi datang terlalu cepat. Beri pembaca satu halaman lagi."
    comment_on_submission(first_round, text=said, about=about, by=editor, now=at)
    request_changes(second, comment="Bab satu perlu napas.", by=editor, now=at)
    _rewrite(chapter, author, now - timedelta(days=5))
    again = submit_book(
        second, note="Bab satu sudah saya tulis ulang.", by=author, now=now - timedelta(days=4)
    )
    comment_on_submission(
        again, text="Terima kasih, saya baca malam ini.", by=editor, now=now - timedelta(days=3)
    )
    comment_on_submission(
        again, text="Jauh lebih tenang.", about=about, by=editor, now=now - timedelta(days=1)
    )


def _seen(book: Book) -> datetime:
    return Book.objects.get(pk=book.pk).written_at


def _rewrite(chapter: Chapter, author: User, now: datetime) -> None:
    """Change a paragraph and add another."""
    stored = Chapter.objects.get(pk=chapter.pk)
    text = stored.text.replace("</p>", " Laut masih sama.</p>", 1)
    written = write_chapter(
        stored,
        title=stored.title,
        text=f"{text}<p>Dan pagi datang tanpa suara.</p>",
        by=author,
        now=now,
    )
    Chapter.objects.filter(pk=written.pk).update(updated_at=now)
    written.revisions.update(created_at=now)


def _newcomers(now: datetime) -> None:
    names = ("Adi", "Bunga", "Cahya", "Dewi", "Eka", "Fajar", "Gita", "Hana", "Intan", "Joko")
    User.objects.bulk_create(
        User(
            email=f"{name.lower()}{day}@esensi.example",
            name=f"{name} Contoh",
            date_joined=now - timedelta(days=day, hours=1),
        )
        for day in range(14)
        for name in names[: 2 + (day * 5) % 8]
    )


def _readers(now: datetime) -> None:
    people = list(User.objects.filter(name__endswith=" Contoh").order_by("pk"))
    chapters = list(
        Chapter.objects.filter(book__status="published")
        .order_by("book_id", "number")
        .distinct("book_id")
    )
    ReadingProgress.objects.bulk_create(
        ReadingProgress(
            user=person,
            book=chapter.book,
            chapter=chapter,
            fraction=0.4,
            updated_at=now - timedelta(days=(place * 7 + n) % 13, minutes=place),
        )
        for place, person in enumerate(people)
        for n, chapter in enumerate(chapters[: 1 + place % 3])
    )


def _people(manager: User, now: datetime) -> None:
    """Something for the log: a role given, an account suspended."""
    first, second = User.objects.filter(name__endswith=" Contoh").order_by("pk")[:2]
    support = Group.objects.filter(name="support")
    save_person(first, roles=support, by=manager, now=now - timedelta(days=2))
    suspend_person(second, reason=Reason.SPAM, by=manager, now=now - timedelta(hours=3))

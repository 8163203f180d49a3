"""Writing a chapter: cleaned, with ids that stay, its history kept, nobody overwritten."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from sites.accounts.models import User
from sites.books.actions.save_book import save_book
from sites.books.actions.versions import ChangedMeanwhile, GoneMeanwhile
from sites.books.actions.write_chapter import write_chapter
from sites.books.latest_chapters import latest_chapters
from sites.books.models import Book, Chapter, ReadingProgress, Revision, Status
from sites.books.text.errors import TextTooLong
from sites.main.shelves import just_published
from tests.sites.books.actions.people import author_with_book, person

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
IDS = re.compile(r'id="(p-[a-z2-7]{8})"')


def written(book: Book, by: object, text: str = "<p>Satu.</p><p>Dua.</p>") -> Chapter:
    chapter = write_chapter(Chapter(book=book), title="Pasang", text=text, by=by, now=NOW)  # type: ignore[arg-type]
    return Chapter.objects.get(pk=chapter.pk)


@pytest.mark.django_db
def test_a_new_chapter_is_cleaned_numbered_and_counted() -> None:
    user, book = author_with_book()
    first = written(book, user, '<p onclick="x()">Laut <script>y()</script>pasang.</p>')
    second = written(book, user)
    assert re.fullmatch(r'<p id="p-[a-z2-7]{8}">Laut pasang\.</p>', first.text)
    assert (first.number, first.words, second.number) == (1, 2, 2)
    assert first.created_at == NOW
    assert not Revision.objects.exists()


@pytest.mark.django_db
def test_paragraphs_keep_their_ids_through_a_change() -> None:
    user, book = author_with_book()
    chapter = written(book, user)
    one, two = IDS.findall(chapter.text)
    text = "<p>Satu.</p><p>Baru di antaranya.</p><p>Dua.</p>"
    write_chapter(chapter, title="Pasang", text=text, by=user, now=LATER)
    ids = IDS.findall(Chapter.objects.get(pk=chapter.pk).text)
    assert (ids[0], ids[2]) == (one, two)
    assert ids[1] not in (one, two)


@pytest.mark.django_db
def test_readers_at_a_paragraph_that_is_gone_are_led_on() -> None:
    user, book = author_with_book()
    chapter = written(book, user, "<p>Laut pasang lagi.</p><p>Perahu pulang.</p><p>Malam.</p>")
    first, second, third = IDS.findall(chapter.text)
    readers = [person("reader", name=name) for name in ("pertama", "kedua", "ketiga")]
    for reader, paragraph in zip(readers, (first, second, third), strict=True):
        ReadingProgress.objects.create(
            user=reader, book=book, chapter=chapter, paragraph=paragraph, updated_at=NOW
        )
    text = "<p>Laut pasang lagi.</p><p>Malam.</p>"
    write_chapter(chapter, title="Pasang", text=text, by=user, now=LATER)
    kept = ReadingProgress.objects.order_by("pk")
    assert [place.paragraph for place in kept] == [first, first, third]
    assert {place.updated_at for place in kept} == {NOW}


@pytest.mark.django_db
def test_what_it_said_before_stays_as_a_numbered_revision() -> None:
    user, book = author_with_book()
    chapter = written(book, user)
    editor = person("editor")
    for n, text in enumerate(("<p>Dua kali.</p>", "<p>Tiga kali.</p>"), start=1):
        said = Chapter.objects.get(pk=chapter.pk)
        write_chapter(said, title=f"Judul {n}", text=text, by=editor, now=LATER)
    first, second = Revision.objects.order_by("number")
    assert (first.number, first.title, first.text) == (1, "Pasang", chapter.text)
    assert (first.created_by, first.created_at) == (editor, LATER)
    assert (second.number, second.title) == (2, "Judul 1")
    assert "Dua kali." in second.text


@pytest.mark.django_db
def test_the_same_text_makes_no_revision_and_no_new_version() -> None:
    user, book = author_with_book()
    chapter = written(book, user)
    write_chapter(
        Chapter.objects.get(pk=chapter.pk),
        title="Pasang",
        text="<p>Satu.</p><p>Dua.</p>",
        by=user,
        now=LATER,
    )
    assert Chapter.objects.get(pk=chapter.pk).updated_at == chapter.updated_at
    assert not Revision.objects.exists()


@pytest.mark.django_db
def test_a_new_title_or_status_alone_makes_no_revision() -> None:
    user, book = author_with_book()
    chapter = written(book, user)
    chapter.status = Status.PUBLISHED
    write_chapter(chapter, title="Surut", text=chapter.text, by=user, now=LATER)
    stored = Chapter.objects.get(pk=chapter.pk)
    assert (stored.title, stored.status) == ("Surut", Status.PUBLISHED)
    assert not Revision.objects.exists()


def published(chapter: Chapter, by: User, *, now: datetime) -> Chapter:
    chapter.status = Status.PUBLISHED
    write_chapter(chapter, title=chapter.title, text=chapter.text, by=by, now=now)
    return Chapter.objects.get(pk=chapter.pk)


@pytest.mark.django_db
def test_a_chapter_drafted_a_month_ago_and_published_now_is_among_the_newest() -> None:
    user, book = author_with_book()
    Book.objects.filter(pk=book.pk).update(status=Status.PUBLISHED, is_complete=False)
    chapter = write_chapter(
        Chapter(book=book), title="Lama", text="", by=user, now=NOW - timedelta(days=30)
    )
    chapter = published(chapter, user, now=NOW)
    assert chapter.published_on == NOW
    shown = [just_published(LATER), [row.chapter for row in latest_chapters(now=LATER)]]
    assert shown == [[chapter], [chapter]]
    # Readers saw it at that time, whatever is typed over it later.
    chapter.publish_at = None
    assert published(chapter, user, now=LATER).publish_at == NOW


@pytest.mark.django_db
def test_a_time_that_the_writer_chose_stays_and_an_emptied_one_means_at_once() -> None:
    user, book = author_with_book()
    chapter = written(book, user)
    chapter.publish_at = LATER
    chapter = published(chapter, user, now=NOW)
    assert chapter.publish_at == LATER
    chapter.publish_at = None
    assert published(chapter, user, now=NOW).publish_at == NOW


@pytest.mark.django_db
def test_a_stale_version_is_refused_and_nothing_changes() -> None:
    user, book = author_with_book()
    mine = written(book, user)
    theirs = Chapter.objects.get(pk=mine.pk)
    write_chapter(theirs, title="Pasang", text="<p>Tulisan orang lain.</p>", by=user, now=NOW)
    with pytest.raises(ChangedMeanwhile, match="Pasang"):
        write_chapter(mine, title="Pasang", text="<p>Tulisanku.</p>", by=user, now=LATER)
    assert "Tulisan orang lain." in Chapter.objects.get(pk=mine.pk).text
    assert Revision.objects.count() == 1


@pytest.mark.django_db
def test_a_deleted_chapter_is_not_brought_back() -> None:
    user, book = author_with_book()
    chapter = written(book, user)
    Chapter.objects.filter(pk=chapter.pk).delete()
    with pytest.raises(GoneMeanwhile):
        write_chapter(chapter, title="Pasang", text="<p>Lagi.</p>", by=user, now=LATER)
    assert not Chapter.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["reader", "author", "support", "operator"])
def test_others_may_not_write_in_it(role: str) -> None:
    user, book = author_with_book()
    chapter = written(book, user)
    stranger = person(role, name="lain")
    with pytest.raises(PermissionDenied):
        write_chapter(chapter, title="Curian", text="<p>Curian.</p>", by=stranger, now=LATER)
    with pytest.raises(PermissionDenied):
        written(book, stranger)
    assert Chapter.objects.get().text == chapter.text


@pytest.mark.django_db
def test_a_chapter_does_not_move_to_another_book_or_number_by_being_written() -> None:
    user, book = author_with_book()
    _other, elsewhere = author_with_book("toba", "Danau")
    chapter = written(book, user)
    chapter.book, chapter.number = elsewhere, 7
    write_chapter(chapter, title="Baru", text=chapter.text, by=user, now=LATER)
    stored = Chapter.objects.get(pk=chapter.pk)
    assert (stored.book, stored.number, stored.title) == (book, 1, "Baru")


@pytest.mark.django_db
def test_a_text_beyond_the_limit_leaves_everything_as_it_was() -> None:
    user, book = author_with_book()
    chapter = written(book, user)
    with pytest.raises(TextTooLong):
        write_chapter(chapter, title="Pasang", text="a" * 2_000_001, by=user, now=LATER)
    assert Chapter.objects.get().text == chapter.text


@pytest.mark.django_db
def test_what_was_written_last_lies_on_top() -> None:
    user, book = author_with_book()
    _other, another = author_with_book("toba", "Danau")
    written(book, user)
    Book.objects.filter(pk=another.pk).update(written_at=NOW)
    chapter = Chapter.objects.get(book=book)
    write_chapter(chapter, title="Pasang", text="<p>Lagi.</p>", by=user, now=LATER)
    assert Book.objects.order_by("-written_at").first() == book


@pytest.mark.django_db
def test_writing_a_chapter_overtakes_no_open_form_on_its_book() -> None:
    user, book = author_with_book()
    written(book, user)
    book.subtitle = "Kumpulan cerita"
    save_book(book, genres=(), tags=(), by=user, now=LATER)
    assert Book.objects.get().subtitle == "Kumpulan cerita"


@pytest.mark.django_db(transaction=True)
def test_two_new_chapters_at_once_get_two_numbers() -> None:
    user, book = author_with_book()
    failures: list[Exception] = []
    together = threading.Barrier(4)

    def write(n: int) -> None:
        try:
            together.wait(timeout=10)
            write_chapter(Chapter(book=book), title=f"{n}", text="<p>x</p>", by=user, now=NOW)
        except Exception as error:  # noqa: BLE001 - told to the test below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not failures
    assert sorted(book.chapters.values_list("number", flat=True)) == [1, 2, 3, 4]

"""The import page: what one sees before confirming is what comes in, and nothing before that."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from sites.accounts.models import AuditEntry
from sites.books.actions import import_upload
from sites.books.models import Author, Authorship, Book, Chapter, PendingImport, Status
from storage import purposes
from storage import uploads as sent
from storage.backends import private, public
from tests.sites.books.importers.docx_builder import novel
from tests.sites.books.importers.epub_builder import small_book
from tests.sites.desk.people import SmallHouse

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(house: SmallHouse) -> Client:
    return house.visitor("publish", "author")


@pytest.fixture(autouse=True)
def _commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files go once the row is gone for good; here every step counts as committed."""
    monkeypatch.setattr(transaction, "on_commit", lambda after, **_options: after())


def upload(browser: Client, content: bytes, *, name: str = "tide.docx", book: object = "") -> Any:
    file = SimpleUploadedFile(name, content)
    return browser.post("/import/", {"file": file, "book": str(book)}, follow=True)


def do(browser: Client, what: str) -> Any:
    return browser.post(f"/import/{PendingImport.objects.get().token}/", {"do": what}, follow=True)


def rows(response: Any) -> list[tuple[str, str, int, int]]:
    return [
        (row["kind"], row["title"], row["added"], row["removed"])
        for row in response.context["preview"]["rows"]
    ]


def said(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def uploads() -> list[str]:
    return [each.key for each in private().list_keys()]


def test_a_new_book_is_shown_then_stored_as_a_draft(author: Client, house: SmallHouse) -> None:
    before = Book.objects.count()
    response = upload(author, novel().build())
    assert rows(response) == [("new", "One", 15, 0), ("new", "Two", 7, 0), ("new", "Three", 5, 0)]
    assert (Book.objects.count(), len(uploads())) == (before, 1)
    response = do(author, "confirm")
    book = Book.objects.get(title="The Tide")
    assert "“The Tide” is imported: 3 chapters new" in said(response)
    assert book.status == Status.DRAFT
    assert list(book.authors.all()) == [Author.objects.get(user=house.people["author"])]
    assert set(book.chapters.values_list("status", flat=True)) == {Status.DRAFT}
    assert uploads() == []
    entry = AuditEntry.objects.get(action="book.import")
    assert (entry.actor, entry.subject_id) == (house.people["author"].pk, str(book.pk))
    assert entry.facts["new"] == 3


def test_a_second_import_says_which_chapters_change(author: Client) -> None:
    upload(author, novel().build())
    do(author, "confirm")
    changed = novel(third="The third evening was loud and long.").heading("Four").paragraph("New.")
    response = upload(author, changed.build())
    assert rows(response) == [
        ("unchanged", "One", 0, 0),
        ("unchanged", "Two", 0, 0),
        ("changed", "Three", 3, 1),
        ("new", "Four", 1, 0),
    ]
    page = response.content.decode()
    assert "1 chapter changes" in page
    assert "2 chapters stay as they are" in page
    uids = list(Chapter.objects.filter(book__title="The Tide").values_list("uid", flat=True))
    do(author, "confirm")
    book = Book.objects.get(title="The Tide")
    assert list(book.chapters.in_order().values_list("uid", flat=True))[:3] == uids
    assert book.chapters.count() == 4


def test_a_chosen_book_takes_the_file_and_keeps_what_it_lacks(
    author: Client, house: SmallHouse
) -> None:
    house.own.language = "id"
    house.own.save()
    response = upload(author, novel().build(), book=house.own.pk)
    assert ("kept", house.chapter.title, 0, 0) in rows(response)
    do(author, "confirm")
    house.own.refresh_from_db()
    assert house.own.language == "id"
    titles = list(house.own.chapters.in_order().values_list("title", flat=True))
    assert titles == [house.chapter.title, "One", "Two", "Three"]
    house.chapter.refresh_from_db()
    assert house.chapter.status == Chapter.objects.get(pk=house.chapter.pk).status


def test_a_chapter_written_here_is_found_again_by_its_title(
    author: Client, house: SmallHouse
) -> None:
    text = f"# {house.chapter.title}\n\nOnly this now.".encode()
    response = upload(author, text, name="one.md", book=house.own.pk)
    assert [row[:2] for row in rows(response)] == [("changed", house.chapter.title)]
    do(author, "confirm")
    house.chapter.refresh_from_db()
    assert "Only this now." in house.chapter.text
    assert house.chapter.revisions.exists()


def test_a_book_that_changed_since_is_previewed_again(author: Client, house: SmallHouse) -> None:
    upload(author, novel().build(), book=house.own.pk)
    Chapter.objects.create(book=house.own, number=99, title="Meanwhile")
    response = do(author, "confirm")
    assert "has changed since this preview" in said(response)
    assert not house.own.chapters.filter(title="One").exists()
    assert ("kept", "Meanwhile", 0, 0) in rows(response)
    do(author, "confirm")
    assert house.own.chapters.filter(title="One").exists()


def test_of_two_confirmations_at_once_one_imports_and_the_other_is_told(
    author: Client, house: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Book.objects.count()
    upload(author, novel().build())
    token, me = PendingImport.objects.get().token, house.people["author"]
    read = import_upload._read

    def while_the_other_reads(*given: Any) -> Any:
        monkeypatch.setattr(import_upload, "_read", read)
        import_upload.confirm_upload(token, by=me, now=timezone.now())
        given[0].seek(0)
        return read(*given)

    monkeypatch.setattr(import_upload, "_read", while_the_other_reads)
    response = do(author, "confirm")
    assert "This preview is no longer there" in said(response)
    assert Book.objects.count() == before + 1


def test_leaving_it_forgets_the_file(author: Client) -> None:
    upload(author, novel().build())
    assert "is forgotten" in said(do(author, "cancel"))
    assert uploads() == []
    assert not PendingImport.objects.exists()
    assert not Book.objects.filter(title="The Tide").exists()


def test_nobody_sees_or_confirms_another_persons_upload(author: Client, house: SmallHouse) -> None:
    upload(author, novel().build())
    path = f"/import/{PendingImport.objects.get().token}/"
    editor = house.visitor("publish", "editor")
    for response in (editor.get(path), editor.post(path, {"do": "confirm"})):
        assert response.status_code == 302
        assert response["Location"] == "/import/"
    assert PendingImport.objects.exists()


def test_an_author_imports_into_own_books_alone(author: Client, house: SmallHouse) -> None:
    response = upload(author, novel().build(), book=house.foreign.pk)
    assert "book" in response.context["form"].errors
    epub = small_book()
    house.foreign.identifier = epub.identifier
    house.foreign.save()
    response = upload(author, epub.build(), name="small.epub")
    assert "Only its authors and editors" in str(response.context["form"].errors["file"])
    assert not PendingImport.objects.exists()
    editor = house.visitor("publish", "editor")
    assert rows(upload(editor, novel().build(), book=house.foreign.pk))


def test_two_authors_may_have_a_book_of_one_title(author: Client, house: SmallHouse) -> None:
    other = Book.objects.create(title="The Tide", slug="tide")
    upload(author, novel().build())
    do(author, "confirm")
    mine = Book.objects.exclude(pk=other.pk).get(title="The Tide")
    Authorship.objects.filter(book=mine).delete()
    upload(author, novel().build())
    assert PendingImport.objects.count() == 0  # it is the same file, and no longer this author's


HOSTILE = {
    "a PDF": (b"%PDF-1.7", "is no EPUB, DOCX or Markdown file"),
    "half a zip": (novel().build()[:900], "damaged or incomplete"),
    "another encoding": ("# Été".encode("latin-1"), "neither UTF-8 nor UTF-16"),
    "no text": (b"\n\n", "no EPUB file"),
    "a script alone": (b"<script>alert(1)</script>", "contains no text"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_sentence_on_the_page(author: Client, name: str) -> None:
    content, reason = HOSTILE[name]
    response = upload(author, content, name="x")
    assert response.status_code == 200
    assert reason in str(response.context["form"].errors["file"])
    assert uploads() == []


def test_a_file_beyond_the_limit_is_refused(
    author: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    purpose = purposes.purpose_of("manuscript")._replace(largest=100)
    monkeypatch.setitem(purposes._purposes, "manuscript", purpose)
    response = upload(author, novel().build())
    assert "has more than" in str(response.context["form"].errors["file"])


def test_uploads_are_few_and_expire(author: Client, house: SmallHouse) -> None:
    for number in range(import_upload.OF_A_PERSON + 2):
        upload(author, novel(third=f"Evening {number}.").build())
    assert PendingImport.objects.count() == len(uploads()) == import_upload.OF_A_PERSON
    old = PendingImport.objects.first()
    assert old
    later = timezone.now() + import_upload.KEPT_FOR + timedelta(minutes=1)
    PendingImport.objects.filter(pk=old.pk).update(user=house.people["editor"])
    assert import_upload.sweep_uploads(now=later) == import_upload.OF_A_PERSON
    assert uploads() == []
    PendingImport.objects.update()
    assert author.get(f"/import/{old.token}/").status_code == 302


def test_files_whose_owner_is_gone_are_swept(author: Client) -> None:
    upload(author, novel().build())
    PendingImport.objects.all().delete()
    assert len(uploads()) == 1
    assert sent.sweep(now=timezone.now()) == 0
    later = timezone.now() + import_upload.KEPT_FOR + timedelta(minutes=1)
    assert sent.sweep(now=later) == 1
    assert uploads() == []


def test_the_media_address_shows_no_upload(author: Client) -> None:
    upload(author, novel().build())
    key = PendingImport.objects.get().key
    assert private().exists(key)
    assert not public().exists(key)


def test_an_author_exports_own_books_with_their_drafts(author: Client, house: SmallHouse) -> None:
    Chapter.objects.create(book=house.own, number=50, title="Draft", text="<p>Draft.</p>")
    response = author.get(f"/books/book/{house.own.pk}/export/")
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len([name for name in archive.namelist() if "/text/" in name]) == 2
    assert author.get(f"/books/book/{house.foreign.pk}/export/").status_code == 404
    Chapter.objects.filter(book=house.own).delete()
    response = author.get(f"/books/book/{house.own.pk}/export/", follow=True)
    assert "has no chapter to export" in said(response)


def test_pages_ask_few_questions(
    author: Client, house: SmallHouse, django_assert_max_num_queries: Any
) -> None:
    upload(author, novel().build())
    token = PendingImport.objects.get().token
    for path in ("/import/", f"/import/{token}/", f"/import/?book={house.own.pk}"):
        with django_assert_max_num_queries(12):
            assert author.get(path).status_code == 200

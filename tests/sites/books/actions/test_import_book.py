"""Bringing a book in: all or nothing, and only by those who may."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage

from sites.books.actions import import_store as module
from sites.books.actions.import_book import import_book
from sites.books.actions.save_book import NoAuthorProfile
from sites.books.importers.errors import DamagedFile, NotABook
from sites.books.models import Author, Book, Chapter, MergedSlug, Revision
from sites.books.text.links import media_references
from storage.folder import PublicFolder
from tests.sites.books.actions.imports import (
    LATER,
    NOW,
    bring,
    counts,
    files_in,
    illustrated,
    snapshot,
)
from tests.sites.books.actions.people import author_with_book, person
from tests.sites.books.importers.epub_builder import WORDS, Epub, small_book

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_new_book_with_its_chapters() -> None:
    result = bring(small_book(language="id"))
    book = Book.objects.get()
    assert (book.title, book.slug, book.language) == ("The Small Book", "the-small-book", "id")
    assert (book.status, book.identifier) == ("published", "urn:test:small-book")
    assert book.opening_line == WORDS.strip()
    assert book.author_names == "Ann Author"
    assert result.created
    assert counts(result) == (3, 0, 0, 0)
    chapters = list(book.chapters.in_order())
    assert [chapter.number for chapter in chapters] == [1, 2, 3]
    assert {chapter.status for chapter in chapters} == {"published"}
    assert {chapter.created_at for chapter in chapters} == {NOW}
    assert all(chapter.words > 10 for chapter in chapters)


def test_without_publishing_all_is_a_draft() -> None:
    book = bring(small_book(), publish=False).book
    assert (book.status, book.publish_at) == ("draft", None)
    assert {(each.status, each.publish_at) for each in book.chapters.all()} == {("draft", None)}


def test_what_an_import_publishes_is_out_from_one_moment_on() -> None:
    book = bring(small_book()).book
    assert book.publish_at == book.created_at == book.written_at == NOW
    assert {chapter.publish_at for chapter in book.chapters.all()} == {NOW}
    assert book.is_out(NOW)
    bring(small_book(chapters=4), now=LATER)
    assert [each.publish_at for each in book.chapters.in_order()] == [NOW, NOW, NOW, LATER]
    book.refresh_from_db()
    assert (book.publish_at, book.written_at) == (NOW, LATER)


def test_links_between_chapters_lead_to_lasting_ids() -> None:
    epub = Epub().page("a.xhtml", f'<p>{WORDS}</p><p id="x">Here.</p>', toc_title="A")
    epub.page(
        "b.xhtml", '<p><a href="a.xhtml#x">there</a> <a href="a.xhtml">A</a></p>', toc_title="B"
    )
    book = bring(epub).book
    one, two = book.chapters.in_order()
    target = re.search(r'<p id="(p-\w+)">Here', one.text)
    assert target
    assert f'href="chapter:{one.uid}#{target[1]}">there' in two.text
    assert f'href="chapter:{one.uid}">A' in two.text


def test_pictures_and_the_cover_go_to_the_storage(media: Path) -> None:
    book = bring(illustrated()).book
    chapter = book.chapters.get(title="Picture")
    (key,) = media_references(chapter.text)
    assert default_storage.exists(key)
    assert book.cover.name
    assert book.cover.name.endswith("-640.webp")
    assert book.cover_ground == "#336699"
    assert len(files_in(media)) == 4
    for width in (160, 320, 640):
        assert book.cover_url(width).endswith(f"-{width}.webp")


def test_a_book_without_a_cover_gets_one_drawn(
    media: Path, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        bring(small_book())
    book = Book.objects.get()
    assert book.cover.name
    assert book.cover.name.endswith(".svg")
    cover = illustrated()
    assert bring(cover).book.cover.name.endswith("-640.webp")  # type: ignore[union-attr]


@pytest.mark.parametrize("when", ["pictures", "chapters", "end"])
def test_a_failure_leaves_no_rows_and_the_next_try_finds_its_files(
    media: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    class Broken(Exception):
        pass

    def fail(*_arguments: object, **_options: object) -> None:
        raise Broken

    if when == "pictures":
        put = PublicFolder.put
        stored: list[str] = []

        def put_twice(place: PublicFolder, key: str, content: bytes) -> bool:
            if len(stored) == 2:
                raise Broken
            stored.append(key)
            return put(place, key, content)

        monkeypatch.setattr(PublicFolder, "put", put_twice)
    elif when == "chapters":
        monkeypatch.setattr(Chapter.objects, "bulk_create", fail)
        monkeypatch.setattr("django.db.models.query.QuerySet.bulk_create", fail)
    else:
        monkeypatch.setattr(module, "ImportResult", fail)
    with pytest.raises(Broken):
        bring(illustrated())
    assert not Book.objects.exists()
    assert not Author.objects.exists()
    # What was stored stays, since another book may have the same picture by now; a sweep finds it.
    left = files_in(media)
    monkeypatch.undo()
    bring(illustrated())
    assert left <= files_in(media)
    assert len(files_in(media)) == 4


def test_a_refused_file_leaves_nothing(media: Path) -> None:
    epub = illustrated()
    content = epub.build()
    for garbled, reason in ((b"\0no book", NotABook), (content[: len(content) // 2], DamagedFile)):
        (media / "x").write_bytes(garbled)
        with pytest.raises(reason):
            import_book(media / "x", by=None)
        (media / "x").unlink()
    assert files_in(media) == set()
    assert not Book.objects.exists()


def test_names_and_subjects_are_known_again() -> None:
    known = Author.objects.create(name="Ann Author", slug="ann")
    Author.objects.create(name="Somebody Else", slug="bea-new")
    epub = small_book()
    epub.metadata += (
        "<dc:creator>Bea New</dc:creator><dc:subject>The Sea</dc:subject>"
        "<dc:subject>the sea</dc:subject><dc:subject>Boats</dc:subject>"
    )
    book = bring(epub).book
    assert [row.author.slug for row in book.authorships.order_by("position")] == [
        "ann",
        "bea-new-2",
    ]
    assert book.authorships.first().author == known  # type: ignore[union-attr]
    assert sorted(tag.slug for tag in book.tags.all()) == ["boats", "the-sea"]
    bring(small_book(identifier="urn:other", title="The Small Book"))
    assert sorted(Book.objects.values_list("slug", flat=True)) == [
        "the-small-book",
        "the-small-book-2",
    ]


def test_imported_names_get_neither_former_addresses_nor_the_houses_own() -> None:
    kept = Author.objects.create(name="Ratih", slug="ratih")
    MergedSlug.objects.create(slug="dewi", author=kept)
    epub = small_book()
    epub.metadata = "".join(f"<dc:creator>{name}</dc:creator>" for name in ("Dewi", "Feed", "DEWI"))
    names = bring(epub).book.authorships.order_by("position")
    assert [row.author.slug for row in names] == ["dewi-2", "feed-2", "dewi-3"]


def test_readers_may_not_import() -> None:
    with pytest.raises(PermissionDenied):
        import_book(small_book().open(), by=person("reader"))


def test_an_authors_import_carries_the_authors_own_name_alone() -> None:
    user, _book = author_with_book()
    result = import_book(small_book().open(), by=user, now=NOW)
    assert result.book.author_names == "Ratih"
    assert result.notes == ["The book carries your name; ask an editor to add Ann Author."]
    assert not Author.objects.filter(name="Ann Author").exists()
    assert import_book(small_book(chapters=4).open(), by=user, now=NOW).chapters_added == 1


def test_an_author_without_a_name_is_told_so() -> None:
    with pytest.raises(NoAuthorProfile):
        import_book(small_book().open(), by=person("author"))
    assert not Book.objects.exists()


def test_nobody_imports_over_the_book_of_another() -> None:
    bring(small_book())
    before = snapshot()
    user, own = author_with_book()
    with pytest.raises(PermissionDenied):
        import_book(small_book(chapters=1).open(), by=user)
    own.delete()
    Author.objects.get(user=user).delete()
    assert snapshot() == before


def test_an_editor_imports_any_book_and_is_named_in_its_past() -> None:
    editor = person("editor")
    import_book(small_book().open(), by=editor)
    epub = small_book()
    epub.files["OPS/c2.xhtml"] = str(epub.files["OPS/c2.xhtml"]).replace("day 2.", "day two.")
    import_book(epub.open(), by=editor)
    assert Revision.objects.get().created_by == editor

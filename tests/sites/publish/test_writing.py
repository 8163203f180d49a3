"""Books and chapters through the writing desk's forms: made, changed, published, never lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sites.books.models import Author, Book, Chapter, Revision, Status, Tag
from tests.sites.desk.forms import edit, fields_of, form_of
from tests.sites.desk.people import SmallHouse


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def author(house: SmallHouse) -> Client:
    return house.visitor("publish", "author")


@pytest.fixture
def editor(house: SmallHouse) -> Client:
    return house.visitor("publish", "editor")


def test_an_author_makes_a_book_and_writes_in_it(
    house: SmallHouse, author: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = edit(
            author, "/books/book/add/", title="Kopi Pahit", genres=[house.genre.pk], tags=[]
        )
    assert made.status_code == 302
    book = Book.objects.get(title="Kopi Pahit")
    assert (book.slug, book.author_names, book.status) == ("kopi-pahit", "Penulis Laut", "draft")
    assert list(book.genres.all()) == [house.genre]
    assert book.cover.name
    added = edit(
        author,
        f"/books/chapter/add/?book={book.pk}",
        title="Pagi",
        text="Air mendidih.\r\n\r\nIbu diam.",
        status="published",
    )
    assert added.status_code == 302
    chapter = book.chapters.get()
    assert (chapter.number, chapter.words, chapter.status) == (1, 4, Status.PUBLISHED)
    assert chapter.text.count("<p id=") == 2
    changed = edit(author, f"/books/book/{book.pk}/change/", subtitle="Cerita", status="published")
    assert changed.status_code == 302
    book.refresh_from_db()
    # A form does not publish a book: that is for the editors to decide.
    assert (book.subtitle, book.status) == ("Cerita", Status.DRAFT)


def test_saving_what_is_published_untouched_changes_nothing(
    house: SmallHouse, author: Client
) -> None:
    path = f"/books/chapter/{house.chapter.pk}/change/"
    edit(author, path, status="published")
    before = Chapter.objects.get(pk=house.chapter.pk)
    assert before.publish_at
    edit(author, path)
    after = Chapter.objects.get(pk=house.chapter.pk)
    assert (after.publish_at, after.updated_at) == (before.publish_at, before.updated_at)


def test_a_chapter_saved_meanwhile_does_not_overtake_its_books_form(
    house: SmallHouse, author: Client
) -> None:
    path = f"/books/book/{house.own.pk}/change/"
    opened = fields_of(author.get(path))
    edit(author, f"/books/chapter/{house.chapter.pk}/change/", title="Bab Baru")
    assert author.post(path, opened | {"subtitle": "Kumpulan"}).status_code == 302
    assert Book.objects.get(pk=house.own.pk).subtitle == "Kumpulan"


def test_saving_a_chapter_untouched_changes_nothing(house: SmallHouse, author: Client) -> None:
    text = '<p id="p-aaaaaaaa">Satu.</p>\n<ul>\n <li id="p-bbbbbbbb">dua</li>\n</ul>'
    Chapter.objects.filter(pk=house.chapter.pk).update(text=text)
    before = Chapter.objects.get(pk=house.chapter.pk)
    assert edit(author, f"/books/chapter/{before.pk}/change/").status_code == 302
    after = Chapter.objects.get(pk=before.pk)
    assert (after.text, after.updated_at) == (text, before.updated_at)
    assert Revision.objects.filter(chapter=before).count() == 1


def test_ids_are_out_of_the_writers_way_and_come_back(house: SmallHouse, author: Client) -> None:
    path = f"/books/chapter/{house.chapter.pk}/change/"
    shown = form_of(author.get(path))["text"].value()
    assert shown == "<p>Pasang.</p>"
    edit(author, path, text="<p>Baru.</p>\r\n\r\n<p>Pasang.</p>")
    stored = Chapter.objects.get(pk=house.chapter.pk).text
    assert '<p id="p-aaaaaaaa">Pasang.</p>' in stored
    revision = Revision.objects.filter(chapter=house.chapter).order_by("-number")[0]
    assert (revision.number, revision.created_by) == (2, house.people["author"])


def test_ids_that_notes_point_at_stay_in_sight(house: SmallHouse, author: Client) -> None:
    text = '<p id="p-aaaaaaaa">Kata<a href="#p-bbbbbbbb">1</a></p><p id="p-bbbbbbbb">Catatan.</p>'
    Chapter.objects.filter(pk=house.chapter.pk).update(text=text)
    shown = form_of(author.get(f"/books/chapter/{house.chapter.pk}/change/"))["text"].value()
    assert 'id="p-bbbbbbbb"' in shown
    assert 'id="p-aaaaaaaa"' not in shown


def test_a_stale_chapter_comes_back_with_every_word(house: SmallHouse, author: Client) -> None:
    path = f"/books/chapter/{house.chapter.pk}/change/"
    mine = fields_of(author.get(path)) | {"text": "<p>Tulisanku yang panjang.</p>"}
    editor = house.visitor("publish", "editor")
    assert edit(editor, path, text="<p>Tulisan editor.</p>").status_code == 302

    refused = author.post(path, mine)
    assert refused.status_code == 200
    page = refused.content.decode()
    assert "Somebody saved this at" in page
    assert "Tulisanku yang panjang." in page
    assert "Tulisan editor." in Chapter.objects.get(pk=house.chapter.pk).text

    again = author.post(path, fields_of(refused))
    assert again.status_code == 302
    assert "Tulisanku yang panjang." in Chapter.objects.get(pk=house.chapter.pk).text
    kept = Revision.objects.filter(chapter=house.chapter).order_by("-number")[0]
    assert "Tulisan editor." in kept.text


def test_a_stale_form_that_agrees_with_what_is_stored_is_no_collision(
    house: SmallHouse, author: Client
) -> None:
    path = f"/books/chapter/{house.chapter.pk}/change/"
    mine = fields_of(author.get(path)) | {"text": "<p>Sama.</p>"}
    edit(house.visitor("publish", "editor"), path, text="<p>Sama.</p>")
    assert author.post(path, mine).status_code == 302


def test_a_stale_book_comes_back_and_says_what_differs(house: SmallHouse, author: Client) -> None:
    path = f"/books/book/{house.own.pk}/change/"
    mine = fields_of(author.get(path)) | {"subtitle": "Dariku"}
    edit(
        house.visitor("publish", "editor"), path, opening_line="Laut tahu.", subtitle="Dari editor"
    )
    page = author.post(path, mine).content.decode()
    assert "subtitle, opening line" in page
    assert Book.objects.get(pk=house.own.pk).subtitle == "Dari editor"


def test_a_form_without_its_version_overwrites_nothing(house: SmallHouse, author: Client) -> None:
    path = f"/books/chapter/{house.chapter.pk}/change/"
    sent = fields_of(author.get(path)) | {"text": "<p>Lain.</p>", "version": ""}
    assert author.post(path, sent).status_code == 200
    assert "Pasang." in Chapter.objects.get(pk=house.chapter.pk).text


def test_a_chapter_deleted_meanwhile_is_missing(house: SmallHouse, author: Client) -> None:
    path = f"/books/chapter/{house.chapter.pk}/change/"
    sent = fields_of(author.get(path))
    house.chapter.delete()
    assert author.post(path, sent).status_code == 404


def test_a_text_beyond_the_limit_comes_back_with_the_reason(
    house: SmallHouse, author: Client
) -> None:
    answer = edit(author, f"/books/chapter/{house.chapter.pk}/change/", text="a" * 2_000_001)
    assert answer.status_code == 200
    assert "divide it into several chapters" in str(form_of(answer).errors["text"])


def test_what_an_action_refuses_comes_back_as_it_was_typed(house: SmallHouse) -> None:
    """An author's role without an author's name: the form says so, and keeps the title."""
    Author.objects.filter(user=house.people["author"]).update(user=None)
    answer = edit(house.visitor("publish", "author"), "/books/book/add/", title="Kopi Pahit")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "no author&#x27;s name yet." in page
    assert "Kopi Pahit" in page
    assert not Book.objects.filter(title="Kopi Pahit").exists()


def test_scripts_do_not_get_into_a_chapter(house: SmallHouse, author: Client) -> None:
    edit(
        author,
        f"/books/chapter/{house.chapter.pk}/change/",
        text='<p onclick="x()">Laut</p><script>alert(1)</script>',
    )
    stored = Chapter.objects.get(pk=house.chapter.pk).text
    assert "script" not in stored
    assert "onclick" not in stored


def test_a_revision_is_shown_and_not_run(house: SmallHouse, author: Client) -> None:
    Revision.objects.filter(pk=house.revision.pk).update(text="</textarea><script>x</script>")
    page = author.get(f"/books/revision/{house.revision.pk}/change/").content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
    assert author.post(f"/books/revision/{house.revision.pk}/change/", {}).status_code == 403


def test_the_manuscript_runs_in_its_books_direction(house: SmallHouse, author: Client) -> None:
    Book.objects.filter(pk=house.own.pk).update(language="ar", direction="rtl")
    page = author.get(f"/books/chapter/{house.chapter.pk}/change/").content.decode()
    area = page[page.index('<textarea name="text"') :].partition(">")[0]
    assert 'dir="rtl"' in area
    assert 'lang="ar"' in area


def test_an_editor_sets_the_names_on_a_cover(house: SmallHouse, editor: Client) -> None:
    path = f"/books/book/{house.own.pk}/change/"
    toba = Author.objects.create(name="Toba", slug="toba")
    answer = edit(
        editor,
        path,
        **{
            "authorships-TOTAL_FORMS": "2",
            "authorships-1-author": str(toba.pk),
            "authorships-1-role": "author",
            "authorships-1-position": "0",
            "authorships-1-book": str(house.own.pk),
        },
    )
    assert answer.status_code == 302
    assert Book.objects.get(pk=house.own.pk).author_names == "Toba, Penulis Laut"


def test_editors_keep_the_catalogue(editor: Client) -> None:
    assert edit(editor, "/books/tag/add/", name="hujan", slug="hujan").status_code == 302
    tag = Tag.objects.get(slug="hujan")
    assert edit(editor, f"/books/tag/{tag.pk}/change/", name="Hujan").status_code == 302
    assert Tag.objects.get(slug="hujan").name == "Hujan"
    assert edit(editor, "/books/author/add/", name="Toba", slug="toba").status_code == 302
    assert Author.objects.get(slug="toba").user is None


def test_an_editor_links_no_account_to_an_author(house: SmallHouse, editor: Client) -> None:
    author = Author.objects.get(user=house.people["author"])
    edit(editor, f"/books/author/{author.pk}/change/", user=str(house.people["editor"].pk))
    assert Author.objects.get(pk=author.pk).user == house.people["author"]

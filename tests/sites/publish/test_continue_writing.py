"""The writing desk's first screen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sites.books.actions.write_chapter import write_chapter
from sites.books.models import Book, Chapter
from sites.publish.continue_writing import LONGEST_SENTENCE, continue_writing, last_sentence
from tests.sites.desk.people import SmallHouse

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ("<p>Satu. Dua.</p><p>Tiga! Empat?</p>", "Empat?"),
        ("<p>“Pulang,” katanya. “Sekarang.”</p>", "“Sekarang.”"),
        ("<p>Tanpa titik</p><p><br></p><hr>", "Tanpa titik"),
        ("<p>Satu.</p><ul><li><em>dua</em> tiga</li></ul>", "dua tiga"),
        ('ass="x">ujung. Lalu pulang.</p>', "Lalu pulang."),
        ("ujung kalimat. Lalu pulang.</p>", "Lalu pulang."),
        ("lalu &amp; pulang", "lalu & pulang"),
        ("<p>吾輩は猫である。名前はまだ無い。</p>", "名前はまだ無い。"),
        ("", ""),
        ("<p>…</p>", ""),
    ],
)
def test_the_last_sentence_of_a_text(end: str, sentence: str) -> None:
    assert last_sentence(end) == sentence


def test_of_a_long_sentence_the_end_is_shown() -> None:
    shown = last_sentence(f"<p>{'kata ' * 100}akhir.</p>")
    assert shown.startswith("…kata")
    assert shown.endswith("akhir.")
    assert len(shown) <= LONGEST_SENTENCE


def test_the_book_that_was_written_in_last_comes_first(house: SmallHouse) -> None:
    author, editor = house.people["author"], house.people["editor"]
    second = Book.objects.create(title="Angin", slug="angin")
    second.authorships.create(author=author.author)
    text = "<p>Pagi itu. Air naik.</p>"
    write_chapter(Chapter(book=house.own), title="Dua", text=text, by=author, now=NOW)
    first, other = continue_writing(author)
    assert (first.book, first.last_sentence) == (house.own, "Air naik.")
    assert first.chapter is not None
    assert first.chapter.title == "Dua"
    assert (other.book, other.chapter, other.last_sentence) == (second, None, "")
    assert len(continue_writing(editor)) == 3


def test_the_screen_leads_on_to_the_chapter(house: SmallHouse) -> None:
    page = house.visitor("publish", "author").get("/").content.decode()
    assert f'href="/books/chapter/{house.chapter.pk}/change/"' in page
    assert "Pasang." in page
    assert "Danau" not in page


def test_an_empty_desk_has_one_way_on(house: SmallHouse) -> None:
    Book.objects.filter(pk=house.own.pk).delete()
    page = house.visitor("publish", "author").get("/").content.decode()
    assert 'href="/books/book/add/"' in page

"""Books of both versions, as their files tell them."""

from __future__ import annotations

import pytest
from django.utils import translation

from sites.books.importers.book import ImportedBook, Stage
from sites.books.importers.epub import read_epub
from sites.books.text.clean import clean_html
from tests.sites.books.importers.epub_builder import WORDS, Epub, page, picture, small_book


def titles(book: ImportedBook) -> list[str]:
    return [chapter.title for chapter in book.chapters]


@pytest.mark.parametrize(
    ("version", "contents"), [("3.0", "nav"), ("3.0", "both"), ("2.0", "ncx"), ("3.3", "nav")]
)
def test_a_book_of_either_version(version: str, contents: str) -> None:
    book = read_epub(small_book(version=version, contents=contents).open())
    assert book.title == "The Small Book"
    assert book.identifier == "urn:test:small-book"
    assert book.language == "en"
    assert [(name.name, name.role) for name in book.authors] == [("Ann Author", "author")]
    assert titles(book) == ["Chapter 1", "Chapter 2", "Chapter 3"]
    assert [chapter.source for chapter in book.chapters] == [f"OPS/c{n}.xhtml" for n in (1, 2, 3)]
    assert book.notes == []


def test_without_any_contents_the_spine_and_the_headings_have_to_do() -> None:
    book = read_epub(small_book(contents="").open())
    assert titles(book) == ["Chapter 1", "Chapter 2", "Chapter 3"]


def test_without_a_spine_the_manifest_has_to_do() -> None:
    epub = small_book()
    epub.spine = []
    assert titles(read_epub(epub.open())) == ["Chapter 1", "Chapter 2", "Chapter 3"]


def test_a_container_that_leads_nowhere_is_forgiven() -> None:
    epub = small_book()
    epub.instead["META-INF/container.xml"] = "<container/>"
    assert len(read_epub(epub.open()).chapters) == 3


def test_the_title_is_not_repeated_in_the_text() -> None:
    chapter = read_epub(small_book().open()).chapters[0]
    assert chapter.title == "Chapter 1"
    assert "<h2" not in chapter.html
    assert chapter.html.count("<p ") == 2


def test_the_texts_are_clean_and_counted() -> None:
    for chapter in read_epub(small_book().open()).chapters:
        assert clean_html(chapter.html) == chapter.html
        assert chapter.words == len(WORDS.split()) + 4


def test_progress_is_told_for_each_page() -> None:
    told: list[tuple[int, int, Stage]] = []
    read_epub(small_book().open(), progress=lambda *step: told.append(step))
    assert told == [(n, 3, Stage.READING) for n in range(4)]


def test_reading_twice_gives_the_same_book() -> None:
    epub = small_book().file("a.png", picture(), "image/png")
    epub.page("p.xhtml", '<p>x</p><img src="a.png" alt="A"/>', toc_title="P")
    assert read_epub(epub.open()) == read_epub(epub.open())


def test_metadata_of_epub_3() -> None:
    epub = small_book()
    epub.metadata = """
        <dc:title id="t2">A Second Line</dc:title>
        <meta refines="#t2" property="title-type">subtitle</meta>
        <dc:creator id="b">Bea Second</dc:creator>
        <meta refines="#b" property="display-seq">2</meta>
        <dc:creator id="a">Ann First</dc:creator>
        <meta refines="#a" property="display-seq">1</meta>
        <dc:contributor id="c">Tom Translator</dc:contributor>
        <meta refines="#c" property="role" scheme="marc:relators">trl</meta>
        <dc:contributor id="d">Ed Markup</dc:contributor>
        <meta refines="#d" property="role">mrk</meta>
        <dc:subject>Sea</dc:subject><dc:subject>Sea</dc:subject><dc:subject>Boats</dc:subject>
        <dc:description>&lt;p&gt;One &amp;amp; two.&lt;/p&gt;&lt;p&gt;Three.&lt;/p&gt;</dc:description>
    """
    book = read_epub(epub.open())
    assert (book.title, book.subtitle) == ("The Small Book", "A Second Line")
    assert [(name.name, name.role) for name in book.authors] == [
        ("Ann First", "author"),
        ("Bea Second", "author"),
        ("Tom Translator", "translator"),
    ]
    assert book.subjects == ["Sea", "Boats"]
    assert book.description == "One & two.\n\nThree."


def test_metadata_of_epub_2() -> None:
    epub = small_book(version="2.0", contents="ncx", language="id_ID")
    epub.metadata = (
        '<dc:creator opf:role="aut">Ann Author</dc:creator>'
        '<dc:creator opf:role="ill">Ina Drawer</dc:creator>'
        "<dc:contributor>Some Tool</dc:contributor>"
    )
    book = read_epub(epub.open())
    assert [(name.name, name.role) for name in book.authors] == [
        ("Ann Author", "author"),
        ("Ina Drawer", "illustrator"),
    ]
    assert book.language == "id-ID"


def test_a_book_without_identifier_is_known_by_its_names() -> None:
    first = read_epub(small_book(identifier=None).open())  # type: ignore[arg-type]
    second = read_epub(small_book(chapters=5, identifier=None).open())  # type: ignore[arg-type]
    other = read_epub(small_book(title="Another", identifier=None).open())  # type: ignore[arg-type]
    assert first.identifier.startswith("sha256:")
    assert first.identifier == second.identifier != other.identifier


@pytest.mark.parametrize("missing", ["", "und", "not a language", "<b/>"])
def test_a_missing_language_is_english(missing: str) -> None:
    assert read_epub(small_book(language=missing).open()).language == "en"


def test_a_book_without_title_is_called_by_its_pages() -> None:
    epub = Epub(title="").page("a.xhtml", f"<p>{WORDS}</p>", title="From the page")
    assert read_epub(epub.open()).title == "From the page"


def test_arabic_runs_from_right_to_left() -> None:
    book = read_epub(small_book(language="ar").open())
    assert (book.direction, book.writing_mode) == ("rtl", "horizontal-tb")


def test_pages_that_say_rtl_make_the_book_so() -> None:
    epub = Epub(language="ku").page("a.xhtml", f"<p>{WORDS}</p>", html='dir="rtl"')
    assert read_epub(epub.open()).direction == "rtl"


def test_vertical_japanese_turns_right_to_left_but_is_not_rtl() -> None:
    epub = Epub(language="ja", spine_attributes='page-progression-direction="rtl"')
    epub.file("v.css", "html { -epub-writing-mode: vertical-rl; }", "text/css")
    link = '<link rel="stylesheet" href="v.css" type="text/css"/>'
    epub.page("a.xhtml", "<p>吾輩は猫である。</p>", head=link)
    book = read_epub(epub.open())
    assert (book.direction, book.writing_mode) == ("ltr", "vertical-rl")


def test_a_title_in_the_contents_that_says_nothing_gives_way_to_the_heading() -> None:
    epub = Epub(landmarks='<li><a epub:type="bodymatter" href="a.xhtml">Begin reading</a></li>')
    body = f"<header><h2>Chapter two</h2><h1>What is the sea?</h1></header><p>{WORDS}</p>"
    epub.page("a.xhtml", body, toc_title="Begin Reading")
    chapter = read_epub(epub.open()).chapters[0]
    assert chapter.title == "Chapter two: What is the sea?"
    assert "<h2" not in chapter.html


def test_the_text_begins_where_the_landmarks_say() -> None:
    epub = Epub(landmarks='<li><a epub:type="bodymatter" href="b.xhtml">Text</a></li>')
    epub.page("a.xhtml", f"<h1>Preface</h1><p>{WORDS * 20}</p>", toc_title="Preface")
    epub.page("b.xhtml", f"<h1>One</h1><p>{WORDS}</p>", toc_title="One")
    assert [chapter.is_story for chapter in read_epub(epub.open()).chapters] == [False, True]


def test_the_text_begins_after_what_calls_itself_front_matter() -> None:
    epub = Epub()
    for kind, title in (("frontmatter preface", "Preface"), ("bodymatter chapter", "One")):
        body = f'<section epub:type="{kind}"><h1>{title}</h1><p>{WORDS * 20}</p></section>'
        epub.page(f"{title}.xhtml", body, toc_title=title)
    assert [chapter.is_story for chapter in read_epub(epub.open()).chapters] == [False, True]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1", "windows-1252"])
def test_pages_in_other_encodings(encoding: str) -> None:
    name = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    text = page(f"<p>Café “naïve” {WORDS}</p>".replace("“", '"').replace("”", '"'))
    epub = Epub().page("a.xhtml", "x", toc_title="A")
    epub.files["OPS/a.xhtml"] = text.replace("utf-8", name, 1).encode(encoding)
    assert 'Café "naïve"' in read_epub(epub.open()).chapters[0].html


def test_named_entities_need_no_dtd() -> None:
    doctype = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/x.dtd">'
    epub = Epub().page("a.xhtml", f"<p>a&nbsp;&mdash;&eacute;&unknown; &lt;b&gt; {WORDS}</p>")
    text = str(epub.files["OPS/a.xhtml"])
    epub.files["OPS/a.xhtml"] = text.replace("<!DOCTYPE html>", doctype)
    assert "a&nbsp;—é&amp;unknown; &lt;b&gt;" in read_epub(epub.open()).chapters[0].html


def test_malformed_pages_are_read_as_browsers_do() -> None:
    epub = Epub().page("a.xhtml", f"<p>One & two<p>Three<br>four <b>five</p><p>{WORDS}")
    html = read_epub(epub.open()).chapters[0].html
    assert "One &amp; two</p>" in html
    assert "Three<br>four <b>five</b></p>" in html


def test_part_names_may_have_spaces_accents_and_another_case() -> None:
    epub = Epub(contents="both")
    epub.page("Kapitel über alles.xhtml", f"<p>{WORDS}</p>")
    epub.manifest[-1] = epub.manifest[-1].replace(
        "Kapitel über alles.xhtml", "KAPITEL%20%C3%BCber%20alles.xhtml"
    )
    assert len(read_epub(epub.open()).chapters) == 1


@pytest.mark.parametrize(
    ("language", "title"), [("id", "Halaman judul"), ("en", "Title page"), ("ar", "Title page")]
)
def test_titles_that_the_house_makes_up_are_in_the_books_language(
    language: str, title: str
) -> None:
    book = Epub(language=language).page(
        "t.xhtml", '<section epub:type="titlepage"><p>By Ann.</p></section>'
    )
    book.page("c1.xhtml", "<h1>One</h1><p>Words.</p>", toc_title="One")
    with translation.override("id" if language != "id" else "en"):
        made = read_epub(book.open())
    assert made.chapters[0].title == title

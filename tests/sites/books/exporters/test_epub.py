"""Editions that epubcheck takes without a word, and that come back to the letter."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.demo.load import load_demo
from sites.books.exporters import limits
from sites.books.exporters.edition import read_edition, version_of
from sites.books.exporters.epub import write_epub
from sites.books.exporters.errors import ExportTakesTooLong, NothingToExport, TooMuchToExport
from sites.books.models import Author, Authorship, Book, Chapter, Status
from sites.books.text.clean import clean_html
from sites.books.text.paragraphs import assign_paragraph_ids
from sites.books.text.words import word_count
from tests.sites.books.exporters.checked import (
    assert_comes_back,
    bring_back,
    exported,
    faults,
    texts,
)
from tests.sites.books.exporters.test_properties import ATTRIBUTES, NAMES
from tests.sites.books.importers.epub_builder import picture

pytestmark = pytest.mark.django_db(transaction=True)

FORMULA = (
    "<math><mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mn>1</mn></mrow></mfrac>"
    '<msup><mi mathvariant="bold">x</mi><mn>2</mn></msup></math>'
)
NOTES = (
    '<p>Said<a role="doc-noteref" href="#p-aaaaaaaa">1</a> she.</p>'
    '<aside role="doc-footnote"><p id="p-aaaaaaaa">Did she? '
    '<a role="doc-backlink" href="#p-aaaaaaab">back</a></p></aside>'
    '<section role="doc-endnotes"><p>More.</p></section>'
)
#: What HTML forgives, and XHTML's schema does not.
FORGIVEN = (
    "<ul><p>loose</p><li value='3'>item</li></ul><dl><dd>no term</dd></dl>"
    "<dl><dt>term<h3>head</h3></dt><dd>said</dd><dt>alone</dt></dl>"
    "<figure><p>a</p><figcaption>in between</figcaption><p>b</p></figure>"
    "<table><tr><td colspan='0'>1</td><th scope='sideways'><h2>x</h2></th></tr>"
    "<caption>late</caption></table><p><bdo>x</bdo> <dfn>a <dfn>b</dfn></dfn></p>"
    "<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby> <rt>stray</rt> <ruby>x</ruby></p>"
    "<p lang='x-klingon-very'>x</p><p>line<br>end&nbsp;&amp;&lt;tag&gt; “—” 🐋</p><hr class='break'>"
    "<p><a href='https://example.org/a|b[c]'>odd</a> <a href='https://example.org/?q=1#x'>web</a> "
    "<a href='mailto:a@example.org'>mail</a></p><pre>a\n  b\n\n c</pre><ol reversed start='5'><li>x</ol>"
    "<blockquote><p class='indent'>q</p></blockquote><p><span class='small-caps'>Caps</span></p>"
)
BROKEN_FORMULA = "<p>Half <math display='block'><mfrac><mi>a</mi></mfrac>words<mo lspace='wide'>+</mo></math></p>"


def book_of(*contents: str, title: str = "A book", **facts: str) -> Book:
    """A book with chapters of this HTML, with a drawn cover."""
    book = Book.objects.create(title=title, slug="a-book", **facts)
    name = Author.objects.create(name="Ann Author & Söhne", slug="ann")
    Authorship.objects.create(book=book, author=name)
    translator = Author.objects.create(name="Übersetzer", slug="u")
    Authorship.objects.create(book=book, author=translator, role="translator", position=2)
    for number, content in enumerate(contents, start=1):
        text = assign_paragraph_ids(clean_html(content))
        Chapter.objects.create(
            book=book, number=number, title=f"Chapter <{number}>", text=text, words=word_count(text)
        )
    assert draw_missing_cover(book.pk)
    book.refresh_from_db()
    return book


#: All that can be odd at once stands in one book: a Java for each takes four seconds.
BOOKS = {
    "odd texts and facts": (
        ("<p>Once.</p>", "", NOTES, f"<p>Let {FORMULA} be.</p>", BROKEN_FORMULA, FORGIVEN),
        {
            "title": "  <b>&\"'\u202e 日本 \t\x0b]]> \ufffe" * 5,
            "subtitle": "Or: <less>",
            "synopsis": "One & two.\n\nThree <4>.",
            "identifier": "urn:isbn:9780306406157",
        },
    ),
    "right to left": (("<p>كان يا ما كان</p>",), {"language": "ar", "direction": "rtl"}),
    "vertical": (("<p>昔々</p>",), {"language": "ja", "writing_mode": "vertical-rl"}),
    "odd language": (("<p>x</p>",), {"language": "en-abcdefgh-ab"}),
}


@pytest.mark.parametrize("name", BOOKS)
def test_an_odd_book_goes_out_without_fault_and_comes_back(name: str, tmp_path: Path) -> None:
    contents, facts = BOOKS[name]
    book = book_of(*contents, **facts)
    content = exported(book)
    assert faults(content, tmp_path) == []
    assert_comes_back(book, content)


def test_pictures_and_links_between_chapters_go_out_and_come_back(tmp_path: Path) -> None:
    key = "pictures/0123456789abcdef0123456789abcdef.webp"
    default_storage.save(key, ContentFile(picture(40, 30, kind="WEBP")))
    shown = f'<figure><img src="media:{key}" width="40" height="30"></figure>'
    lost = '<p><img src="media:pictures/lost.webp" alt="Lost"> gone</p>'
    book = book_of(shown + lost, "<p>Second.</p>", "<p>Third.</p>")
    first, second, third = book.chapters.in_order()
    paragraph = second.text[7:17]
    first.text = assign_paragraph_ids(
        first.text + f'<p><a href="chapter:{second.uid}#{paragraph}">to it</a>, '
        f'<a href="chapter:{second.uid}#p-zzzzzzzz">to none</a>, '
        f'<a href="chapter:{third.uid}">third</a>, <a href="chapter:nowhere">nowhere</a></p>',
        first.text,
    )
    first.save()
    content = exported(book)
    assert faults(content, tmp_path) == []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        page = archive.read(f"EPUB/text/{first.uid}.xhtml").decode()
    assert f'href="{second.uid}.xhtml#{paragraph}"' in page
    assert f'href="{third.uid}.xhtml"' in page
    assert f'src="../{key}"' in page
    assert_comes_back(book, content)


@pytest.mark.timeout(600)  # a Java for each of twelve books
@pytest.mark.parametrize("most", [3, pytest.param(100, marks=pytest.mark.soak)])
def test_every_demo_book_goes_out_without_fault_and_comes_back(tmp_path: Path, most: int) -> None:
    load_demo(now=timezone.now())
    books = list(Book.objects.order_by("slug")[:most])
    assert len(books) >= 3
    for book in books:
        content = exported(book)
        assert faults(content, tmp_path) == [], book.title
        assert_comes_back(book, content)


def test_texts_of_any_tags_go_out_without_fault_and_come_back(tmp_path: Path) -> None:
    """One book of many texts: a Java takes seconds to start."""
    chance = random.Random(7)
    pieces = [
        *(f"<{name} {attribute}>" for name in NAMES for attribute in ("", *ATTRIBUTES)),
        *[f"</{name}>" for name in NAMES] * 9,
        *["word ", "x", "1", "漢", "<br>", "<hr>"] * 40,
    ]
    contents = ["".join(chance.choices(pieces, k=30)) for _ in range(150)]
    book = book_of(*contents)
    content = exported(book)
    assert faults(content, tmp_path) == []
    assert_comes_back(book, content)


def test_the_same_content_gives_the_same_bytes() -> None:
    book = book_of("<p>Once.</p>")
    assert exported(book) == exported(Book.objects.get())


def test_an_edition_says_who_wrote_it_and_how_it_can_be_read() -> None:
    book = book_of(f"<p>{FORMULA}</p>", subtitle="Or less", language="id")
    with zipfile.ZipFile(io.BytesIO(exported(book))) as archive:
        package = archive.read("EPUB/package.opf").decode()
        assert archive.namelist()[0] == "mimetype"
        assert b"Isi" in archive.read("EPUB/nav.xhtml") or b"Contents" in archive.read(
            "EPUB/nav.xhtml"
        )
    for line in (
        '<meta refines="#p1" property="role" scheme="marc:relators">aut</meta>',
        '<meta refines="#p2" property="role" scheme="marc:relators">trl</meta>',
        '<meta property="schema:accessMode">textual</meta>',
        '<meta property="schema:accessibilityFeature">MathML</meta>',
        '<meta property="schema:accessibilityHazard">none</meta>',
        'properties="mathml"',
        "tag:",
    ):
        assert line in package
    assert "conformsTo" not in package


def test_the_edition_of_readers_has_what_is_out_alone() -> None:
    book = book_of("<p>Out.</p>", "<p>Draft.</p>")
    with pytest.raises(NothingToExport, match=r"^“A book” has no chapter to export: "):
        exported(book, drafts=False)
    Book.objects.update(status=Status.PUBLISHED)
    Chapter.objects.filter(number=1).update(status=Status.PUBLISHED)
    with zipfile.ZipFile(io.BytesIO(exported(book, drafts=False))) as archive:
        pages = [name for name in archive.namelist() if name.startswith("EPUB/text/")]
    assert pages == [f"EPUB/text/{book.chapters.get(number=1).uid}.xhtml"]


def test_the_edition_of_readers_comes_back_and_leaves_the_drafts_where_they_are() -> None:
    book = book_of("<p>Out.</p>", "<p>Draft.</p>", "<p>Out, too.</p>")
    Book.objects.update(status=Status.PUBLISHED)
    Chapter.objects.exclude(number=2).update(status=Status.PUBLISHED)
    before = texts(book)
    assert bring_back(exported(book, drafts=False)).chapters_unchanged == 2
    assert texts(book) == before


def test_an_edition_of_another_house_is_another_book() -> None:
    """Here the row of that number is another book, made at another moment."""
    book = book_of("<p>Once upon a time.</p>")
    content = exported(book)
    Book.objects.update(created_at=timezone.now())
    result = bring_back(content)
    assert result.created
    assert result.book != book


def test_a_changed_page_of_an_edition_changes_its_chapter_alone() -> None:
    book = book_of("<p>The tide came in.</p><p>Boats.</p>", "<p>Second.</p>")
    before = texts(book)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(exported(book))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"Boats.", b"<script>x</script>Ships."))
    result = bring_back(out.getvalue())
    assert (result.chapters_changed, result.chapters_unchanged) == (1, 1)
    after = texts(book)
    assert after[1] == before[1]
    assert after[0][3] == before[0][3].replace("Boats.", "Ships.")


def test_a_version_changes_with_the_text_and_with_nothing_else() -> None:
    book = book_of("<p>Once.</p>")
    now = timezone.now()
    version = version_of(book, drafts=True, now=now)
    assert version_of(Book.objects.get(), drafts=True, now=now) == version
    chapter = book.chapters.get()
    chapter.text = "<p>Twice.</p>"
    chapter.save()
    assert version_of(Book.objects.get(), drafts=True, now=now) != version


def test_what_is_too_large_or_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    book = book_of("<p>Once.</p>", "<p>Twice.</p>")
    edition = read_edition(book, drafts=True, now=timezone.now())
    times = iter([0.0, *[limits.SECONDS + 1] * 9])
    with pytest.raises(ExportTakesTooLong, match="60 seconds"):
        write_epub(edition, io.BytesIO(), clock=lambda: next(times))
    monkeypatch.setattr(limits, "CHAPTERS", 1)
    with pytest.raises(TooMuchToExport, match="divide it into volumes"):
        exported(book)
    monkeypatch.setattr(limits, "TEXT", 10)
    with pytest.raises(TooMuchToExport):
        exported(book)

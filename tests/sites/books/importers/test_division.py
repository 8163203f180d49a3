"""How pages become chapters."""

from __future__ import annotations

from sites.books.importers.book import ImportedBook
from sites.books.importers.division import LONG_CHAPTER
from sites.books.importers.epub import read_epub
from tests.sites.books.importers.epub_builder import WORDS, Epub, picture

LONG = f"<p>{WORDS}</p>" * (LONG_CHAPTER // len(WORDS.split()) + 1)


def read(epub: Epub) -> ImportedBook:
    return read_epub(epub.open())


def titles(epub: Epub) -> list[str]:
    return [chapter.title for chapter in read(epub).chapters]


def section(name: str, title: str, text: str = f"<p>{WORDS}</p>", inner: str = "") -> str:
    return f'<section id="{name}"><h2>{title}</h2>{text}{inner}</section>'


def test_one_file_is_divided_where_the_contents_say() -> None:
    epub = Epub().page("a.xhtml", section("x", "One") + section("y", "Two"))
    epub.entry("One", "a.xhtml#x").entry("Two", "a.xhtml#y")
    book = read(epub)
    assert [chapter.title for chapter in book.chapters] == ["One", "Two"]
    assert [chapter.source for chapter in book.chapters] == ["OPS/a.xhtml#x", "OPS/a.xhtml#y"]


def test_what_stands_before_the_first_named_place_is_a_chapter_of_its_own() -> None:
    epub = Epub().page("a.xhtml", "<h1>The Small Book</h1><p>Ann Author</p>" + section("x", "One"))
    epub.entry("One", "a.xhtml#x")
    book = read(epub)
    assert [chapter.title for chapter in book.chapters] == ["The Small Book", "One"]
    assert "Ann Author" in book.chapters[0].html


def test_headings_before_the_named_place_belong_to_it() -> None:
    body = f'<h1>One</h1><h3>in which it begins</h3><p id="x">{WORDS}</p>'
    epub = Epub().page("a.xhtml", body).entry("One", "a.xhtml#x")
    book = read(epub)
    assert [chapter.title for chapter in book.chapters] == ["One"]
    assert ">in which it begins</h2>" in book.chapters[0].html


def test_a_short_chapter_with_sections_stays_whole() -> None:
    inner = section("x1", "One A") + section("x2", "One B")
    epub = Epub().page("a.xhtml", section("x", "One", inner=inner) + section("y", "Two"))
    for title, place, depth in (("One", "x", 0), ("A", "x1", 1), ("B", "x2", 1), ("Two", "y", 0)):
        epub.entry(title, f"a.xhtml#{place}", depth)
    assert titles(epub) == ["One", "Two"]


def test_a_long_chapter_is_divided_at_the_next_level() -> None:
    deep = section("x2a", "Deep", LONG) + section("x2b", "Deeper", LONG)
    inner = section("x1", "A", LONG) + section("x2", "B", f"<p>{WORDS}</p>", deep)
    epub = Epub().page("a.xhtml", section("x", "One", "", inner) + section("y", "Two"))
    epub.entry("One", "a.xhtml#x").entry("A", "a.xhtml#x1", 1).entry("B", "a.xhtml#x2", 1)
    epub.entry("Deep", "a.xhtml#x2a", 2).entry("Deeper", "a.xhtml#x2b", 2).entry("Two", "a.xhtml#y")
    book = read(epub)
    assert [chapter.title for chapter in book.chapters] == ["A", "B", "Deep", "Deeper", "Two"]
    assert book.chapters[0].html.startswith("<h2")  # "One" heads its first part


def test_groups_without_an_address_do_not_count_as_a_level() -> None:
    inner = section("x1", "A", LONG) + section("x2", "B", LONG)
    epub = Epub().page("a.xhtml", section("x", "One", "", inner))
    epub.entry("One", "a.xhtml#x").entry("By somebody", "", 1).entry("A", "a.xhtml#x1", 2)
    epub.entry("B", "a.xhtml#x2", 1)
    assert titles(epub) == ["A", "B"]


def test_hidden_lines_never_divide() -> None:
    epub = Epub().page("a.xhtml", section("x", "One", LONG) + section("y", "Two", LONG))
    epub.instead["OPS/nav.xhtml"] = (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>'
        '<nav epub:type="toc"><ol><li><a href="a.xhtml">All</a><ol hidden="hidden">'
        '<li><a href="a.xhtml#x">One</a></li><li><a href="a.xhtml#y">Two</a></li></ol></li></ol>'
        "</nav></body></html>"
    )
    assert titles(epub) == ["All"]


def test_a_part_page_with_only_a_heading_goes_with_the_chapter_after_it() -> None:
    epub = Epub().page("p.xhtml", "<h1>Part One</h1>", toc_title="Part One")
    epub.page("a.xhtml", section("x", "A"), toc_title="A")
    book = read(epub)
    assert [chapter.title for chapter in book.chapters] == ["A"]
    assert book.chapters[0].html.startswith('<h2 id="')
    assert "Part One</h2>" in book.chapters[0].html


def test_a_page_that_the_contents_do_not_name_continues_the_chapter_before_it() -> None:
    epub = Epub().page("a1.xhtml", section("x", "A"), toc_title="A")
    epub.page("a2.xhtml", "<p>It goes on.</p>").page("b.xhtml", section("y", "B"), toc_title="B")
    book = read(epub)
    assert [chapter.title for chapter in book.chapters] == ["A", "B"]
    assert "It goes on." in book.chapters[0].html


def test_a_page_with_a_heading_of_its_own_is_a_chapter() -> None:
    epub = Epub().page("a.xhtml", section("x", "A"), toc_title="A")
    epub.page("z.xhtml", section("z", "About the author"))
    assert titles(epub) == ["A", "About the author"]


def test_pages_before_all_chapters_are_called_by_what_they_are() -> None:
    epub = Epub().page("d.xhtml", '<section epub:type="dedication"><p>For you.</p></section>')
    epub.page("q.xhtml", "<p>A motto.</p>", title="Motto")
    epub.page("t.xhtml", "<p>Something.</p>", title="The Small Book")
    epub.page("a.xhtml", section("x", "A"), toc_title="A")
    assert titles(epub) == ["Dedication", "Motto", "Part 3", "A"]


def test_a_long_file_without_contents_is_divided_at_its_headings() -> None:
    body = "".join(f"<h2>Chapter {n}</h2>{LONG}" for n in range(1, 4))
    epub = Epub(contents="").page("a.xhtml", "<h1>Book</h1><p>By A.</p>" + body)
    book = read(epub)
    assert [chapter.title for chapter in book.chapters] == [
        "Book",
        "Chapter 1",
        "Chapter 2",
        "Chapter 3",
    ]
    assert len({chapter.source for chapter in book.chapters}) == 4


def test_the_page_that_only_shows_the_cover_is_left_out() -> None:
    for body in (
        '<img src="c.png" alt="Cover"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<image xlink:href="c.png" width="4" height="3"/></svg>',
    ):
        epub = Epub().file("c.png", picture(), "image/png", 'properties="cover-image"')
        epub.page("cover.xhtml", body, toc_title="Cover")
        epub.page("a.xhtml", section("x", "A"), toc_title="A")
        book = read(epub)
        assert [chapter.title for chapter in book.chapters] == ["A"]
        assert book.cover is not None


def test_the_books_own_contents_page_is_left_out_and_links_to_it_lose_their_address() -> None:
    epub = Epub().page("toc.xhtml", '<section epub:type="toc"><h1>Contents</h1><p>1</p></section>')
    epub.page("a.xhtml", f'<p>{WORDS}<a href="toc.xhtml">back</a></p>', toc_title="A")
    book = read(epub)
    assert [chapter.title for chapter in book.chapters] == ["A"]
    assert "<a" not in book.chapters[0].html
    assert "back" in book.chapters[0].html


def test_what_is_kept_aside_goes_to_the_end_and_is_no_part_of_the_story() -> None:
    epub = Epub().page("n.xhtml", section("n", "Answers"), toc_title="Answers", linear=False)
    epub.page("a.xhtml", section("x", "A"), toc_title="A")
    book = read(epub)
    assert [(chapter.title, chapter.is_story) for chapter in book.chapters] == [
        ("A", True),
        ("Answers", False),
    ]


def test_headings_count_from_two_without_gaps() -> None:
    body = f"<h1>A</h1><p>{WORDS}</p><h3>b</h3><p>x</p><h5>c</h5><p>y</p><h3>d</h3><p>z</p>"
    html = read(Epub().page("a.xhtml", body, toc_title="A")).chapters[0].html
    assert [html[at + 1 : at + 3] for at in range(len(html)) if html.startswith("<h", at)] == [
        "h2",
        "h3",
        "h2",
    ]


def test_a_missing_fragment_leads_to_the_page() -> None:
    epub = Epub().page("a.xhtml", section("x", "A")).entry("A", "a.xhtml#nowhere")
    assert titles(epub) == ["A"]


def test_contents_that_lead_nowhere_or_in_circles_do_not_matter() -> None:
    epub = Epub().page("a.xhtml", section("x", "A"), toc_title="A")
    for _again in range(3):
        epub.entry("Nav", "nav.xhtml").entry("Gone", "gone.xhtml", 1).entry("A", "a.xhtml", 2)
    epub.entry("Out", "../../../etc/passwd").entry("Out", "https://x.example/")
    assert titles(epub) == ["A"]


def test_a_very_long_title_is_shortened() -> None:
    epub = Epub().page("a.xhtml", f"<p>{WORDS}</p>", toc_title="word " * 200)
    assert len(titles(epub)[0]) <= 300

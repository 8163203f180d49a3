"""What search engines, messengers and feed readers read: parsed, and true to the page."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree
from lxml import html as parser

from sites.books.models import Book, Chapter, Genre
from tests.house import visitor
from tests.sites.main.factory import draft, make_book

pytestmark = pytest.mark.django_db

MAIN, ROOM = "http://esensi.localhost:8000", "http://chapter.esensi.localhost:8000"
NASTY = 'Laut & "</script><script>alert(1)</script>'


@pytest.fixture
def book() -> Book:
    book = make_book("laut", author="Ratih", title=NASTY, synopsis="Garam & <b>air</b>.")
    book.genres.add(Genre.objects.create(slug="novel", name_en="Novel", name_id="Novel"))
    draft("angin", author="Toba")
    return book


def page(key: str, path: str) -> Any:
    answer = visitor(key).get(path)
    assert answer.status_code == 200
    return parser.fromstring(answer.content.decode())


def data(tree: Any) -> Any:
    scripts = tree.xpath('//script[@type="application/ld+json"]')
    assert len(scripts) == 1
    return json.loads(scripts[0].text)


def meta(tree: Any) -> dict[str, str]:
    return {one.get("property"): one.get("content") for one in tree.xpath("//meta[@property]")}


def test_a_book_says_what_it_is(book: Book) -> None:
    tree = page("main", "/books/laut/")
    said = data(tree)
    assert (said["@type"], said["name"], said["url"]) == ("Book", NASTY, f"{MAIN}/books/laut/")
    assert said["author"] == [{"@type": "Person", "name": "Ratih", "url": f"{MAIN}/authors/ratih/"}]
    assert (said["inLanguage"], said["genre"]) == ("en", ["Novel"])
    assert said["description"] == "Garam & <b>air</b>."
    assert not tree.xpath('//script[contains(text(), "alert(1)") and not(@type)]')


@pytest.mark.parametrize(
    ("key", "path", "kind"),
    [
        ("main", "/", "WebSite"),
        ("main", "/authors/ratih/", "Person"),
        ("chapter", "/laut/2/", "Chapter"),
    ],
)
def test_each_kind_of_page_says_what_it_is(key: str, path: str, kind: str, book: Book) -> None:
    said = data(page(key, path))
    assert (said["@context"], said["@type"]) == ("https://schema.org", kind)


def test_a_chapter_names_its_book_and_its_place_in_it(book: Book) -> None:
    said = data(page("chapter", "/laut/2/"))
    assert (said["position"], said["url"]) == (2, f"{ROOM}/laut/2/")
    assert said["isPartOf"]["url"] == f"{MAIN}/books/laut/"


def test_a_link_preview_has_a_title_a_sentence_and_a_picture(book: Book) -> None:
    Book.objects.filter(pk=book.pk).update(cover="covers/abc.svg")
    said = meta(page("main", "/books/laut/"))
    assert (said["og:type"], said["og:title"]) == ("book", NASTY)
    assert said["og:description"] == "Garam & <b>air</b>."
    # Messengers show no SVG.
    assert said["og:image"] == f"{MAIN}/media/covers/abc.png"
    assert meta(page("chapter", "/laut/2/"))["og:url"] == f"{ROOM}/laut/2/"


def test_a_cover_that_is_drawn_has_a_picture_for_messengers(book: Book) -> None:
    from django.core.files.storage import default_storage

    from sites.books.actions.draw_missing_cover import draw_missing_cover

    draw_missing_cover(book.pk)
    name = Book.objects.get(pk=book.pk).cover.name
    with default_storage.open(name.replace(".svg", ".png")) as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"


def test_the_canonical_address_is_on_the_host_that_was_asked(book: Book) -> None:
    for key, path, expected in (
        ("main", "/books/laut/?utm_source=x", f"{MAIN}/books/laut/"),
        ("chapter", "/laut/2/", f"{ROOM}/laut/2/"),
        ("main", "/about/", f"{MAIN}/about/"),
    ):
        assert page(key, path).xpath('//link[@rel="canonical"]/@href') == [expected]


def locations(key: str, path: str) -> list[str]:
    answer = visitor(key).get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml"
    tree = etree.fromstring(answer.content)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert tree.tag in (f"{space}sitemapindex", f"{space}urlset")
    for entry in tree:
        names = [child.tag.removeprefix(space) for child in entry]
        # The protocol's order, and nothing that it does not know.
        assert names in (["loc"], ["loc", "lastmod"])
    return [loc.text or "" for loc in tree.iter(f"{space}loc")]


def test_the_map_names_every_public_page_and_no_other(book: Book) -> None:
    files = locations("main", "/sitemap.xml")
    assert all(file.startswith(f"{MAIN}/sitemap-") for file in files)
    found = {place for file in files for place in locations("main", file.removeprefix(MAIN))}
    assert {f"{MAIN}/", f"{MAIN}/about/", f"{MAIN}/books/laut/", f"{MAIN}/genres/novel/"} <= found
    assert f"{MAIN}/authors/ratih/" in found
    assert not [place for place in found if "angin" in place or "toba" in place]
    for place in found:
        assert visitor("main").get(place.removeprefix(MAIN)).status_code == 200


def test_the_reading_room_maps_its_own_chapters(book: Book) -> None:
    files = locations("chapter", "/sitemap.xml")
    assert files == [f"{ROOM}/sitemap-chapters.xml"]
    found = locations("chapter", "/sitemap-chapters.xml")
    assert found == [f"{ROOM}/laut/{number}/" for number in (1, 2, 3)]


def test_a_long_map_has_several_files(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    from sites.chapter.sitemaps import PublishedChapters

    monkeypatch.setattr(PublishedChapters, "limit", 2)
    assert len(locations("chapter", "/sitemap.xml")) == 2
    assert len(locations("chapter", "/sitemap-chapters.xml?p=2")) == 1
    assert visitor("chapter").get("/sitemap-chapters.xml?p=99").status_code == 404


@pytest.mark.parametrize(("key", "table"), [("main", "books_book"), ("chapter", "books_chapter")])
def test_the_index_of_a_map_asks_for_numbers_and_reads_no_rows(
    key: str, table: str, book: Book
) -> None:
    newest = timezone.now() - timedelta(hours=1)
    Book.objects.filter(pk=book.pk).update(written_at=newest)
    Chapter.objects.filter(book=book).update(updated_at=newest - timedelta(days=1))
    Chapter.objects.filter(book=book, number=2).update(updated_at=newest + timedelta(minutes=59))
    with CaptureQueriesContext(connection) as asked:
        answer = visitor(key).get("/sitemap.xml").content.decode()
    about = [query["sql"] for query in asked if f'FROM "{table}"' in query["sql"]]
    assert about
    assert all("COUNT(" in sql or "MAX(" in sql for sql in about)
    changed = Chapter.objects.get(book=book, number=2).updated_at if key == "chapter" else newest
    assert f"<lastmod>{timezone.localtime(changed):%Y-%m-%dT%H:%M:%S}" in answer


FEEDS = (
    ("/feed/", "Esensi: new books"),
    ("/authors/ratih/feed/", "Ratih · Esensi"),
    ("/books/laut/feed/", f"{NASTY} · Esensi"),
)


@pytest.mark.parametrize(("path", "title"), FEEDS)
def test_a_feed_is_valid_and_leads_to_the_pages(path: str, title: str, book: Book) -> None:
    answer = visitor("main").get(path)
    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.content, sanitize_html=False, resolve_relative_uris=False)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert re.sub(r"&amp;", "&", feed.feed.title).startswith(title[:4])
    assert feed.feed.id
    assert feed.entries
    for entry in feed.entries:
        assert entry.link.startswith((MAIN, ROOM))
        assert entry.updated_parsed
        assert entry.id


def test_a_feed_holds_what_is_out_the_newest_first(book: Book) -> None:
    later = timezone.now() + timedelta(hours=1)
    Chapter.objects.filter(book=book, number=3).update(publish_at=later)
    feed = feedparser.parse(visitor("main").get("/books/laut/feed/").content)
    assert [entry.link for entry in feed.entries] == [f"{ROOM}/laut/2/", f"{ROOM}/laut/1/"]
    assert [
        entry.link for entry in feedparser.parse(visitor("main").get("/feed/").content).entries
    ] == [f"{MAIN}/books/laut/"]


@pytest.mark.parametrize("path", ["/books/angin/feed/", "/authors/toba/feed/", "/books/no/feed/"])
def test_what_is_hidden_has_no_feed(path: str, book: Book) -> None:
    assert visitor("main").get(path).status_code == 404


def test_pages_name_their_feeds(book: Book) -> None:
    for path, feed in (("/", "/feed/"), ("/books/laut/", "/books/laut/feed/")):
        links = page("main", path).xpath('//link[@type="application/atom+xml"]/@href')
        assert links == [f"{MAIN}{feed}"]


def test_a_draft_says_nothing_to_the_world(book: Book) -> None:
    from tests.sites.books.actions.people import person

    client = visitor("main")
    client.force_login(person("editor"))
    tree = parser.fromstring(client.get("/books/angin/").content.decode())
    assert not tree.xpath('//script[@type="application/ld+json"]')
    assert not tree.xpath('//link[@type="application/atom+xml"]')

from __future__ import annotations

from sites.books.text.draw import draw_text
from sites.books.text.links import chapter_references, media_references, rewrite_links

TEXT = (
    '<p id="p-aaaaaaaa">See <a href="chapter:abc234">one</a>, '
    '<a href="chapter:abc234#p-bbbbbbbb">two</a>, <a href="chapter:zzz777">three <em>x</em></a>, '
    '<a href="#p-aaaaaaaa">four</a>, <a href="#p-cccccccc">five</a>, '
    '<a href="https://x.example/?a=1&amp;b=2" rel="noopener nofollow ugc">six</a>.</p>'
    '<figure><img alt="A &quot;whale&quot;" height="3" src="media:pictures/a.webp" width="4"></figure>'
)
URLS = {"abc234": "//chapter.test/book/1/?a=1&b=2"}


def drawn(text: str) -> str:
    return draw_text(text, media_url=lambda key: f"https://m.test/{key}?x&y", chapter_url=URLS.get)


def test_links_between_chapters_become_addresses() -> None:
    page = drawn(TEXT)
    assert '<a href="//chapter.test/book/1/?a=1&amp;b=2">one</a>' in page
    assert '<a href="//chapter.test/book/1/?a=1&amp;b=2#p-bbbbbbbb">two</a>' in page


def test_a_link_to_a_chapter_that_cannot_be_shown_becomes_plain_text() -> None:
    assert ", three <em>x</em>, " in drawn(TEXT)


def test_links_within_the_chapter_stay_where_their_paragraph_does() -> None:
    assert '<a href="#p-aaaaaaaa">four</a>, five, ' in drawn(TEXT)


def test_links_out_of_the_house_stay() -> None:
    assert '<a href="https://x.example/?a=1&amp;b=2" rel="noopener nofollow ugc">six</a>' in drawn(
        TEXT
    )


def test_pictures_get_their_address_and_load_late() -> None:
    page = drawn(TEXT)
    assert 'src="https://m.test/pictures/a.webp?x&amp;y"' in page
    assert 'alt="A &quot;whale&quot;"' in page
    assert 'loading="lazy"' in page
    assert "media:" not in page


def test_an_address_cannot_leave_its_attribute() -> None:
    page = draw_text(
        TEXT,
        media_url=lambda _key: '"><script>',
        chapter_url=lambda _uid: '"><script>',
    )
    assert "<script>" not in page


def test_references() -> None:
    assert chapter_references(TEXT) == {"abc234", "zzz777"}
    assert media_references(TEXT) == {"pictures/a.webp"}
    assert chapter_references("<p>href=&quot;chapter:no</p>") == set()
    assert drawn("") == ""


def test_rewriting_keeps_what_it_is_told_to() -> None:
    assert rewrite_links(TEXT, lambda address: address) == TEXT
    assert "<a" not in rewrite_links(TEXT, lambda _address: None)

"""What is one person's on main's pages that are drawn for all readers (``sites.frames``)."""

from __future__ import annotations

from functools import partial
from typing import Final

from sites.books.marks import shown_mark_of
from sites.books.place_columns import PLACE_IN_BOOK, continuing, place_of, places_of
from sites.books.shelves import kept
from sites.books.shown_places import cards_of, shown, texts_of
from sites.frames.asking import Asked
from sites.frames.frame import Frame, Personal
from sites.frames.pages import Page
from sites.frames.slots import slot
from sites.main.book_page import BookPage, minutes_left
from sites.main.shelves import SHELF_LENGTH
from sites.templatetags.house import duration


def _home(asked: Asked, frame: Frame) -> Personal:
    cards = cards_of(places_of(asked.told("places")), "house/card.html")
    return Personal({"continuing": slot("continuing") if cards else ""}, {"continuing": cards})


HOME: Final = Page(frozenset({"continuing"}), continuing(SHELF_LENGTH), _home)


def _author(asked: Asked, frame: Frame) -> Personal:
    return Personal({"is_followed": asked.row["is_followed"]}, {})


AUTHOR: Final = Page(
    frozenset({"is_followed"}),
    """EXISTS (SELECT FROM books_follow f JOIN books_author a ON a.id = f.author_id
        WHERE f.user_id = u.id AND a.slug = %(slug)s) AS is_followed""",
    _author,
)

_OF_BOOK: Final = f"""{PLACE_IN_BOOK},
    EXISTS (SELECT FROM books_readingprogress p JOIN books_book b ON b.id = p.book_id
        WHERE p.user_id = u.id AND b.slug = %(slug)s) AS is_begun,
    EXISTS (SELECT FROM books_follow f JOIN books_book b ON b.id = f.book_id
        WHERE f.user_id = u.id AND b.slug = %(slug)s) AS is_followed,
    (SELECT s.shelf FROM books_shelvedbook s JOIN books_book b ON b.id = s.book_id
        WHERE s.user_id = u.id AND b.slug = %(slug)s) AS shelf,
    EXISTS (SELECT FROM community_mute m WHERE m.by_id = u.id)
        OR EXISTS (SELECT FROM community_review r JOIN books_book b ON b.id = r.book_id
            WHERE r.author_id = u.id AND b.slug = %(slug)s)
        OR EXISTS (SELECT FROM community_reviewvote v JOIN community_review r ON r.id = v.review_id
            JOIN books_book b ON b.id = r.book_id
            WHERE v.user_id = u.id AND b.slug = %(slug)s) AS has_own_reviews"""  # noqa: S608


def _book(asked: Asked, frame: Frame) -> Personal | None:
    """None for whoever has muted somebody, or has written or judged a review of this book: they see
    other reviews, and other numbers, than everybody does."""
    if asked.row["has_own_reviews"]:
        return None
    page: BookPage = frame.context["page"]
    place = place_of(asked.told("place"))
    left = minutes_left(place, page) if place else 0
    variables = {
        "own_place": shown(place),
        "kept": kept(
            asked.row["shelf"], begun=asked.row["is_begun"], followed=asked.row["is_followed"]
        ),
        "minutes_left": slot("book left") if left else 0,
        "mark": partial(shown_mark_of, place),
    }
    texts = {**texts_of(place), "book left in words": str(duration(left))}
    if place:
        texts["place.left in words"] = str(duration(place.minutes_left))
    return Personal(variables, texts)


BOOK: Final = Page(frozenset({"own_place", "kept", "minutes_left", "mark"}), _OF_BOOK, _book)

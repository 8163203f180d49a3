"""Who is told that a book goes on: everybody who follows it; and that there is a new one: everybody who
follows one of its authors."""

from __future__ import annotations

from sites.books import events


def listen() -> None:
    events.on(events.ChaptersAnnounced, tell_followers_later)
    events.on(events.BookAnnounced, tell_of_book_later)


def tell_followers_later(event: events.ChaptersAnnounced) -> None:
    """There may be thousands of them: nobody waits for that."""
    from sites.background.defer import defer  # loads procrastinate, which few requests need

    defer("community.tell_followers", chapter=event.chapter, count=event.count)


def tell_of_book_later(event: events.BookAnnounced) -> None:
    from sites.background.defer import defer  # as above

    defer("community.tell_of_book", book=event.book)

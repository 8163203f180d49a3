"""Who is told that a book goes on: everybody who follows it."""

from __future__ import annotations

from sites.books import events


def listen() -> None:
    events.on(events.ChaptersAnnounced, tell_followers_later)


def tell_followers_later(event: events.ChaptersAnnounced) -> None:
    """There may be thousands of them: nobody waits for that."""
    from sites.background.defer import defer  # loads procrastinate, which few requests need

    defer("community.tell_followers", chapter=event.chapter, count=event.count)

"""Hears of every change that pages show: PostgreSQL's triggers tell it at the commit, whoever wrote
(docs/page-cache.md), on the connection by which the channel layer listens."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from channels.layers import get_channel_layer

from esensi.page_cache import door
from esensi.page_cache.store import PageStore
from realtime.errors import RealtimeError
from sites.community import announced
from sites.frames.store import frames
from sites.shared_parts import parts

logger = logging.getLogger(__name__)

#: The NOTIFY channel of ``books_tell_of_pages`` (a migration of sites.books).
CHANNEL: Final = "esensi_pages"
#: Seconds until a listener that cannot be had is asked for again.
PAUSE: Final = 2.0


class Hearer:
    """Tells a store what the listener hears, and when it does not."""

    def __init__(self, store: PageStore) -> None:
        self._store = store

    def heard(self, text: str) -> None:
        """Take the slug of the book that has changed, or nothing for everything."""
        if not text:
            announced.forget()  # what the next page would else show again
            parts.forget()
        frames.changed(text)
        self._store.changed(text)

    def lost(self) -> None:
        parts.sleep()
        frames.sleep()
        self._store.sleep()

    def resumed(self) -> None:
        announced.forget()
        parts.wake()
        frames.wake()
        self._store.wake()


async def begin_in_time() -> None:
    """Have this process's pages kept as soon as changes can be heard of."""
    while True:
        try:
            await begin()
        except RealtimeError as error:
            logger.warning("Pages are not kept yet: %s", error)
            await asyncio.sleep(PAUSE)
        else:
            return


async def begin() -> None:
    """Have this process's pages kept from now on, if the settings ask for it and its channel layer can
    listen; raises ``RealtimeError`` where it cannot at this moment."""
    if door.store is None:
        return
    listen_to = getattr(get_channel_layer(), "listen_to", None)
    if listen_to is None:
        logger.warning("Pages are not kept: only the house's own channel layer hears of changes.")
        return
    hearer = Hearer(door.store)
    await listen_to(CHANNEL, hearer)
    hearer.resumed()

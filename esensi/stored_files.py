"""The folder's door (``storage.serving``), which is imported with the first request for a file."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final

from esensi.asgi_types import App, Receive, Scope, Send

#: Where that door serves: covers and pictures for everybody, signed links.
PLACES: Final = ("/media/", "/files/")


def with_stored_files(app: App, *, headers: Sequence[tuple[bytes, bytes]] = ()) -> App:
    """Serve the folders' files with these ``headers``; lead everything else on to ``app``."""

    @functools.cache
    def files() -> App:
        from storage.serving import StoredFiles  # lazily: no page needs it

        return StoredFiles(app, headers=headers)

    async def files_first(scope: Scope, receive: Receive, send: Send) -> None:
        is_file = scope["path"].startswith(PLACES)
        await (files() if is_file else app)(scope, receive, send)

    return files_first

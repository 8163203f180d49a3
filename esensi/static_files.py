"""Static files, served by the program itself and before Django.

A process starts without any of this: files are looked for when they are asked for, and servestatic
is imported with the first of them (docs/decisions/0014). Reading the whole folder costs some 40 ms.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterator
from typing import cast

from django.conf import settings

from esensi.asgi_types import App, Receive, Scope, Send

#: Names with a hash never change; the manifest storage puts twelve hexadecimal digits into them.
_HASHED = r"^.+\.[0-9a-f]{12}\..+$"


def with_static_files(app: App) -> App:
    """Serve what ``collectstatic`` gathered, compressed and for ever; on a laptop, what lies in the
    packages at this moment, because somebody may be writing it."""

    @functools.cache
    def files() -> App:
        return found_at_once(app) if settings.ESENSI_ENV == "local" else collected(app)

    async def static_first(scope: Scope, receive: Receive, send: Send) -> None:
        is_static = scope["path"].startswith(settings.STATIC_URL)
        await (files() if is_static else app)(scope, receive, send)

    return static_first


def collected(app: App) -> App:
    """Serve the files of ``STATIC_ROOT``; lead every other address on."""
    from servestatic import ServeStaticASGI  # lazily: no page needs it
    from servestatic.utils import decode_path_info

    class Collected(ServeStaticASGI):  # type: ignore[misc]  # servestatic carries no types
        """Reads a file's facts once, with the first request for it: they never change, and there
        are no more of them than there are files."""

        def update_files_dictionary(self, root: str, prefix: str) -> None:
            self.insert_directory(root, prefix)

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            url = decode_path_info(scope["path"])
            if url not in self.files and (file := await asyncio.to_thread(self.find_file, url)):
                self.files[url] = file
            await super().__call__(scope, receive, send)

    served = Collected(
        app,
        root=str(settings.STATIC_ROOT),
        prefix=settings.STATIC_URL.strip("/"),
        immutable_file_test=_HASHED,
        max_age=0,
        allow_all_origins=False,
    )
    return cast(App, served)


def found_at_once(app: App) -> App:
    """Serve the files that the finders find; lead every other address on."""
    from django.contrib.staticfiles import finders
    from django.core.exceptions import SuspiciousFileOperation
    from servestatic import ServeStaticASGI  # lazily: no page needs it

    class FoundAtOnce(ServeStaticASGI):  # type: ignore[misc]  # servestatic carries no types
        """Looks for each file when it is asked for, where ``collectstatic`` would."""

        def candidate_paths_for_url(self, url: str) -> Iterator[str]:
            prefix = settings.STATIC_URL
            if not url.startswith(prefix):
                return
            try:
                path = finders.find(url.removeprefix(prefix))
            except (SuspiciousFileOperation, ValueError):
                return  # a way out of the folder
            if path:
                yield path

    return cast(App, FoundAtOnce(app, autorefresh=True, max_age=0, allow_all_origins=False))

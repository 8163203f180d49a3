"""Static files, served by the program itself and before Django."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from servestatic import ServeStaticASGI

from esensi.asgi_types import App

#: Names with a hash never change; the manifest storage puts twelve hexadecimal digits into them.
_HASHED = r"^.+\.[0-9a-f]{12}\..+$"


def with_static_files(app: App) -> App:
    """Serve what ``collectstatic`` gathered, compressed and for ever; on a laptop, what lies in the
    packages at this moment, because somebody may be writing it."""
    if settings.ESENSI_ENV == "local":
        return cast(App, _FoundAtOnce(app, autorefresh=True, max_age=0, allow_all_origins=False))
    served = ServeStaticASGI(
        app,
        root=str(settings.STATIC_ROOT),
        prefix=settings.STATIC_URL.strip("/"),
        immutable_file_test=_HASHED,
        max_age=0,
        allow_all_origins=False,
    )
    return cast(App, served)


class _FoundAtOnce(ServeStaticASGI):  # type: ignore[misc]  # servestatic carries no types
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

"""Static files, served by the program itself and before Django."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from servestatic import ServeStaticASGI

from esensi.asgi_types import App

#: Names with a hash never change; servestatic knows them by the manifest storage's pattern.
_HASHED = r"^.+\.[0-9a-f]{12}\..+$"
#: Names without one, on a laptop: a change shows at the next page.
_UNHASHED_SECONDS = 0


def with_static_files(app: App) -> App:
    """Serve what ``collectstatic`` gathered; on a laptop, what lies in the packages themselves."""
    prefix = settings.STATIC_URL.strip("/")
    if settings.ESENSI_ENV != "local":
        return cast(App, _server(app, root=str(settings.STATIC_ROOT), prefix=prefix))
    served = _server(app, prefix=prefix)
    for finder in get_finders():
        for path, storage in finder.list([]):
            served.add_file_to_dictionary(f"/{prefix}/{path}", storage.path(path))
    return cast(App, served)


def _server(app: App, root: str | None = None, prefix: str | None = None) -> Any:
    # servestatic carries no types; what it gives is an ASGI application.
    return ServeStaticASGI(
        app,
        root=root,
        prefix=prefix,
        immutable_file_test=_HASHED,
        max_age=_UNHASHED_SECONDS,
        allow_all_origins=False,
    )

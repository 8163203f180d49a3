"""What ``settings.PAGE_CACHE_BYTES`` is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: Megabytes. Compressed, a page takes some 10 KB: three thousand pages, and a sixteenth of the memory of
#: Fly's smallest machine but one.
USUAL_MB: Final = 32
_MB: Final = 1_000_000


def page_cache_bytes(values: Mapping[str, Any]) -> int:
    """Give how many bytes of pages a process may keep; with none, pages are not for CDNs either.

    In production ``USUAL_MB``, elsewhere nothing, unless the environment says so. Behind a password
    nothing whatever it says: who may see a page is then asked each time.
    """
    if values["BASIC_AUTH"]:
        return 0
    given = values["PAGE_CACHE_MB"]
    if given is None:
        given = USUAL_MB if values["ESENSI_ENV"] == "production" else 0
    return int(given) * _MB

"""What is sent to the writing desk: manuscripts and covers, with their limits and checks.

Imported at the first upload; a process starts without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from sites.books.permissions import require_import
from storage.backends import public
from storage.errors import UploadRefused
from storage.purposes import Arrived, Purpose, register

MANUSCRIPT: Final = "manuscript"
COVER: Final = "cover"

#: Bytes. An illustrated book in print quality has 50 to 150 MB; it is read while somebody waits, and
#: a hundred come from the bucket within some ten seconds.
LARGEST_MANUSCRIPT: Final = 100_000_000
#: A scanned page of 600 dpi has 30 MB as JPEG; a small machine takes that much into its memory twice.
LARGEST_COVER: Final = 20_000_000

MANUSCRIPT_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "application/epub+zip": ("epub",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "text/markdown": ("md", "markdown"),
    "text/plain": ("txt",),
    "application/zip": ("zip",),
}
COVER_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/avif": ("avif",),
    "image/gif": ("gif",),
    "image/svg+xml": ("svg",),
}


def keep_cover(arrived: Arrived) -> Mapping[str, Any]:
    """Draw a cover in its widths, and store them where everybody may see them.

    Gives ``cover``, the key of the largest, and ``ground``, its colour. Raises ``UploadRefused``.
    """
    from sites.books.importers.errors import PictureTooLarge  # these load Pillow and lxml
    from sites.books.importers.pictures import BrokenPicture, read_cover

    content = arrived.content
    try:
        if arrived.upload.type == "image/svg+xml":
            content = _rasterised(content)
        cover = read_cover(content, "cover")
    except (BrokenPicture, PictureTooLarge):
        raise UploadRefused(
            _("This picture cannot be read, or is too large. Save it anew, as JPEG or PNG.")
        ) from None
    place = public()
    for key, drawn in cover.files.items():
        place.put(key, drawn)
    return {"cover": cover.name, "ground": cover.ground}


def _rasterised(content: bytes) -> bytes:
    """Give a drawing as a picture: without what runs in it or refers to anything outside."""
    from sites.books.importers import limits
    from sites.books.importers.drawings import Draughtsman
    from sites.books.importers.errors import ImportRefused
    from sites.books.importers.markup import local_name, parse_xml
    from sites.books.importers.pictures import BrokenPicture

    if len(content) > limits.DRAWING_SIZE:
        raise BrokenPicture("cover")
    try:
        root = parse_xml(content, "cover")
    except ImportRefused:
        raise BrokenPicture("cover") from None
    if root is None or local_name(root) != "svg":
        raise BrokenPicture("cover")
    return Draughtsman().draw(root, "cover", lambda reference: None).content


register(
    Purpose(
        MANUSCRIPT,
        MANUSCRIPT_TYPES,
        LARGEST_MANUSCRIPT,
        require_import,
        lambda arrived: {},
        reads=False,
        at_once=5,
    )
)
register(
    Purpose(
        COVER, COVER_TYPES, LARGEST_COVER, require_import, keep_cover, lifetime=timedelta(hours=2)
    )
)

"""What is sent to the writing desk: manuscripts, covers and pictures for texts, with their limits and checks.

Imported at the first upload; a process starts without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, TypeVar

from django.utils.translation import gettext as _

from sites.books.permissions import require_import
from sites.books.pictures import derive_later
from storage.backends import public
from storage.errors import UploadRefused
from storage.purposes import Arrived, Purpose, register

Drawn = TypeVar("Drawn")

MANUSCRIPT: Final = "manuscript"
COVER: Final = "cover"
PICTURE: Final = "picture"

#: Bytes. An illustrated book in print quality has 50 to 150 MB; it is read while somebody waits, and
#: a hundred come from the bucket within some ten seconds.
LARGEST_MANUSCRIPT: Final = 100_000_000
#: A scanned page of 600 dpi has 30 MB as JPEG; a small machine takes that much into its memory twice.
LARGEST_PICTURE: Final = 20_000_000

MANUSCRIPT_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "application/epub+zip": ("epub",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "text/markdown": ("md", "markdown"),
    "text/plain": ("txt",),
    "application/zip": ("zip",),
}
PICTURE_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
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
    from sites.books.importers.pictures import read_cover  # loads Pillow

    cover = _drawn(arrived, read_cover)
    place = public()
    for key, drawn in cover.files.items():
        place.put(key, drawn)
    return {"cover": cover.name, "ground": cover.ground}


def keep_picture(arrived: Arrived) -> Mapping[str, Any]:
    """Draw a picture for a text, and store it where everybody may see it.

    Gives ``key``, its ``url``, ``width`` and ``height``. Raises ``UploadRefused``. Until a text that
    shows it is saved nothing names it, and the sweep of the storage may take it.
    """
    from sites.books.importers.pictures import read_picture  # loads Pillow

    picture = _drawn(arrived, read_picture)
    place = public()
    place.put(picture.key, picture.content, picture.type)
    derive_later([picture.key])
    sides = {"width": picture.width, "height": picture.height}
    return {"key": picture.key, "url": place.url(picture.key), **sides}


def _drawn(arrived: Arrived, draw: Callable[[bytes, str], Drawn]) -> Drawn:
    """Draw what has arrived anew. Raises ``UploadRefused``."""
    from sites.books.importers.errors import PictureTooLarge
    from sites.books.importers.pictures import BrokenPicture

    content = arrived.content
    part = arrived.upload.purpose
    try:
        if arrived.upload.type == "image/svg+xml":
            content = _rasterised(content, part)
        return draw(content, part)
    except (BrokenPicture, PictureTooLarge):
        raise UploadRefused(
            _("This picture cannot be read, or is too large. Save it anew, as JPEG or PNG.")
        ) from None


def _rasterised(content: bytes, part: str) -> bytes:
    """Give a drawing as a picture: without what runs in it or refers to anything outside."""
    from sites.books.importers import limits
    from sites.books.importers.drawings import Draughtsman
    from sites.books.importers.errors import ImportRefused
    from sites.books.importers.markup import local_name, parse_xml
    from sites.books.importers.pictures import BrokenPicture

    if len(content) > limits.DRAWING_SIZE:
        raise BrokenPicture(part)
    try:
        root = parse_xml(content, part)
    except ImportRefused:
        raise BrokenPicture(part) from None
    if root is None or local_name(root) != "svg":
        raise BrokenPicture(part)
    return Draughtsman().draw(root, part, lambda reference: None).content


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
        COVER,
        PICTURE_TYPES,
        LARGEST_PICTURE,
        require_import,
        keep_cover,
        lifetime=timedelta(hours=2),
    )
)
register(Purpose(PICTURE, PICTURE_TYPES, LARGEST_PICTURE, require_import, keep_picture))

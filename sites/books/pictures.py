"""Which derivatives the pages ask for, and what they find made of a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.core.files.storage import default_storage

if TYPE_CHECKING:
    from storage.models import Picture

#: Widths of covers: sites/templates/house/cover.html. As WebP they are made with the cover itself.
COVER_WIDTHS: Final = (160, 320, 640)
#: Widths of pictures in a text: a phone's column at one, two and three device pixels, and the measure
#: of 40 rem at two and a half.
PAGE_WIDTHS: Final = (480, 800, 1200, 1600)
#: What a picture in a text is wide at most; the longest measure is 40 rem.
PAGE_SIZES: Final = "(min-width: 44rem) 40rem, 100vw"
#: Of the JPEG, for mails, messengers and browsers that know nothing newer.
COVER_JPEG, PAGE_JPEG = 640, 1200
_COVER: Final = "-640.webp"


def is_master(key: str) -> bool:
    """Whether a stored file is a picture that derivatives are made of; drawn covers need none."""
    if key.startswith("covers/"):
        return key.endswith(_COVER)
    return key.startswith("pictures/") and key.endswith(".webp") and "-" not in key


def derive_later(keys: Iterable[str]) -> None:
    """Have the derivatives of those among ``keys`` that are pictures made once this is committed."""
    masters = [key for key in keys if is_master(key)]
    if masters:
        from sites.background.defer import defer_many  # loads procrastinate

        defer_many("books.derive_picture", [{"key": key} for key in masters])


def derive_now(
    key: str, *, again: bool = False, should_stop: Callable[[], bool] = lambda: False
) -> Picture:
    """Make a picture's derivatives, and tell the books whose cover it is. Raises as
    ``storage.derivatives.derive``."""
    from sites.books.models import Book
    from storage.derivatives import Plan, derive

    is_cover = key.startswith("covers/")
    plan = (
        Plan(COVER_WIDTHS, webp=False, jpeg=COVER_JPEG)
        if is_cover
        else Plan(PAGE_WIDTHS, jpeg=PAGE_JPEG)
    )
    picture = derive(key, plan, again=again, should_stop=should_stop)
    if is_cover:
        # Not ``save()``: what is made of a cover is no change that a writer could collide with.
        Book.objects.filter(cover=key).update(cover_made=_of_cover(picture))
    return picture


def _of_cover(picture: Picture) -> dict[str, Any]:
    from storage.derivatives import derived_key

    made = {
        kind: {str(width): derived_key(picture.key, width, kind) for width in widths}
        for kind, widths in picture.made.items()
    }
    return {"of": picture.key, "placeholder": picture.placeholder, **made}


class Drawn(NamedTuple):
    """A picture as a page draws it: ``sources`` are types with their ``srcset``; ``fallback`` is the
    address of a JPEG, or nothing."""

    width: int
    height: int
    placeholder: str
    sources: tuple[tuple[str, str], ...]
    fallback: str


def drawn_pictures(keys: Iterable[str]) -> Mapping[str, Drawn]:
    """Give what was made of those pictures, in one query, or none where there are no keys. Those that
    nothing was made of yet are missing: pages show them as they are."""
    wanted = [key for key in keys if is_master(key)]
    if not wanted:
        return {}
    from storage.models import Picture

    return {
        picture.key: _drawn(picture)
        for picture in Picture.objects.filter(key__in=wanted, failure="")
    }


def _drawn(picture: Picture) -> Drawn:
    from storage.derivatives import derived_key

    def address(width: int, kind: str) -> str:
        return default_storage.url(derived_key(picture.key, width, kind))

    sources = []
    for kind in ("avif", "webp"):
        widths = picture.made.get(kind, [])
        parts = [f"{address(width, kind)} {width}w" for width in widths]
        if kind == "webp":
            parts.append(f"{default_storage.url(picture.key)} {picture.width}w")
        if widths:
            sources.append((f"image/{kind}", ", ".join(parts)))
    jpeg = picture.made.get("jpg")
    fallback = address(jpeg[0], "jpg") if jpeg else ""
    return Drawn(picture.width, picture.height, picture.placeholder, tuple(sources), fallback)

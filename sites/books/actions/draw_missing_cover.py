from __future__ import annotations

from django.db import transaction

from sites.books.models import Book
from storage.backends import public
from storage.keys import content_key

SHARED_WIDTH = 600  # pixels: what messengers ask of a large preview (Open Graph, facebook.com)


def draw_missing_cover(book_id: int, *, again: bool = False) -> bool:
    """Draw the cover of a book that has none; with ``again`` also renew one that was drawn.

    Meant for after the commit: drawing takes a while, and the file is stored before the row points
    at it, so that no row ever names a file that is not there. A cover that came with the book
    stays. Gives whether a cover was set.
    """
    book = Book.objects.for_cards().filter(pk=book_id).first()
    if book is None or not _wants_one(book, again=again):
        return False
    from sites.books.covers import draw_cover

    drawn = draw_cover(book.title, book.author_names)
    content = drawn.svg.encode()
    key = content_key("covers", content, "image/svg+xml")
    place, beside = public(), key.replace(".svg", ".png")
    place.put(key, content)
    if not place.is_fresh(beside):
        place.put(beside, _rasterised(drawn.svg))
    with transaction.atomic():
        kept = Book.objects.select_for_update(no_key=True).filter(pk=book_id).first()
        if kept is None or not _wants_one(kept, again=again):
            return False
        # Not ``save()``: a drawn cover is no change that a writer could collide with.
        Book.objects.filter(pk=book_id).update(cover=key, cover_ground=drawn.ground)
    return True


def _rasterised(svg: str) -> bytes:
    """Give a drawn cover as PNG: link previews and readers of EPUB 2 show no SVG. Our own drawings
    need no font, and no process of their own as strangers' do."""
    import resvg_py  # compiled code that only this needs

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=SHARED_WIDTH, skip_system_fonts=True))


def _wants_one(book: Book, *, again: bool) -> bool:
    name = book.cover.name or ""
    return not name or (again and name.endswith(".svg"))

from __future__ import annotations

from typing import Any

from sites.books.models import Book, WritingMode


def layout_of(book: Book) -> dict[str, Any]:
    """Give how a book's pages run: vertical lines that follow one another from the right make them
    run as right-to-left books do."""
    from_right = book.direction == "rtl" or book.writing_mode == WritingMode.VERTICAL_RL
    return {
        "is_vertical": book.writing_mode != WritingMode.HORIZONTAL,
        "page_direction": "rtl" if from_right else "ltr",
    }

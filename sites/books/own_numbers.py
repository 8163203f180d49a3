from __future__ import annotations

from sites.books.models import Book

#: A title that says its number: "Chapter 1. Loomings.", "190 A Four-Leaved Clover", "IV. Death by
#: Water", "Bab 3", "الفصل الثاني", "第一章". One false alarm only changes the words of a label.
_OWN_NUMBER = (
    r"^\s*((chapter|part|book|bab|bagian|buku|chapitre|partie|kapitel|teil|cap[ií]tulo|الفصل|الباب)\s+\S"
    r"|[0-9]+[.:)]?\s|[ivxlcdm]+[.:)]\s|第)"
)


def has_own_numbers(book: Book) -> bool:
    """Do chapters of this book carry numbers in their titles? One query.

    Ours count every file of an imported book, its title page too: "Chapter 5" above "Chapter 1.
    Loomings." would puzzle readers, so that such a book's pages name only its own.
    """
    return book.chapters.filter(title__iregex=_OWN_NUMBER).exists()

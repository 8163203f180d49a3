from sites.books.models.author import Author
from sites.books.models.book import Authorship, Book, WritingMode
from sites.books.models.chapter import Chapter
from sites.books.models.genre import Genre, Tag
from sites.books.models.progress import ReadingProgress
from sites.books.models.revision import Revision
from sites.books.models.visibility import Status

__all__ = [
    "Author",
    "Authorship",
    "Book",
    "Chapter",
    "Genre",
    "ReadingProgress",
    "Revision",
    "Status",
    "Tag",
    "WritingMode",
]

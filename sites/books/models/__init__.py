from sites.books.models.author import Author
from sites.books.models.book import Authorship, Book, WritingMode
from sites.books.models.chapter import Chapter
from sites.books.models.draft import ChapterDraft, NewChapterDraft
from sites.books.models.genre import Genre, Tag
from sites.books.models.invitation import AuthorInvitation
from sites.books.models.lease import ChapterLease
from sites.books.models.merged_slug import MergedSlug
from sites.books.models.pending_import import PendingImport
from sites.books.models.preview_link import PreviewLink
from sites.books.models.progress import ReadingProgress
from sites.books.models.revision import Revision
from sites.books.models.search import SearchableBook, SearchableChapter
from sites.books.models.shelf import Follow, Shelf, ShelvedBook
from sites.books.models.submission import Outcome, Submission, SubmissionComment
from sites.books.models.visibility import BookStatus, Status

__all__ = [
    "Author",
    "AuthorInvitation",
    "Authorship",
    "Book",
    "BookStatus",
    "Chapter",
    "ChapterDraft",
    "ChapterLease",
    "Follow",
    "Genre",
    "MergedSlug",
    "NewChapterDraft",
    "Outcome",
    "PendingImport",
    "PreviewLink",
    "ReadingProgress",
    "Revision",
    "SearchableBook",
    "SearchableChapter",
    "Shelf",
    "ShelvedBook",
    "Status",
    "Submission",
    "SubmissionComment",
    "Tag",
    "WritingMode",
]

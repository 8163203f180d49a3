from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from sites.accounts.models import User
from sites.books.actions.import_plan import Occasion
from sites.books.actions.import_store import ImportResult, store_import
from sites.books.importers.book import Progress, silent
from sites.books.permissions import require_import

if TYPE_CHECKING:
    from sites.books.importers.package import Source

__all__ = ["ImportResult", "import_book"]


def import_book(
    file: Source,
    *,
    by: User | None,
    publish: bool = False,
    progress: Progress = silent,
    now: datetime | None = None,
) -> ImportResult:
    """Bring the EPUB, DOCX or Markdown at a path, or in a binary file, into the house; ``by`` None is the command line.

    A book is known by its identifier: the same file again updates it and never makes a second one.
    The file decides on the text, the pictures, the order of the chapters, the language and its
    direction. What people may have edited here (the book's title, subtitle, synopsis, names, tags,
    cover) stays, and is only filled where it is empty. A chapter keeps its uid and its paragraphs'
    ids; what it said before stays as a revision. A chapter that the file no longer has becomes a
    draft at the end, with its readers' places; chapters written here stay where they are.

    ``publish`` publishes, from ``now`` on, a new book and new chapters, and again what an import had
    made a draft because its file lacked it; what is a draft for any other reason stays one, and a
    note says so. Without ``publish``, what is new is a draft, and the rest stays as it is.

    All or nothing: a failure leaves neither rows nor files. Raises ``PermissionDenied``, an
    ``ImportRefused`` that says what is wrong with the file, or ``NoAuthorProfile``.
    """
    if by is not None:
        require_import(by)
    from sites.books.importers.formats import read_book  # loads lxml and Pillow

    imported = read_book(file, progress=progress)
    occasion = Occasion(by, now or timezone.now(), publish)
    return store_import(imported, occasion, progress=progress)

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sites.books.exceptions import BookError
from sites.books.importers.readable import readable
from sites.books.models import Book


class Command(BaseCommand):
    """Write a book as an EPUB file."""

    help = (
        "Write a book as EPUB 3, drafts included. import_book brings the file in again onto the same "
        "book. The same content gives the same bytes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG", help="the book's address, such as moby-dick")
        parser.add_argument(
            "-o", "--output", metavar="FILE", type=Path, help="where to write; usually SLUG.epub"
        )
        parser.add_argument(
            "--published", action="store_true", help="only what readers see at this moment"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        slug: str = options["slug"]
        book = Book.objects.filter(slug=slug).first()
        if book is None:
            raise CommandError(f"There is no book at {readable(slug)}: see the desk for addresses.")
        target: Path = options["output"] or Path(f"{book.slug}.epub")
        try:
            size = self._write(book, target, drafts=not options["published"])
        except BookError as refusal:
            raise CommandError(readable(str(refusal))) from refusal
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{target} holds “{readable(book.title)}”, {size:,} bytes.")

    def _write(self, book: Book, target: Path, *, drafts: bool) -> int:
        """Write beside the target first: a failure leaves what was there before."""
        with NamedTemporaryFile(dir=target.parent, prefix=".export-", delete=False) as file:
            beside = Path(file.name)
            try:
                self._fill(book, file, drafts=drafts)
            except BaseException:
                beside.unlink()
                raise
        beside.chmod(0o644)
        beside.replace(target)
        return target.stat().st_size

    def _fill(self, book: Book, file: IO[bytes], *, drafts: bool) -> None:
        from sites.books.exporters.edition import read_edition
        from sites.books.exporters.epub import write_epub  # loads lxml and Pillow

        write_epub(read_edition(book, drafts=drafts, now=timezone.now()), file)

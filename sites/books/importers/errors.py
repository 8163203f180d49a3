"""Why a file could not be imported: one class for each reason, one sentence for people."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sites.books.exceptions import BookError
from sites.books.importers.readable import readable, short_name


class ImportRefused(BookError):
    """The base of all reasons; nothing of the file was kept. The sentence obeys nobody: what the
    file brings into it is only shown."""

    def __init__(self, sentence: str) -> None:
        super().__init__(readable(sentence))


class NotAFile(ImportRefused):
    """There is no file to read: none of that name, or a directory."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s is no file: give the path of an EPUB file.") % {"name": short_name(name)}
        )


class NotAnEpub(ImportRefused):
    """The file is something else, or nothing at all."""

    def __init__(self) -> None:
        super().__init__(_("This is no EPUB file: export the book as EPUB and choose that file."))


class NotABook(ImportRefused):
    """A file of a kind that is not read here, such as PDF."""

    def __init__(self) -> None:
        super().__init__(
            _("This is no EPUB, DOCX or Markdown file: export the book as one of these.")
        )


class UnknownEncoding(ImportRefused):
    """A text in neither of the encodings that can be told."""

    def __init__(self) -> None:
        super().__init__(
            _("The text is neither UTF-8 nor UTF-16: save it as UTF-8 and import again.")
        )


class TooIntricate(ImportRefused):
    """A manuscript that takes more time or memory than any book needs."""

    def __init__(self) -> None:
        super().__init__(
            _("The text takes too long to read: divide it into several files and import again.")
        )


class DamagedFile(ImportRefused):
    """The archive is cut off or garbled. ``part`` names what could not be read, where known."""

    def __init__(self, part: str = "") -> None:
        self.part = part
        if part:
            text = _("The file is damaged at %(part)s: download or export it again.")
        else:
            text = _("The file is damaged or incomplete: download or export it again.")
        super().__init__(text % {"part": short_name(part)})


class FileTooLarge(ImportRefused):
    """The file, one of its parts, or all of them unpacked are beyond a limit (in bytes)."""

    def __init__(self, part: str, limit: int) -> None:
        self.part = part
        self.limit = limit
        super().__init__(
            _("%(part)s is larger than %(limit)s MB: make it smaller and import again.")
            % {"part": short_name(part) or _("The file"), "limit": f"{limit / 1024 / 1024:,.0f}"}
        )


class UnpacksTooLarge(ImportRefused):
    """A zip bomb, or something that cannot be told from one."""

    def __init__(self) -> None:
        super().__init__(
            _("The file unpacks to far more than a book has: export the book again as EPUB.")
        )


class TooManyParts(ImportRefused):
    """More files, chapters or contents entries than a book has."""

    def __init__(self, count: int, limit: int) -> None:
        self.count = count
        self.limit = limit
        super().__init__(
            _("The file has %(count)s parts and may have %(limit)s: divide the book into volumes.")
            % {
                "count": number_format(count, force_grouping=True),
                "limit": number_format(limit, force_grouping=True),
            }
        )


class UnsafeName(ImportRefused):
    """A part's name leads out of the package, is a link, or occurs twice."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            _("The file contains an unsafe name (%(name)s): export the book again as EPUB.")
            % {"name": short_name(name)}
        )


class EncryptedBook(ImportRefused):
    """Copy protection, or a password."""

    def __init__(self) -> None:
        super().__init__(
            _("The book is encrypted or copy-protected: import a version without protection.")
        )


class NoPackageDocument(ImportRefused):
    """The file that describes the book is missing or unreadable."""

    def __init__(self) -> None:
        super().__init__(
            _("The file does not say what the book consists of: export it again as EPUB.")
        )


class NothingToRead(ImportRefused):
    """A package without a single readable page."""

    def __init__(self) -> None:
        super().__init__(_("The file contains no text: check that it is the right one."))


class UnsafeMarkup(ImportRefused):
    """A part declares entities, which serve attacks more often than books."""

    def __init__(self, part: str) -> None:
        self.part = part
        super().__init__(
            _("%(part)s declares entities of its own: remove them and import again.")
            % {"part": short_name(part)}
        )


class NestedTooDeeply(ImportRefused):
    """A part whose elements stand inside one another without end."""

    def __init__(self, part: str) -> None:
        self.part = part
        super().__init__(
            _("%(part)s is nested too deeply to be a text: export the book again as EPUB.")
            % {"part": short_name(part)}
        )


class ChapterTooLong(ImportRefused):
    """One chapter is beyond what a page can show."""

    def __init__(self, title: str) -> None:
        self.title = title
        super().__init__(
            _("The chapter %(title)s is too long: divide it and import again.")
            % {"title": short_name(title)}
        )


class PictureTooLarge(ImportRefused):
    """A picture with more pixels than can be decoded safely."""

    def __init__(self, part: str, pixels: int, limit: int) -> None:
        self.part = part
        self.pixels = pixels
        self.limit = limit
        super().__init__(
            _(
                "The picture %(part)s has %(pixels)s million pixels and may have %(limit)s: "
                "make it smaller and import again."
            )
            % {
                "part": short_name(part),
                "pixels": f"{pixels / 1e6:,.0f}",
                "limit": f"{limit / 1e6:,.0f}",
            }
        )


class TakesTooLong(ImportRefused):
    """Reading the file takes longer than ``limit`` seconds."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        minutes = max(1, round(limit / 60))
        super().__init__(
            ngettext(
                "Reading the file takes more than %(count)s minute: make its pictures smaller.",
                "Reading the file takes more than %(count)s minutes: make its pictures smaller.",
                minutes,
            )
            % {"count": minutes}
        )

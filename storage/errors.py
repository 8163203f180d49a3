"""What a place for files may answer, in sentences for whoever reads them."""

from __future__ import annotations

from django.core.exceptions import SuspiciousFileOperation
from django.utils.translation import gettext as _


class StorageError(Exception):
    """A file could not be read or written. A file that is not there is ``FileNotFoundError``."""


class StorageUnavailable(StorageError):
    """The bucket does not answer in time, or answers that it cannot; later it may."""

    def __init__(self, what: str) -> None:
        self.what = what  # for logs: the operation and its key, never a credential
        super().__init__(_("The files cannot be reached at the moment. Try again in a minute."))


class StorageRefused(StorageError):
    """The bucket refuses this program: its key is wrong, or has no right to this."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(
            _("The place for files refuses the house. The operators can mend it: storage_check.")
        )


class StoredFileTooLarge(StorageError):
    """A stored file is larger than whoever reads it can take; ``size`` and ``limit`` in bytes."""

    def __init__(self, key: str, size: int, limit: int) -> None:
        self.key, self.size, self.limit = key, size, limit
        super().__init__(
            _("The file %(key)s has more than %(limit)s bytes.") % {"key": key, "limit": limit}
        )


class BadKey(SuspiciousFileOperation):
    """A key that ``storage.keys`` did not make, such as one that leads out of the folder."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key[:200]!r} is no key of a stored file.")


class BadLink(Exception):
    """A signed link or form that was altered, has expired, or is for something else."""

    def __init__(self) -> None:
        super().__init__(_("This link is not valid any more. Go back and ask for it again."))


class UploadError(Exception):
    """An upload did not go through; the sentence is for whoever sent the file."""


class UploadRefused(UploadError):
    """The file is not what may be sent here. Sending it again does not help."""


class UploadGone(UploadError):
    """No such upload of this person: it has expired, was used, or never was."""

    def __init__(self) -> None:
        super().__init__(_("This upload is no longer there: send the file again."))


class UploadNotThere(UploadError):
    """The bytes have not arrived, or not yet; finishing may be tried again."""

    def __init__(self) -> None:
        super().__init__(_("The file has not arrived yet. Try again in a moment."))


class TooManyUploads(UploadError):
    """One person sends more files at once than anybody would."""

    def __init__(self, most: int) -> None:
        super().__init__(
            _("%(most)s files are on their way already. Wait until one has arrived.")
            % {"most": most}
        )

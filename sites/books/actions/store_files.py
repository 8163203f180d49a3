"""Put files into the storage so that a failure leaves none behind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from sites.books.pictures import derive_later

logger = logging.getLogger(__name__)


class NewFiles:
    """The files that one action stores. Their keys are made from their contents, so one that
    exists is not written again; a lock must keep others from storing the same ones meanwhile.

    The files outlive their book: a text that was copied into another book may still show them, and
    the same file brought in again finds them."""

    def __init__(self) -> None:
        self._stored: list[str] = []

    def store(
        self, files: Mapping[str, bytes], *, progress: Callable[[int], None] | None = None
    ) -> None:
        """Store files under exactly their keys; ``progress`` is told how many are done. What pages
        ask for of pictures is made after the commit."""
        for done, (key, content) in enumerate(files.items()):
            if progress:
                progress(done)
            if default_storage.exists(key):
                continue
            name = default_storage.save(key, ContentFile(content))
            self._stored.append(name)
            if name != key:
                raise RuntimeError(f"The storage kept {key} as {name}.")
        derive_later(files)

    @contextmanager
    def deleted_on_failure(self) -> Iterator[None]:
        """Delete what was newly stored when the block raises."""
        try:
            yield
        except BaseException:
            self._delete()
            raise

    def _delete(self) -> None:
        while self._stored:
            name = self._stored.pop()
            try:
                default_storage.delete(name)
            except Exception:  # storages fail in their own ways, and the first failure matters more
                logger.exception("The unused file %s could not be deleted.", name)

"""Where static files are collected, and how pages name them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class CollectedFiles(ManifestStaticFilesStorage):
    """Django's storage of names with hashes, whose files ``collectstatic`` compresses as well.

    Pages need the names alone: compressors (brotli) are imported by the command.
    """

    def post_process(self, *args: Any, **options: Any) -> Iterator[Any]:
        from servestatic.storage import CompressedManifestStaticFilesStorage

        compressing = CompressedManifestStaticFilesStorage(self.location, self.base_url)
        yield from compressing.post_process(*args, **options)
        # The stubs know load_manifest from before it gave the hash, too.
        self.hashed_files, self.manifest_hash = self.load_manifest()  # type: ignore[assignment]

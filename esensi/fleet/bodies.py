"""The body of a request, kept as far as it can be sent twice."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from esensi.fleet.replay import LARGEST


class Body:
    """Read when it is first sent. Up to a megabyte is kept; of a longer one the rest streams through."""

    def __init__(self, request: web.BaseRequest) -> None:
        self._request = request
        self._kept = bytearray()
        self._is_read = not request.body_exists
        #: Whether a machine has begun to get the request.
        self.is_sent = False

    @property
    def size(self) -> int | None:
        """Give how many bytes it has, or None where it has not been kept to its end."""
        return len(self._kept) if self._is_read else None

    async def read(self) -> None:
        """Read as much as may be sent twice."""
        while not self._is_read and len(self._kept) <= LARGEST:
            piece = await self._request.content.readany()
            self._kept += piece
            self._is_read = not piece and self._request.content.at_eof()

    def data(self) -> bytes | AsyncIterator[bytes] | None:
        """Give what to send."""
        if not self._request.body_exists:
            return None
        return bytes(self._kept) if self._is_read else self._all()

    async def _all(self) -> AsyncIterator[bytes]:
        yield bytes(self._kept)
        async for piece in self._request.content.iter_any():
            yield piece

"""One request and its answer, passed through as they are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from esensi.fleet.bodies import Body

#: Answers without a body, whatever they say of its length (RFC 9110, section 6.4.1).
EMPTY: Final = frozenset({204, 304})


@asynccontextmanager
async def ask(
    session: aiohttp.ClientSession,
    request: web.BaseRequest,
    address: str,
    headers: Sequence[tuple[str, str]],
    body: Body,
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Ask a machine. Raises aiohttp's errors: ``ClientConnectorError`` where it was not reached."""
    await body.read()
    body.is_sent = False
    async with session.request(
        request.method,
        URL(address, encoded=True),
        headers=CIMultiDict(headers),
        data=body.data(),
        allow_redirects=False,
        trace_request_ctx=body,
    ) as answer:
        yield answer


def noting_what_is_sent() -> aiohttp.TraceConfig:
    """Have requests note on their bodies that they are on their way: aiohttp asks a second time by itself
    where a connection broke, and then says that it was not reached. An edge has lost such a request."""

    async def note(_session: aiohttp.ClientSession, context: Any, _params: Any) -> None:
        if isinstance(context.trace_request_ctx, Body):
            context.trace_request_ctx.is_sent = True

    tracing = aiohttp.TraceConfig()
    tracing.on_request_headers_sent.append(note)
    return tracing


async def pass_on(
    request: web.BaseRequest, answer: aiohttp.ClientResponse, headers: Sequence[tuple[str, str]]
) -> web.StreamResponse:
    """Give a machine's answer to the client, piece by piece. One that breaks off is cut here, too, so that
    nobody takes it for whole."""
    response = web.StreamResponse(
        status=answer.status, reason=answer.reason, headers=CIMultiDict(headers)
    )
    has_body = request.method != "HEAD" and answer.status not in EMPTY
    if has_body and "Content-Length" not in response.headers and request.version >= (1, 1):
        response.enable_chunked_encoding()
    await response.prepare(request)
    try:
        if has_body:
            async for piece in answer.content.iter_any():
                await response.write(piece)
        await response.write_eof()
    except aiohttp.ClientError:
        if request.transport:
            request.transport.abort()
    except ConnectionError:
        pass  # the client has gone
    return response

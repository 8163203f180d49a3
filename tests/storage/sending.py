"""Send bytes as a browser does: by a form to the endpoint, or to the folder's own door."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from storage.backends import SignedForm
from storage.serving import StoredFiles
from tests.sites.doors_probe import ask


async def nothing_else(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def send(
    form: SignedForm, content: bytes, *, fields: Mapping[str, str] | None = None, **headers: str
) -> int:
    """Give the status of the answer. ``fields`` and ``headers`` replace those of the form."""
    if urlsplit(form.url).netloc:
        if form.method == "POST":
            data = {**form.fields, **(fields or {})}
            answer = requests.post(form.url, data=data, files={"file": content}, timeout=30)
        else:
            sent = {**form.headers, **headers}
            answer = requests.put(form.url, data=content, headers=sent, timeout=30)
        return answer.status_code
    said = {name.lower().replace("-", "_"): value for name, value in form.headers.items()} | headers
    found = asyncio.run(door(form.url, method=form.method, body=content, **said))
    return int(found["status"])


async def door(path: str, **request: Any) -> dict[str, Any]:
    """Ask the folder's door."""
    return await ask(StoredFiles(nothing_else), "x", path, **request)


def get(url: str, **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
    """Follow a signed link of either kind."""
    if urlsplit(url).netloc:
        answer = requests.get(url, headers=headers, timeout=30)
        return answer.status_code, answer.content, {k.lower(): v for k, v in answer.headers.items()}
    found = asyncio.run(door(url, **headers))
    return found["status"], found["body"].encode("utf-8", "replace"), found["headers"]

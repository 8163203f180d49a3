"""A door of kept pages before the real Django, in the thread and the transaction of the test."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.cookie import SimpleCookie

from esensi.one_thread import OneThreadHandler
from esensi.page_cache.door import PageCache
from esensi.page_cache.store import PageStore
from tests.sites.doors_probe import http_scope

Headers = dict[str, str]


class Answer:
    """What a visitor got; ``is_kept`` says that it came from memory."""

    def __init__(self, sent: list[Any]) -> None:
        self.status: int = sent[0]["status"]
        self.headers: Headers = {}
        self.cookies: SimpleCookie = SimpleCookie()
        for name, value in sent[0]["headers"]:
            if name.lower() == b"set-cookie":
                self.cookies.load(value.decode())
            else:
                self.headers[name.decode().lower()] = value.decode()
        self.body = b"".join(one.get("body", b"") for one in sent[1:])
        self.is_kept = "age" in self.headers

    @property
    def is_public(self) -> bool:
        return "public" in self.headers.get("cache-control", "")

    @property
    def page(self) -> tuple[int, Headers, bytes]:
        """All that a stranger sees of it, however old it is and however it was compressed."""
        left_out = ("age", "content-length")
        seen = {name: value for name, value in self.headers.items() if name not in left_out}
        is_gzipped = self.headers.get("content-encoding") == "gzip"
        return self.status, seen, gzip.decompress(self.body) if is_gzipped else self.body


class Strangers:
    """``kept`` answers through the cache, ``drawn`` as if there were none."""

    def __init__(self) -> None:
        self.store = PageStore(50_000_000)
        self.store.wake()
        self._asleep = PageStore(50_000_000)
        django: Any = OneThreadHandler()
        self._kept, self._drawn = PageCache(django, self.store), PageCache(django, self._asleep)

    def kept(self, host: str, path: str, **headers: str) -> Answer:
        return self._ask(self._kept, host, path, headers)

    def drawn(self, host: str, path: str, **headers: str) -> Answer:
        return self._ask(self._drawn, host, path, headers)

    def _ask(self, door: PageCache, host: str, path: str, headers: Headers) -> Answer:
        name = settings.HOST_NAMES.domains.get(host, host)
        method = headers.pop("method", "GET")
        scope = http_scope(name, path, method, headers)
        sent: list[Any] = []
        whole = {"type": "http.request", "body": b"", "more_body": False}
        left = {"type": "http.disconnect"}

        async def ask() -> None:
            import asyncio

            messages = [whole]

            async def receive() -> Any:
                if messages:
                    return messages.pop()
                await asyncio.Event().wait()
                return left

            async def send(message: Any) -> None:
                sent.append(message)

            await door(scope, receive, send)

        async_to_sync(ask)()
        return Answer(sent)


@contextmanager
def within_the_test() -> Iterator[None]:
    """Let requests leave the test's connection, and its transaction, open; as Django's client does."""
    around = (request_started, request_finished)
    for signal in around:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in around:
            signal.connect(close_old_connections)


def cookies(**given: str) -> str:
    """A Cookie header of the house's cookies by their purpose: session, language, reading, csrf."""
    names = {
        "session": settings.SESSION_COOKIE_NAME,
        "language": settings.LANGUAGE_COOKIE_NAME,
        "reading": settings.READING_COOKIE_NAME,
        "csrf": settings.CSRF_COOKIE_NAME,
    }
    return "; ".join(f"{names.get(key, key)}={value}" for key, value in given.items() if value)


def session_of(user: Any) -> str:
    """Sign somebody in; the key of their session."""
    from importlib import import_module

    from django.contrib.auth import login

    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    key = request.session.session_key
    assert key
    return key

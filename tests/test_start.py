"""What a process does without until it has served its first page (docs/decisions/0014).

Started as it is deployed, in a process of its own: `python -m esensi.server` up to the moment when it
listens, then main's first page.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

from benchmarks.servers import deployed_environment
from benchmarks.start import BUCKETS
from sites.books.models import Book, Chapter, Status
from tests.esensi.local_server import REPOSITORY
from tests.sites.test_doors import database_url
from tests.waiting import free_port

PROGRAM = """
import asyncio, gc, json, runpy, sys
import uvicorn

async def first_page(server):
    collects = [gc.isenabled()]
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    collects.append(gc.isenabled())
    from tests.sites.doors_probe import ask
    page = await ask(server.config.loaded_app, "esensi.online", "/")
    known = sorted(sys.modules)
    print(json.dumps([collects, gc.get_freeze_count(), page["status"], page["body"], known]))
    await server.shutdown()

def run(server, sockets):
    [socket.close() for socket in sockets]
    server.config.port = 0
    asyncio.run(first_page(server))

uvicorn.Server.run = run
runpy.run_module("esensi.server", run_name="__main__")
"""

#: Packages and modules that no first page needs, with what brings them in later.
HEAVY = {
    "allauth.account.forms": "the auth host's pages",
    "allauth.account.views": "the auth host's pages",
    "boto3": "a file in a bucket that is read or written",
    "botocore": "a file in a bucket that is read or written",
    "brotli": "collectstatic",
    "channels_postgres": "CHANNEL_LAYER",
    "cryptography": "second factors",
    "django.contrib.auth.admin": "the office's addresses",
    "django.contrib.sitemaps.views": "a map for search engines",
    "django.contrib.syndication": "a feed",
    "ebooklib": "nothing",
    "esensi.postgres": "a laptop without DATABASE_URL",
    "fido2": "second factors",
    "fontTools": "a drawn cover",
    "lxml": "an import or an export",
    "mammoth": "an import",
    "markdown_it": "an import",
    "nh3": "a text that is written",
    "PIL": "a picture that is stored",
    "procrastinate": "the worker, after the first page",
    "prometheus_client": "METRICS_PORT",
    "qrcode": "second factors",
    "resvg_py": "a drawn cover",
    "sentry_sdk": "an error, where SENTRY_DSN is set",
    "servestatic": "a static file",
    "sites.books.search": "the catalogue's search",
    "sites.books.text.clean": "a text that is written",
    "sites.chapter.views": "the reading room's pages",
    "sites.internal.site": "the office's addresses",
    "sites.main.feeds": "a feed",
    "sites.main.views": "the catalogue's pages",
    "sites.publish.site": "the writing desk's addresses",
    "storage.serving": "a file from a folder",
    "storages": "a file in a bucket that is read or written",
    "unfold.forms": "a desk's pages",
    "unfold.sites": "a desk's addresses",
    "unfold.templatetags": "a desk's pages",
    "xml.sax": "a feed",
}
MANIFEST = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
#: Of which bare Django on uvicorn has 575. 1,078 were there when this was written, 1,111 with the models of
#: comments, highlights and leases, the page cache and a line for every request, 1,126 with the frames of
#: readers' pages; Python's own differ by a few from version to version.
MOST_MODULES = 1135


pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Started:
    """What a process was like after its first page."""

    collected_garbage: list[bool]  # when it began to listen, and then
    kept_for_good: int
    status: int
    page: str
    modules: frozenset[str]


@pytest.fixture
def started(tmp_path_factory: pytest.TempPathFactory) -> Started:
    return start(database_url(), tmp_path_factory.getbasetemp() / "static-of-start")


@functools.cache
def start(database: str, static: Path) -> Started:
    """Start a deployed house that has a book, whose first page links to every host."""
    book = Book.objects.create(
        title="Laut", slug="laut", status=Status.PUBLISHED, opening_line="Laut tidur."
    )
    Chapter.objects.create(
        book=book, number=1, title="Pasang", text="", status=Status.PUBLISHED, words=1
    )
    env = deployed_environment(database, free_port(), static) | BUCKETS
    # Django's storage writes the same names as ours, without the minute that compression takes.
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": MANIFEST}}
    with override_settings(STATIC_ROOT=static, STORAGES=storages):
        call_command("collectstatic", "--no-input", verbosity=0)
    run([sys.executable, "manage.py", "sync_sites"], env)
    collected, kept, status, page, modules = json.loads(run([sys.executable, "-c", PROGRAM], env))
    return Started(collected, kept, status, page, frozenset(modules))


def run(words: list[str], env: dict[str, str]) -> str:
    ended = subprocess.run(
        words, env=env, cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_first_page_is_whole(started: Started) -> None:
    assert started.status == 200
    assert "Laut tidur" in started.page
    for address in ("chapter.esensi.online/laut/1/", "auth.esensi.online/sign-in/"):
        assert address in started.page


def test_a_start_collects_no_garbage_and_what_it_made_is_left_out(started: Started) -> None:
    assert started.collected_garbage == [False, True]
    assert started.kept_for_good > 100_000


def test_what_is_heavy_waits_until_it_is_needed(started: Started) -> None:
    early = {
        f"{known}, which waits for {later}"
        for known in started.modules
        for name, later in HEAVY.items()
        if f"{known}.".startswith(f"{name}.")
    }
    assert not early


def test_a_start_does_not_grow_unseen(started: Started) -> None:
    """Milliseconds are the matter of `python -m benchmarks start`; this meets each change."""
    assert len(started.modules) <= MOST_MODULES, sorted(started.modules)

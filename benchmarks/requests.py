"""How many requests a second do the most used pages take, against a bare Django view on the same server?"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from benchmarks.harness import REPEATS, Figure, Row, at_least, ratio, take_turns
from benchmarks.pages import FILL
from benchmarks.request_load import Target, requests_a_second
from benchmarks.servers import environment, manage, running, wait_for_200
from esensi import postgres
from tests.waiting import free_port

STRANGER_LEAST, READER_LEAST = 0.7, 0.3
SECONDS = 0.5  # of one sample
BOOKS, CHAPTERS = 50, 20
#: After which a process hears of changes, and so keeps pages (esensi.lifespan.BEGIN_AFTER), with ease.
AWAKE_AFTER = 6.0

PAGES = (
    ("main", "/"),
    ("main", "/books/"),
    ("main", "/books/book-3/"),
    ("main", "/authors/keeper/"),
    ("main", "/genres/novel/"),
    ("chapter", "/"),
    ("chapter", "/book-7/"),
    ("chapter", "/book-7/3/"),
)

#: The server as ours is configured; Django with nothing but a view.
BARE = """
import sys
from django.conf import settings
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="bare" * 20, MIDDLEWARE=[])
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse("bare", headers={"Content-Length": "4"}))]
from django.core.asgi import get_asgi_application
from esensi import server
configuration = server.configuration(access_log=False, grace=1)
configuration.app, configuration.lifespan = get_asgi_application(), "off"
listener = server.bind("127.0.0.1", int(sys.argv[1]))
server.Server(configuration, lambda: None).run(sockets=[listener])
"""

#: How many readers ask by turns, each in the middle of ten other books; as many as there are
#: connections, so that all of them ask for each page.
READERS = 8

#: Readers, each in the middle of ten books. Their browsers also have the token of forms.
READER = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from importlib import import_module
from sites.accounts.models import User
from sites.books.models import Book, Chapter, ReadingProgress
for number in range(8):
    email = f"reader-{number}@example.org"
    user = User.objects.create(email=email, name=f"Reader {number}", is_active=True)
    for book in Book.objects.order_by("pk")[number:number + 10]:
        chapter = Chapter.objects.get(book=book, number=3 + number)
        ReadingProgress.objects.create(
            user=user, book=book, chapter=chapter, fraction=0.5, updated_at=timezone.now()
        )
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    token = settings.CSRF_COOKIE_NAME + "=" + str(number) * 32
    print(f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {token}")
"""


@dataclass(frozen=True)
class House:
    """Two instances of one house, a bare Django, and the cookies of its readers."""

    port: int
    second: int
    bare: int
    cookies: list[str]

    def page(self, host: str, path: str, *, cookie: str = "", port: int = 0) -> Target:
        port = port or self.port
        name = "esensi.localhost" if host == "main" else f"{host}.esensi.localhost"
        return Target(port, f"{name}:{self.port}", path, cookie)

    def pages(self, host: str, path: str, *, port: int = 0) -> list[Target]:
        """Give a page as all readers ask for it, one after another."""
        return [self.page(host, path, cookie=cookie, port=port) for cookie in self.cookies]


def rows(repeats: int = REPEATS, seconds: float = SECONDS) -> list[Row]:
    """Ask the bare view, a page as a stranger and as readers by turns; then pages that nobody has
    asked for yet, and two instances."""
    with house() as one:
        found = [row for page in PAGES for row in _rows(one, *page, repeats, seconds)]
        return [*found, _unopened(one, repeats, seconds), *_second(one, repeats, seconds)]


def _rows(one: House, host: str, path: str, repeats: int, seconds: float) -> list[Row]:
    asked = {
        "bare": [Target(one.bare, "localhost", "/")],
        "stranger": [one.page(host, path)],
        "reader": one.pages(host, path),
    }
    cases = {name: partial(requests_a_second, [each], seconds) for name, each in asked.items()}
    for case in cases.values():
        case()  # once without counting
    samples = take_turns(cases, repeats)
    return [
        Row(
            f"{host} {path}, {name} ({Figure.of(samples[name], '/s')})",
            (compared := ratio(samples[name], samples["bare"])),
            Figure.of(samples["bare"], "/s"),
            f"≥ {least} ×",
            at_least(compared, least),
        )
        for name, least in (("stranger", STRANGER_LEAST), ("reader", READER_LEAST))
    ]


def _unopened(one: House, repeats: int, seconds: float) -> Row:
    """Readers who open chapters that nobody has opened for 15 s: each is drawn, and then filled."""
    chapters = [
        one.page("chapter", f"/book-{book}/{number}/", cookie=one.cookies[number % READERS])
        for book in range(BOOKS, 0, -1)
        for number in range(1, CHAPTERS + 1)
    ]
    samples: dict[str, list[float]] = {"bare": [], "reader": []}
    bare, each = [Target(one.bare, "localhost", "/")], len(chapters) // repeats
    for turn in range(repeats):
        samples["bare"].append(requests_a_second([bare], seconds))
        unopened = chapters[turn * each : (turn + 1) * each]
        samples["reader"].append(requests_a_second([unopened], seconds))
    question = f"chapters that nobody has opened, reader ({Figure.of(samples['reader'], '/s')})"
    return Row(question, ratio(samples["reader"], samples["bare"]))


def _second(one: House, repeats: int, seconds: float) -> list[Row]:
    """What a second instance adds, on as many cores as there are: the load takes one, too."""
    found = []
    for name in ("stranger", "reader"):
        first, second = (
            one.pages("chapter", "/book-7/3/", port=port)
            if name == "reader"
            else [one.page("chapter", "/book-7/3/", port=port)]
            for port in (one.port, one.second)
        )
        cases = {
            "one": partial(requests_a_second, [first], seconds),
            "two": partial(requests_a_second, [first, second], seconds),
        }
        cases["two"]()
        samples = take_turns(cases, repeats)
        question = f"two instances against one, {name} ({Figure.of(samples['two'], '/s')})"
        found.append(Row(question, ratio(samples["two"], samples["one"])))
    return found


@contextmanager
def house() -> Iterator[House]:
    """Run a house of ``BOOKS`` books in two instances, and the bare view."""
    with ExitStack() as stack:
        database = stack.enter_context(postgres.throwaway())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port, second, bare = free_port(), free_port(), free_port()
        env = environment(database, port) | {"PAGE_CACHE_MB": "32", "WORKER": "off"}
        manage(database, "migrate", "--verbosity", "0", env=env)
        manage(database, "sync_sites", env=env)
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(FILL.format(books=BOOKS, chapters=CHAPTERS).encode())
        told = manage(database, "shell", "--verbosity", "0", "-c", READER, env=env)
        cookies = told.strip().splitlines()[-READERS:]
        name = f"esensi.localhost:{port}"
        for each in (port, second):
            words = [sys.executable, "-c", INSTANCE, str(each)]
            wait_for_200(each, name, "/", stack.enter_context(running(words, env)))
        (folder / "bare.py").write_text(BARE)
        words = [sys.executable, str(folder / "bare.py"), str(bare)]
        bare_env = environment(database, bare) | {"PYTHONPATH": str(Path.cwd())}
        wait_for_200(bare, "localhost", "/", stack.enter_context(running(words, bare_env)))
        time.sleep(AWAKE_AFTER)
        yield House(port, second, bare, cookies)


#: An instance at a port that is not the one in the house's names, as behind an edge.
INSTANCE = """
import sys
from esensi import server
server.serve(server.bind("127.0.0.1", int(sys.argv[1])))
"""

"""What happens in a house while people have its pages open, and what their browsers make of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page, WebSocket

from tests.journeys.server import House

#: ms. A client comes back within 3 s of a cut (its first wait), and a house starts in a few.
LIMIT = 30_000

NO_SOCKETS = "window.WebSocket = class { constructor() { throw new Error('blocked by a proxy') } }"

#: A browser whose clock is a day ahead: it is asked for nothing.
TOMORROW = """
const Right = Date;
globalThis.Date = class extends Right {
  constructor(...given) { given.length ? super(...given) : super(Right.now() + 864e5); }
  static now() { return Right.now() + 864e5; }
};
"""

#: Hide the tab from its page, or show it again, as switching between tabs does.
LOOK = """(hidden) => {
  Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
  Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""

_NOTIFY = """
from django.utils import timezone
from sites.accounts.models import User
from sites.community.models import Kind, Notification
from sites.community.notify import store
person = User.objects.get(email={email!r})
store([Notification(recipient=person, kind=Kind.APPROVED, created_at=timezone.now())])
"""
_PUBLISH = """
from django.utils import timezone
from sites.accounts.models import User
from sites.books.actions.write_chapter import write_chapter
from sites.books.models import Book, Chapter, Status
book = Book.objects.get(slug={slug!r})
editor = User.objects.get(email="editor@esensi.example")
chapter = Chapter(book=book, status=Status.PUBLISHED)
write_chapter(chapter, title={title!r}, text="<p>On it goes.</p>", by=editor, now=timezone.now())
print(f"number={{chapter.number}}")
"""


def notify(house: House, role: str) -> None:
    """The house tells a demo account something, from a command."""
    house.manage("shell", "-c", _NOTIFY.format(email=f"{role}@esensi.example"))


def publish_chapter(house: House, slug: str, title: str) -> int:
    """A book goes on; the new chapter's number."""
    said = house.manage("shell", "-c", _PUBLISH.format(slug=slug, title=title))
    return int(said.rsplit("number=", 1)[1].split()[0])


@dataclass
class Lines:
    """The sockets and streams that a page has opened."""

    sockets: list[WebSocket] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)

    @property
    def open_sockets(self) -> int:
        return sum(not socket.is_closed() for socket in self.sockets)


def watch_lines(page: Page) -> Lines:
    lines = Lines()
    page.on("websocket", lambda socket: lines.sockets.append(socket))
    page.on(
        "request",
        lambda asked: lines.streams.append(asked.url) if "/realtime/events/" in asked.url else None,
    )
    return lines


def wait_until_open(page: Page) -> None:
    """Wait until the page hears its rooms.

    The browser's own promise is waited for: ``wait_for_function`` takes any promise for a yes.
    """
    page.evaluate(
        """async (limit) => {
             const { connection } = await import(document.getElementById('live').dataset.client);
             const line = connection();
             const heard = new Promise((done) => line.watch((state) => state === 'open' && done()));
             const late = new Promise((_, fail) => window.setTimeout(fail, limit, 'no line is open'));
             await Promise.race([heard, late]);
           }""",
        LIMIT,
    )

"""The place for files refuses, stalls, is cut off, or answers nonsense: the house says so in time,
goes on, and loses nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from sites.books.actions.import_book import import_book
from sites.books.models import Book, Chapter
from storage import configuration, limits, purposes, uploads
from storage.backends import Files, private, public
from storage.derivatives import Plan, derive
from storage.errors import StorageError
from storage.keys import content_key
from storage.models import Picture, UploadState
from storage.purposes import Arrived, Purpose
from storage.uploads import Announced
from tests.house import visitor
from tests.sites.books.importers.epub_builder import Epub
from tests.sites.chapter.library import make_book, make_chapters
from tests.storage.endpoint import Buckets
from tests.storage.faulty_proxy import FAULTS, Fault, FaultyProxy, faulty_proxy
from tests.storage.hostile import picture
from tests.storage.sending import send
from tests.storage.test_derivatives import photograph

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(60)]
CONTENT = bytes(range(256)) * 400
KEY = content_key("pictures", CONTENT, "image/webp")
#: Limits that are shorter in like proportion, and what a busy machine may add.
SHORTER = {"CONNECT_SECONDS": 0.3, "READ_SECONDS": 0.4, "DEADLINE": 1.0, "LONG_DEADLINE": 1.0}
#: What a busy machine adds; without deadlines, the proxy holds an operation for ten seconds and more.
SLACK = 8.0


@pytest.fixture
def proxy(
    buckets: Buckets, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FaultyProxy]:
    """The house's files lie behind it, and its patience is a tenth of what it is elsewhere."""
    for name, seconds in SHORTER.items():
        monkeypatch.setattr(limits, name, seconds)
    with faulty_proxy(buckets.private.endpoint) as running:
        _behind(running, buckets, settings)
        yield running


def _behind(running: FaultyProxy, buckets: Buckets, settings: Any) -> None:
    values = buckets.variables | {
        "AWS_ENDPOINT_URL_S3": running.url,
        "PUBLIC_FILES_URL": f"{running.url}/{buckets.public.name}/",
    }
    settings.STORAGES = settings.STORAGES | configuration.storages(values)
    settings.MEDIA_URL = values["PUBLIC_FILES_URL"]


def within(seconds: float, done: Callable[[], Any]) -> Any:
    begun = time.monotonic()
    try:
        return done()
    finally:
        assert time.monotonic() - begun < seconds, "It outlived its deadline."


OPERATIONS: dict[str, Callable[[Files], Any]] = {
    "read": lambda files: files.read(KEY),
    "checksum": lambda files: files.checksum(KEY),
    "open": lambda files: files.open(KEY).read(),
    "facts": lambda files: files.facts(KEY),
    "exists": lambda files: files.exists(KEY),
    "put": lambda files: files.put(content_key("pictures", b"new", "image/webp"), b"new"),
    "list": lambda files: list(files.list_keys()),
    "delete": lambda files: files.delete(content_key("pictures", b"other", "image/webp")),
}
#: A short answer comes through a proxy that lets a thousand bytes pass, one without a body through
#: one that lets heads pass.
COME_THROUGH = {("cut", each) for each in ("facts", "exists", "put", "list", "delete")} | {
    ("drip body", each) for each in ("facts", "exists", "put", "delete")
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_operation_ends_in_time_with_an_error_that_says_so(
    proxy: FaultyProxy, fault: Fault
) -> None:
    files = public()
    files.put(KEY, CONTENT)
    proxy.break_with(fault)
    for name in ("read", "facts", "put", "list"):  # all of them: the soak
        operation = OPERATIONS[name]
        if (fault, name) in COME_THROUGH:
            continue

        def failing(operation: Callable[[Files], Any] = operation) -> None:
            with pytest.raises(StorageError):
                operation(files)

        within(SHORTER["DEADLINE"] + SLACK, failing)
    proxy.break_with("none")
    assert files.read(KEY) == CONTENT
    assert KEY in {each.key for each in files.list_keys()}


@pytest.mark.parametrize("fault", ["stall", "500"])
def test_pages_are_drawn_with_their_placeholders_and_ask_for_nothing(
    proxy: FaultyProxy, fault: Fault
) -> None:
    key = content_key("pictures", b"a", "image/webp")
    book = make_book(slug="sea", cover=f"covers/{'0' * 64}-640.webp")
    text = f'<p id="p-aaaaaaaa"><img src="media:{key}" alt="A boat" width="9" height="6"></p>'
    make_chapters(book, 1, text=text)
    Picture.objects.create(
        key=key, width=9, height=6, recipe=1, placeholder="data:image/webp;base64,AA"
    )
    proxy.break_with(fault)
    asked = proxy.connections
    for host, path in (("chapter", "/sea/1/"), ("chapter", "/sea/"), ("main", "/books/sea/")):
        page = within(SLACK, lambda host=host, path=path: visitor(host).get(path))  # type: ignore[misc]
        assert page.status_code == 200
        if path == "/sea/1/":
            assert 'alt="A boat" width="9" height="6"' in page.content.decode()
            assert "background:url(data:image/webp;base64,AA)" in page.content.decode()
    assert proxy.connections == asked


@pytest.fixture
def uploading(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Somebody who may send pictures. What waits for the commit is done at once."""

    def keep(arrived: Arrived) -> dict[str, Any]:
        key = content_key("pictures", arrived.content, "image/png")
        public().put(key, arrived.content)
        return {"key": key}

    monkeypatch.setattr(transaction, "on_commit", lambda done, robust=False: done())
    monkeypatch.setattr(purposes, "_purposes", {})
    monkeypatch.setattr(purposes, "_modules", [])
    purposes.register(Purpose("test", {"image/png": ("png",)}, 10**6, lambda user: None, keep))
    return get_user_model().objects.create(email="ratih@esensi.test")


@pytest.mark.parametrize("fault", FAULTS)
def test_an_upload_says_what_happened_and_can_be_finished_when_it_is_over(
    proxy: FaultyProxy, fault: Fault, uploading: Any
) -> None:
    now = datetime.now(UTC)
    content = picture()
    begun = uploads.begin(
        "test", Announced(len(content), "image/png", "a.png"), by=uploading, now=now
    )
    assert send(begun.form, content) in (201, 204)
    proxy.break_with(fault)

    said: list[str] = []

    def finish() -> Any:
        try:
            return uploads.finish(begun.upload.pk, by=uploading, now=now)
        except StorageError as error:
            said.append(str(error))
            return None

    # Three operations: the head, the bytes, and the new file.
    done = within(3 * SHORTER["DEADLINE"] + SLACK, finish)
    if done is None:
        assert said[0].endswith(".")
        begun.upload.refresh_from_db()
        assert begun.upload.state == UploadState.BEGUN
        proxy.break_with("none")
        done = uploads.finish(begun.upload.pk, by=uploading, now=now)
    proxy.break_with("none")
    assert public().exists(done.result["key"])
    assert not list(private().list_keys())


@pytest.mark.parametrize("fault", ["stall", "403"])
def test_an_import_stores_all_or_nothing(proxy: FaultyProxy, fault: Fault, tmp_path: Any) -> None:
    book = Epub(title="Laut", identifier="urn:test:laut")
    book.file("boat.webp", photograph(60, 40), "image/webp")
    book.page(
        "one.xhtml",
        '<h1>One</h1><p>It began.</p><p><img src="boat.webp" alt=""/></p>',
        toc_title="One",
    )
    path = tmp_path / "laut.epub"
    path.write_bytes(book.build())
    proxy.break_with(fault)
    try:
        within(20, lambda: import_book(path, by=None, publish=True, now=timezone.now()))
    except StorageError:
        assert not Book.objects.exists()
    proxy.break_with("none")
    import_book(path, by=None, publish=True, now=timezone.now())
    assert Book.objects.count() == Chapter.objects.count() == 1


@pytest.mark.parametrize("fault", ["stall", "cut"])
def test_derivatives_wait_until_it_is_over(proxy: FaultyProxy, fault: Fault) -> None:
    content = photograph(400, 300)
    key = content_key("pictures", content, "image/webp")
    public().put(key, content)
    proxy.break_with(fault)

    def failing() -> None:
        with pytest.raises(StorageError):
            derive(key, Plan((160,)))

    within(SHORTER["DEADLINE"] + SLACK, failing)
    assert not Picture.objects.exists(), "It is no fault of the picture."
    proxy.break_with("none")
    assert derive(key, Plan((160,))).made["avif"]
    assert connection.is_usable()


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_with_the_limits_that_hold_everywhere_no_operation_outlives_them(
    buckets: Buckets, settings: Any
) -> None:
    with faulty_proxy(buckets.private.endpoint) as running:
        _behind(running, buckets, settings)
        files = public()
        files.put(KEY, CONTENT * 20)
        for fault in FAULTS:
            running.break_with(fault)
            for name, operation in OPERATIONS.items():
                if (fault, name) in COME_THROUGH:
                    continue
                begun = time.monotonic()
                with pytest.raises(StorageError):
                    operation(files)
                taken = time.monotonic() - begun
                print(f"{fault:7} {name:9} {taken:5.1f} s")  # noqa: T201 - the figures of `make soak`
                assert taken < limits.DEADLINE + limits.READ_SECONDS + timedelta(seconds=5).seconds

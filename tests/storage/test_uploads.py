"""A file's way in: what is announced, what arrives, what is made of it, and what is left."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from PIL import Image

from storage import configuration, errors, purposes, uploads
from storage.backends import Files, private, public
from storage.keys import content_key
from storage.models import Upload, UploadState
from storage.purposes import Arrived, Purpose, UnknownPurpose
from storage.uploads import Announced
from tests.storage.hostile import NAMES, picture, with_exif
from tests.storage.sending import send

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PNG = picture()


@pytest.fixture(autouse=True)
def _commits_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for the commit is done at once: really committing takes a second for each test."""
    monkeypatch.setattr(transaction, "on_commit", lambda done, robust=False: done())


def keep_picture(arrived: Arrived) -> dict[str, Any]:
    key = content_key("pictures", arrived.content, "image/png")
    public().put(key, arrived.content)
    return {"key": key}


def nobody(user: Any) -> None:
    raise PermissionDenied("Not you.")


@pytest.fixture(autouse=True)
def _purposes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purposes, "_purposes", {})
    monkeypatch.setattr(purposes, "_modules", [])
    everybody = lambda user: None  # noqa: E731
    picture_types = {"image/png": ("png",), "image/jpeg": ("jpg", "jpeg")}
    purposes.register(Purpose("test", picture_types, 1_000_000, everybody, keep_picture, at_once=3))
    purposes.register(
        Purpose("book", {"application/epub+zip": ("epub",)}, 1_000_000, everybody,
                lambda arrived: {}, reads=False)
    )  # fmt: skip
    purposes.register(Purpose("closed", picture_types, 1_000_000, nobody, keep_picture))


@pytest.fixture(autouse=True, params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Files:
    if request.param == "bucket":
        buckets = request.getfixturevalue("buckets")
        settings.STORAGES = settings.STORAGES | configuration.storages(buckets.variables)
    return private()


@pytest.fixture
def user() -> Any:
    return get_user_model().objects.create(email="ratih@esensi.test")


@pytest.fixture
def other() -> Any:
    return get_user_model().objects.create(email="bima@esensi.test")


def begin(user: Any, content: bytes = PNG, name: str = "laut.png", type_: str = "image/png",
          purpose: str = "test") -> uploads.Begun:  # fmt: skip
    return uploads.begin(purpose, Announced(len(content), type_, name), by=user, now=NOW)


def test_a_picture_comes_in_and_is_used_once(user: Any, files: Files) -> None:
    begun = begin(user, with_exif(), "foto.jpg", "image/jpeg")
    assert send(begun.form, with_exif()) in (201, 204)
    done = uploads.finish(begun.upload.pk, by=user, now=NOW)
    assert done.state == UploadState.FINISHED
    kept = public().read(done.result["key"])
    for secret in (b"at home", b"secret place", b"Exif", b"eXIf"):
        assert secret not in kept
    assert Image.open(io.BytesIO(kept)).size == (60, 80)
    assert not list(files.list_keys()), "what arrived is gone"
    again = uploads.finish(begun.upload.pk, by=user, now=NOW)
    assert again.result == done.result
    attached = uploads.attach(begun.upload.pk, "test", by=user, now=NOW)
    assert attached.result == done.result
    with pytest.raises(errors.UploadGone):
        uploads.attach(begun.upload.pk, "test", by=user, now=NOW)


def test_equal_pictures_are_stored_once(user: Any) -> None:
    for _ in range(2):
        begun = begin(user)
        send(begun.form, PNG)
        uploads.finish(begun.upload.pk, by=user, now=NOW)
    assert len(list(public().list_keys())) == 1


def test_a_file_that_came_with_a_form_goes_the_same_way(user: Any, files: Files) -> None:
    file = SimpleUploadedFile("laut.png", PNG, "image/png")
    done = uploads.receive("test", file, by=user, now=NOW)
    assert done.state == UploadState.FINISHED
    with pytest.raises(errors.UploadRefused):
        uploads.receive(
            "test", SimpleUploadedFile("a.png", b"<html>", "image/png"), by=user, now=NOW
        )
    assert Upload.objects.count() == 1
    assert not list(files.list_keys())


def test_what_is_not_read_at_once_waits(user: Any, files: Files) -> None:
    content = b"PK\x03\x04 a book"
    begun = begin(user, content, "laut.epub", "", "book")
    assert begun.upload.type == "application/epub+zip"
    send(begun.form, content)
    done = uploads.finish(begun.upload.pk, by=user, now=NOW)
    later = NOW + timedelta(days=1)
    attached = uploads.attach(done.pk, "book", by=user, now=NOW, keep_until=later)
    assert files.read(attached.key) == content
    uploads.sweep(now=later - timedelta(seconds=1))
    assert files.exists(attached.key)
    uploads.sweep(now=later)
    assert not files.exists(attached.key)
    assert not Upload.objects.exists()


def test_what_has_not_arrived_can_be_finished_later(user: Any) -> None:
    begun = begin(user)
    with pytest.raises(errors.UploadNotThere):
        uploads.finish(begun.upload.pk, by=user, now=NOW)
    send(begun.form, PNG)
    assert uploads.finish(begun.upload.pk, by=user, now=NOW).state == UploadState.FINISHED


def test_another_size_and_another_kind_are_refused_and_gone(user: Any, files: Files) -> None:
    for content in (PNG + b"!", b"GIF89a" + PNG[6:], PNG[:60] + b"\0" * (len(PNG) - 60)):
        begun = begin(user)
        files.put(begun.upload.key, content)
        with pytest.raises(errors.UploadRefused):
            uploads.finish(begun.upload.pk, by=user, now=NOW)
        with pytest.raises(errors.UploadGone):
            uploads.finish(begun.upload.pk, by=user, now=NOW)
    assert not list(files.list_keys())
    assert not list(public().list_keys())


def test_nobody_finishes_attaches_or_cancels_anothers(user: Any, other: Any, files: Files) -> None:
    begun = begin(user)
    send(begun.form, PNG)
    with pytest.raises(errors.UploadGone):
        uploads.finish(begun.upload.pk, by=other, now=NOW)
    uploads.cancel(begun.upload.pk, by=other)
    uploads.finish(begun.upload.pk, by=user, now=NOW)
    with pytest.raises(errors.UploadGone):
        uploads.attach(begun.upload.pk, "test", by=other, now=NOW)
    with pytest.raises(errors.UploadGone):
        uploads.attach(begun.upload.pk, "book", by=user, now=NOW)
    with pytest.raises(errors.UploadGone):
        uploads.finish(uuid4(), by=user, now=NOW)
    assert uploads.attach(begun.upload.pk, "test", by=user, now=NOW)


def test_who_may_not_send_does_not_begin(user: Any) -> None:
    with pytest.raises(PermissionDenied):
        begin(user, purpose="closed")
    with pytest.raises(PermissionDenied):
        uploads.receive("closed", SimpleUploadedFile("a.png", PNG), by=user, now=NOW)
    with pytest.raises(UnknownPurpose):
        begin(user, purpose="nothing")
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("size", "type_", "name"),
    [(0, "image/png", "a.png"), (-1, "image/png", "a.png"), (1_000_001, "image/png", "a.png"),
     (10, "text/html", "a.html"), (10, "", "a"), (10, "image/svg+xml", "a.svg")],
)  # fmt: skip
def test_what_may_not_be_sent_is_refused_at_once(
    user: Any, size: int, type_: str, name: str
) -> None:
    with pytest.raises(errors.UploadRefused):
        uploads.begin("test", Announced(size, type_, name), by=user, now=NOW)
    assert not Upload.objects.exists()


def test_no_name_of_a_persons_making_becomes_a_key(user: Any) -> None:
    for number, name in enumerate(NAMES):
        upload = begin(user, name=name).upload
        assert upload.key.startswith("incoming/test/")
        assert set(upload.key.removeprefix("incoming/test/").removesuffix(".png")) <= set(
            "0123456789abcdef"
        ), number
        assert len(upload.name) <= uploads.NAME_LENGTH
        assert "\n" not in upload.name
        assert "\u202e" not in upload.name
        uploads.cancel(upload.pk, by=user)


def test_one_person_sends_a_few_at_a_time(user: Any, other: Any) -> None:
    first, *_rest = [begin(user) for _ in range(3)]
    with pytest.raises(errors.TooManyUploads):
        begin(user)
    begin(other)
    uploads.cancel(first.upload.pk, by=user)
    begin(user)
    uploads.begin("test", Announced(9, "image/png", "a"), by=user, now=NOW + timedelta(hours=2))


def test_a_form_that_is_used_again_after_all_leaves_nothing(user: Any, files: Files) -> None:
    cancelled, in_use = begin(user), begin(user)
    for begun in (cancelled, in_use):
        send(begun.form, PNG)
    uploads.cancel(cancelled.upload.pk, by=user)
    uploads.finish(in_use.upload.pk, by=user, now=NOW)
    uploads.forget_key(in_use.upload.key)
    for begun in (cancelled, in_use):
        assert not files.exists(begun.upload.key)
        send(begun.form, PNG)  # it is signed, and good for an hour
    uploads.sweep(now=NOW + timedelta(hours=1))
    assert not Upload.objects.exists()
    assert not list(files.list_keys("incoming/"))


def test_nobody_begins_and_cancels_for_ever(user: Any, other: Any) -> None:
    for _ in range(3 * uploads.TRIES):
        uploads.cancel(begin(user).upload.pk, by=user)
    with pytest.raises(errors.TooManyUploads):
        begin(user)
    begin(other)
    uploads.begin("test", Announced(9, "image/png", "a"), by=user, now=NOW + timedelta(hours=2))


def test_what_is_attached_at_this_moment_is_neither_cancelled_nor_swept(
    user: Any, files: Files
) -> None:
    begun = begin(user)
    send(begun.form, PNG)
    uploads.finish(begun.upload.pk, by=user, now=NOW)
    later = NOW + timedelta(days=1)
    uploads.attach(begun.upload.pk, "test", by=user, now=NOW, keep_until=later)
    uploads.cancel(begun.upload.pk, by=user)
    uploads.sweep(now=NOW + timedelta(hours=2))
    assert Upload.objects.get().state == UploadState.ATTACHED


def test_an_upload_expires_and_is_swept(user: Any, files: Files) -> None:
    begun = begin(user)
    send(begun.form, PNG)
    late = NOW + timedelta(hours=1)
    with pytest.raises(errors.UploadGone):
        uploads.finish(begun.upload.pk, by=user, now=late)
    call_command("sweep_uploads", stdout=(told := io.StringIO()))  # at this machine's own time
    uploads.sweep(now=late)
    assert "swept" in told.getvalue()
    assert not Upload.objects.exists()
    assert not files.exists(begun.upload.key)


def test_bytes_that_nobody_waits_for_are_swept(user: Any, files: Files) -> None:
    begun = begin(user)
    send(begun.form, PNG)
    stray = "incoming/test/" + "a" * 48 + ".png"
    files.put(stray, PNG)
    files.put("exports/1/a.epub", PNG)
    Upload.objects.update(expires_at=datetime.now(UTC) + timedelta(days=30))
    uploads.sweep(now=datetime.now(UTC))
    assert files.exists(stray), "it may be of an upload that begins at this moment"
    uploads.sweep(now=datetime.now(UTC) + timedelta(days=4))
    assert [each.key for each in files.list_keys()] == ["exports/1/a.epub", begun.upload.key]


def test_what_a_place_that_does_not_answer_says_can_be_tried_again(
    user: Any, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = begin(user)
    send(begun.form, PNG)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise errors.StorageUnavailable("head")

    with monkeypatch.context() as patch:
        patch.setattr(type(files), "facts", fail)
        with pytest.raises(errors.StorageUnavailable):
            uploads.finish(begun.upload.pk, by=user, now=NOW)
    assert uploads.finish(begun.upload.pk, by=user, now=NOW).state == UploadState.FINISHED

"""Files that people with bad intentions send: each is refused, or kept as nothing but its pixels."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from PIL import Image

from sites.accounts.models import User
from sites.accounts.roles import AUTHOR
from sites.books.models import Author
from storage import errors, uploads
from storage.backends import private, public
from storage.models import Upload, UploadState
from storage.uploads import Announced
from tests.storage.hostile import LIES, NAMES, SCRIPT, TABLE
from tests.storage.sending import send

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TRACES = (b"<script", b"PK\x03\x04", b"evil.example", b"secret place", b"at home", b"Exif", b"GPS")


@pytest.fixture(autouse=True)
def _commits_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import transaction

    monkeypatch.setattr(transaction, "on_commit", lambda done, robust=False: done())


@pytest.fixture
def author() -> User:
    user = User.objects.create(email="ratih@esensi.test")
    user.groups.add(Group.objects.get(name=AUTHOR))
    Author.objects.create(name="Ratih", slug="ratih", user=user)
    return user


def everything() -> dict[str, bytes]:
    return {each.key: public().read(each.key) for each in public().list_keys()}


KEPT = {
    "cover": ("cover", r"covers/[0-9a-f]{64}-640\.webp"),
    "picture": ("key", r"pictures/[0-9a-f]{64}\.webp"),
}


@pytest.mark.parametrize("purpose", KEPT)
@pytest.mark.parametrize("name", TABLE)
def test_what_hides_in_a_file_does_not_come_in(purpose: str, name: str, author: User) -> None:
    hostile = TABLE[name]()
    said = Announced(len(hostile.content), hostile.type, hostile.name)
    begun = uploads.begin(purpose, said, by=author, now=NOW)
    assert send(begun.form, hostile.content) == 201
    if hostile.harmless:
        done = uploads.finish(begun.upload.pk, by=author, now=NOW)
        field, pattern = KEPT[purpose]
        assert re.fullmatch(pattern, done.result[field])
        for key, content in everything().items():
            assert key.endswith(".webp")
            assert Image.open(io.BytesIO(content)).format == "WEBP"
            assert not any(trace in content for trace in TRACES), name
    else:
        with pytest.raises(errors.UploadRefused):
            uploads.finish(begun.upload.pk, by=author, now=NOW)
        assert Upload.objects.get().state == UploadState.REFUSED
        assert not everything()
    assert not list(private().list_keys()), "nothing of it is left"


@pytest.mark.parametrize(("name", "type_"), LIES)
def test_a_name_or_type_that_is_no_pictures_is_refused_at_once(
    name: str, type_: str, author: User
) -> None:
    with pytest.raises(errors.UploadRefused):
        uploads.begin("cover", Announced(len(SCRIPT), type_, name), by=author, now=NOW)
    assert not Upload.objects.exists()


def test_no_name_leads_anywhere(author: User, tmp_path: Path) -> None:
    for name in NAMES:
        begun = uploads.begin("cover", Announced(9, "image/png", name), by=author, now=NOW)
        assert re.fullmatch(r"incoming/cover/[0-9a-f]{48}\.png", begun.upload.key)
        uploads.cancel(begun.upload.pk, by=author)


def test_who_may_not_write_sends_nothing(author: User) -> None:
    from django.core.exceptions import PermissionDenied

    reader = User.objects.create(email="bima@esensi.test")
    for purpose in ("cover", "manuscript", "picture"):
        with pytest.raises(PermissionDenied):
            uploads.begin(purpose, Announced(9, "image/png", "a.png"), by=reader, now=NOW)


def test_what_starves_its_process_ends_nothing_else(author: User, settings: Any) -> None:
    """A real picture within the pixels, and a process without the memory for it."""
    from storage import pictures
    from tests.storage.hostile import picture

    content = picture(size=(3000, 3000))
    assert pictures.clean(content, "image/png").startswith(b"\x89PNG")
    little = pictures.PictureLimits(memory=80 * 1024 * 1024)
    with pytest.raises(pictures.BrokenPicture):
        pictures.clean(content, "image/png", limits=little)
    with pytest.raises(pictures.BrokenPicture):
        pictures.clean(content, "image/png", limits=pictures.PictureLimits(pixels=8_999_999))

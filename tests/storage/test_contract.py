"""What every place for files promises, put to a folder and to a real S3 endpoint alike."""

from __future__ import annotations

import hashlib
import io
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile

from storage import keys, limits
from storage.backends import Files
from storage.errors import BadKey, StoredFileTooLarge
from tests.storage.conftest import Place

CONTENT = bytes(range(256)) * 3000  # more than one piece
KEY = keys.content_key("pictures", CONTENT, "image/webp")
BAD_KEYS = (
    "", "/", "a//b", "../a.webp", "covers/../../a.webp", "/etc/passwd", "covers/.part-1",
    ".hidden", "covers/", "a\x00b", "a\nb", "ä.webp", "a b.webp", "a%2e%2e/b", "a\\b", "c" * 201,
    "a/b/c/d/e/f/g", "covers/a..webp",
)  # fmt: skip


@pytest.fixture(params=["public", "private"])
def files(place: Place, request: pytest.FixtureRequest) -> Files:
    return place(request.param)


def test_what_is_put_is_read(files: Files) -> None:
    assert not files.exists(KEY)
    before = datetime.now(UTC) - timedelta(seconds=2)
    assert files.put(KEY, CONTENT)
    assert files.read(KEY) == CONTENT
    assert files.size(KEY) == len(CONTENT)
    assert files.facts(KEY).type == "image/webp"
    assert before < files.get_modified_time(KEY) < datetime.now(UTC) + timedelta(seconds=2)
    assert files.checksum(KEY) == hashlib.sha256(CONTENT).hexdigest() == KEY[9:-5]


def test_a_file_is_put_from_its_beginning(files: Files) -> None:
    file = io.BytesIO(CONTENT)
    file.seek(100)
    files.put(KEY, file)
    assert files.read(KEY) == CONTENT


def test_equal_content_is_stored_once(files: Files) -> None:
    assert files.put(KEY, CONTENT)
    written = files.get_modified_time(KEY)
    assert not files.put(KEY, CONTENT)
    assert files.get_modified_time(KEY) == written
    assert [listed.key for listed in files.list_keys()] == [KEY]


def test_a_file_that_a_sweep_could_take_is_written_anew(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.put(KEY, CONTENT)
    monkeypatch.setattr(limits, "REFRESH_AGE", timedelta(seconds=-5))
    assert files.put(KEY, CONTENT)
    assert files.read(KEY) == CONTENT


def test_parts_are_read(files: Files) -> None:
    files.put(KEY, CONTENT)
    last = len(CONTENT) - 1
    for first, end in [(0, None), (0, 0), (5, 5), (0, 1), (1, 300_000), (last, None), (7, 10**12)]:
        assert b"".join(files.pieces(KEY, first=first, end=end)) == CONTENT[first:end]


def test_nothing_lies_behind_the_end(files: Files) -> None:
    files.put(KEY, CONTENT)
    assert b"".join(files.pieces(KEY, first=len(CONTENT))) == b""
    files.put("a/empty.bin", b"")
    assert files.read("a/empty.bin") == b""


def test_no_more_is_read_than_one_can_take(files: Files) -> None:
    files.put(KEY, CONTENT)
    assert files.read(KEY, limit=len(CONTENT)) == CONTENT
    with pytest.raises(StoredFileTooLarge):
        files.read(KEY, limit=len(CONTENT) - 1)


def test_what_is_not_there_is_said(files: Files) -> None:
    for ask in (files.read, files.facts, files.size, files.checksum, files.open):
        with pytest.raises(FileNotFoundError):
            ask(KEY)
    files.delete(KEY)  # which is no error


def test_what_is_deleted_is_gone(files: Files) -> None:
    files.put(KEY, CONTENT)
    files.delete(KEY)
    assert not files.exists(KEY)
    assert not list(files.list_keys())


def test_keys_are_listed_in_their_order_and_from_any_on(files: Files) -> None:
    names = ["a/b.webp", "a-b.webp", "a/b-c.webp", "a/b/c.webp", "a.webp", "b/1.webp", "b/2.webp"]
    for name in names:
        files.put(name, name.encode())
    listed = [each.key for each in files.list_keys()]
    assert sorted(listed) == sorted(names)
    assert [each.key for each in files.list_keys("b/")] == ["b/1.webp", "b/2.webp"]
    assert [each.key for each in files.list_keys("b/1")] == ["b/1.webp"]
    assert [each.size for each in files.list_keys("b/1")] == [8]
    assert not list(files.list_keys("c/"))
    for place, key in enumerate(listed):
        assert [each.key for each in files.list_keys(after=key)] == listed[place + 1 :]


def test_no_key_leads_elsewhere(place: Place) -> None:
    for files, key in itertools.product([place("public"), place("private")], BAD_KEYS):
        for ask in (
            *(files.read, files.facts, files.exists, files.delete, files.url, files.signed_url),
            lambda key, files=files: files.put(key, b"x"),
            lambda key, files=files: files.signed_form(
                key, size=1, type_="image/png", expires=timedelta(minutes=1)
            ),
        ):
            with pytest.raises(BadKey):
                ask(key)
        with pytest.raises(SuspiciousFileOperation):
            files.save(key, ContentFile(b"x"))


def test_django_saves_and_opens(files: Files) -> None:
    assert files.save(KEY, ContentFile(CONTENT)) == KEY
    assert files.save(KEY, ContentFile(CONTENT)) == KEY  # never another name
    with files.open(KEY) as file:
        assert file.read(4) == CONTENT[:4]
        file.seek(0, io.SEEK_END)
        assert file.tell() == len(CONTENT)
    files.put("pictures/b/c.webp", b"x")
    assert files.listdir("pictures") == (["b"], [KEY.removeprefix("pictures/")])
    assert files.listdir("nothing") == ([], [])


def test_stored_files_are_not_written_into(files: Files) -> None:
    with pytest.raises(ValueError, match="read"):
        files.open(KEY, "wb")

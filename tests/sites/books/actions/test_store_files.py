from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage

from sites.books.actions.store_files import NewFiles


@pytest.fixture(autouse=True)
def _media(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_files_are_stored_under_their_keys() -> None:
    files = NewFiles()
    with files.deleted_on_failure():
        files.store({"a/b.txt": b"one"})
    with default_storage.open("a/b.txt") as file:
        assert file.read() == b"one"


def test_a_failure_deletes_what_is_new_and_keeps_what_was_there() -> None:
    NewFiles().store({"old.txt": b"one"})
    files = NewFiles()
    with pytest.raises(RuntimeError), files.deleted_on_failure(), files.deleted_on_failure():
        store_and_fail(files)
    assert default_storage.exists("old.txt")
    assert not default_storage.exists("new.txt")


def store_and_fail(files: NewFiles) -> None:
    files.store({"old.txt": b"one", "new.txt": b"two"})
    raise RuntimeError


def test_a_storage_that_fails_at_deleting_does_not_hide_the_first_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(default_storage, "delete", refuse)
    files = NewFiles()
    with pytest.raises(RuntimeError), files.deleted_on_failure():
        store_and_fail(files)
    assert "new.txt" in caplog.text


def test_a_storage_that_renames_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    save = default_storage.save
    monkeypatch.setattr(default_storage, "save", lambda name, content: save(f"x-{name}", content))
    files = NewFiles()
    with pytest.raises(RuntimeError, match=r"kept a\.txt as x-a"), files.deleted_on_failure():
        files.store({"a.txt": b"one"})
    assert not default_storage.exists("x-a.txt")

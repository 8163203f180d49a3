from __future__ import annotations

import pytest

from sites.books.actions.store_files import store_files
from storage.backends import public
from storage.errors import BadKey


def test_files_are_stored_under_their_keys_and_once() -> None:
    told: list[int] = []
    store_files({"a/b.txt": b"one", "a/c.txt": b"two"}, progress=told.append)
    store_files({"a/b.txt": b"one"})
    assert public().read("a/b.txt") == b"one"
    assert told == [0, 1]
    assert len(list(public().list_keys())) == 2


def test_no_file_is_stored_under_a_key_of_somebodys_making() -> None:
    with pytest.raises(BadKey):
        store_files({"../a.txt": b"one"})

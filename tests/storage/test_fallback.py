"""While files move, the house has them all: new ones in the current place, others in the former."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from storage import checking
from storage.backends import private, public
from storage.configuration import storages as described
from storage.fallback import Fallback
from storage.folder import PublicFolder
from storage.keys import content_key
from storage.moving import move
from storage.s3 import PublicBucket
from tests.storage.endpoint import Buckets
from tests.storage.test_serving import get

OLD, NEW = content_key("covers", b"old", "image/webp"), content_key("covers", b"new", "image/webp")


@pytest.fixture(autouse=True)
def moving(settings: Any, tmp_path: Path, buckets: Buckets) -> None:
    """From the folder of a volume into buckets."""
    PublicFolder(tmp_path / "media").put(OLD, b"old")
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_URL = buckets.public.url
    values = buckets.variables | {"FILES_READ_ALSO": "folder"}
    settings.STORAGES = settings.STORAGES | described(values)


def test_the_former_place_is_read_and_the_current_one_written() -> None:
    place = public()
    assert isinstance(place, Fallback)
    assert place.read(OLD) == b"old"
    assert place.size(OLD) == 3
    assert place.checksum(OLD)
    place.put(NEW, b"new")
    assert place.read(NEW) == b"new"
    assert place.current.exists(NEW)
    assert not place.former.exists(NEW)
    assert sorted([OLD, NEW]) == [each.key for each in place.list_keys()]
    with pytest.raises(FileNotFoundError):
        place.read(content_key("covers", b"never", "image/webp"))


async def test_pages_name_an_address_that_leads_to_wherever_the_file_is(buckets: Buckets) -> None:
    public().put(NEW, b"new")
    for key in (OLD, NEW):
        assert public().url(key) == f"/media/{key}"
    assert (await get(f"/media/{OLD}"))["status"] == 200
    answer = await get(f"/media/{NEW}")
    assert answer["status"] == 302
    assert answer["headers"]["location"] == f"{buckets.public.url}{NEW}"


def test_private_links_are_made_by_the_place_that_has_the_file(settings: Any) -> None:
    place = private()
    assert isinstance(place, Fallback)
    place.former.put("exports/1/old.epub", b"old")
    place.put("exports/1/new.epub", b"new")
    assert place.signed_url("exports/1/old.epub").startswith("/files/")
    assert place.signed_url("exports/1/new.epub").startswith("http://")


def test_deleting_deletes_in_both_and_the_end_of_the_move_changes_nothing(
    settings: Any, buckets: Buckets
) -> None:
    place = public()
    assert isinstance(place, Fallback)
    move(place.former, place.current)
    settings.STORAGES = settings.STORAGES | described(buckets.variables)
    assert isinstance(public(), PublicBucket)
    assert public().read(OLD) == b"old"
    place.delete(OLD)
    assert not place.exists(OLD)


async def test_the_door_stays_closed_without_the_setting(settings: Any, buckets: Buckets) -> None:
    settings.STORAGES = settings.STORAGES | described(buckets.variables)
    assert (await get(f"/media/{OLD}"))["status"] == 418, "It was led on."


def test_storage_check_tries_the_place_that_new_files_go_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checking._Check, "expiry", lambda _self: None)
    said = io.StringIO()
    with contextlib.suppress(CommandError):  # these buckets know none of the hosts
        call_command("storage_check", stdout=said)
    lines = [line.split() for line in said.getvalue().splitlines()]
    assert ["OK", "private", "signed", "post"] in [line[:4] for line in lines]

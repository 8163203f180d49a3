"""Files that move: every one arrives as it was, whatever happens on the way."""

from __future__ import annotations

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage import moving
from storage.backends import Files
from storage.errors import StorageUnavailable
from storage.folder import PrivateFolder, PublicFolder
from storage.keys import content_key
from storage.moving import delete_source, differences, move, verify
from storage.s3 import PrivateBucket, PublicBucket
from tests.storage.conftest import Place
from tests.storage.endpoint import Buckets, Endpoint

ROOT = Path(__file__).resolve().parents[2]
FEW, USUAL, MANY = 60, 2_000, 10_000
DEADLINE = 300.0


def fill(place: Files, count: int, *, seed: int = 1, folder: str = "pictures") -> None:
    """Files of 1 to 6 KB, written as a volume would have them."""
    chance = random.Random(seed)
    location = place.location / folder  # type: ignore[attr-defined]
    location.mkdir(parents=True, exist_ok=True)
    for _ in range(count):
        content = chance.randbytes(chance.randrange(1_000, 6_000))
        key = content_key(folder, content, "image/webp")
        (location / key.rpartition("/")[2]).write_bytes(content)


def checksums(place: Files) -> dict[str, str]:
    return {
        each.key: hashlib.sha256(place.read(each.key)).hexdigest() for each in place.list_keys()
    }


def test_what_is_missing_is_copied_and_the_rest_left(tmp_path: Path, place: Place) -> None:
    source, target = PublicFolder(tmp_path / "from"), place("public")
    fill(source, FEW)
    first = move(source, target)
    assert (first.moved, first.there, first.failed) == (FEW, 0, 0), first.failures
    fill(source, 5, seed=2, folder="covers")
    again = move(source, target)
    assert (again.moved, again.there, again.failed) == (5, FEW, 0), again.failures
    assert checksums(target) == checksums(source)
    assert verify(source, target).there == FEW + 5
    back = PublicFolder(tmp_path / "back")
    assert move(target, back).moved == FEW + 5
    assert checksums(back) == checksums(source)


def test_types_and_cache_of_what_arrives_are_those_of_its_own_kind(
    tmp_path: Path, buckets: Buckets
) -> None:
    source, target = PublicFolder(tmp_path), PublicBucket(**buckets.public._asdict())
    fill(source, 1)
    move(source, target)
    key = next(source.list_keys()).key
    head = target.bucket.client.head_object(Bucket=target.access.name, Key=key)
    assert head["ContentType"] == "image/webp"
    assert head["CacheControl"] == "public, max-age=31536000, immutable"


def test_what_is_cut_or_altered_at_the_target_is_copied_again_or_told(
    tmp_path: Path, place: Place
) -> None:
    source, target = PublicFolder(tmp_path / "from"), place("public")
    fill(source, 3)
    move(source, target)
    cut, altered, _same = (each.key for each in source.list_keys())
    target.delete(cut)
    target.put(cut, b"half")
    target.delete(altered)
    target.put(altered, b"x" * source.size(altered))
    outcome = verify(source, target)
    assert (outcome.there, outcome.failed) == (1, 2)
    assert move(source, target).moved == 1
    assert target.checksum(cut) == source.checksum(cut)


def test_what_is_on_its_way_into_the_house_stays(tmp_path: Path) -> None:
    source, target = PrivateFolder(tmp_path / "from"), PrivateFolder(tmp_path / "to")
    source.put("incoming/covers/abc.webp", b"on its way")
    source.put("exports/1/abc.epub", b"a book")
    assert [each.listed.key for each in differences(source, target)] == ["exports/1/abc.epub"]


def test_a_file_that_fails_is_told_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = PublicFolder(tmp_path / "from"), PublicFolder(tmp_path / "to")
    fill(source, FEW)
    bad = sorted(each.key for each in source.list_keys())[7]
    real = moving.copy

    def copy(here: Files, there: Files, key: str) -> None:
        if key == bad:
            raise StorageUnavailable(f"get {key}")
        real(here, there, key)

    monkeypatch.setattr(moving, "copy", copy)
    outcome = move(source, target)
    assert (outcome.moved, outcome.failed) == (FEW - 1, 1)
    assert outcome.failures[0].startswith(bad)
    monkeypatch.undo()
    assert move(source, target).moved == 1


def test_nothing_is_deleted_that_has_not_arrived_in_the_same_bytes(tmp_path: Path) -> None:
    source, target = PublicFolder(tmp_path / "from"), PublicFolder(tmp_path / "to")
    fill(source, 4)
    move(source, target)
    missing, altered, *_same = (each.key for each in source.list_keys())
    target.delete(missing)
    Path(target.path(altered)).write_bytes(b"x" * source.size(altered))
    outcome = delete_source(source, target)
    assert (outcome.moved, outcome.failed) == (2, 2)
    assert {each.key for each in source.list_keys()} == {missing, altered}


# --- The command ------------------------------------------------------------------------------


@pytest.fixture
def own_buckets(endpoint: Endpoint) -> Buckets:
    """Such as no other test has: they are left full."""
    return endpoint.new_buckets()


@pytest.fixture
def variables(tmp_path: Path, own_buckets: Buckets) -> Path:
    path = tmp_path / "bucket.env"
    path.write_text("".join(f"{name}={value}\n" for name, value in own_buckets.variables.items()))
    return path


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate_media", *words],
        cwd=ROOT,
        env=os.environ | {"ESENSI_ENV": "local"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(*words: str) -> tuple[int, str]:
    process = start(*words)
    said, _nothing = process.communicate(timeout=DEADLINE)
    return process.returncode, said


def killed_and_resumed(tmp_path: Path, variables: Path, buckets: Buckets, count: int) -> list[str]:
    """Move so many files, end the process twice on the way without a warning, and go on."""
    source = PublicFolder(tmp_path / "media")
    private = PrivateFolder(tmp_path / "media-private")
    fill(source, count - 10)
    fill(private, 10, seed=3, folder="manuscripts")
    target = PublicBucket(**buckets.public._asdict())
    words = ("--from", f"folder:{tmp_path / 'media'}", "--to", f"variables:{variables}")
    for share in (0.25, 0.6):
        process = start(*words)
        until = time.monotonic() + DEADLINE
        while sum(1 for _ in target.list_keys()) < share * count:
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < until
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=DEADLINE)
    assert sum(1 for _ in target.list_keys()) < count - 10, "The kill came too late to tell."
    code, said = run(*words)
    assert code == 0, said
    assert checksums(target) == checksums(source)
    assert checksums(PrivateBucket(**buckets.private._asdict())) == checksums(private)
    return said.splitlines()


def test_two_thousand_files_arrive_although_the_process_is_killed_twice(
    tmp_path: Path, variables: Path, own_buckets: Buckets
) -> None:
    said = "\n".join(killed_and_resumed(tmp_path, variables, own_buckets, USUAL))
    copied, there = re.search(r"public: ([\d,]+) copied, ([\d,]+) were there", said).groups()  # type: ignore[union-attr]
    number: Callable[[str], int] = lambda text: int(text.replace(",", ""))  # noqa: E731
    assert number(copied) + number(there) == USUAL - 10
    assert number(there) >= 0.6 * USUAL
    assert "files/s" in said


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_ten_thousand_files_arrive_although_the_process_is_killed_twice(
    tmp_path: Path, variables: Path, own_buckets: Buckets
) -> None:
    for line in killed_and_resumed(tmp_path, variables, own_buckets, MANY):
        print(line)  # noqa: T201 - the figures of `make soak`


def test_the_source_is_deleted_by_its_number_alone(tmp_path: Path) -> None:
    source, target = PublicFolder(tmp_path / "from"), PublicFolder(tmp_path / "to")
    fill(source, 3)
    words = ("--from", f"folder:{tmp_path / 'from'}", "--to", f"folder:{tmp_path / 'to'}")
    code, said = run(*words, "--dry-run")
    assert code == 0
    assert "public: 3 files to copy" in said
    assert list(target.list_keys()) == []
    code, said = run(*words, "--delete-source", "4")
    assert code == 1
    assert "has 3 files, not 4" in said
    assert len(list(source.list_keys())) == len(list(target.list_keys())) == 3
    code, said = run(*words, "--delete-source", "3")
    assert code == 0, said
    assert list(source.list_keys()) == []
    assert len(list(target.list_keys())) == 3


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--from", "folder", "--to", "folder"), "same place"),
        (("--from", "floppy", "--to", "folder"), "no place for files"),
        (("--from", "folder", "--to", "tigris"), "describe no bucket"),
        (("--from", "folder", "--to", "variables:/nowhere/at.all"), "cannot be read"),
    ],
)
def test_words_that_mean_no_place_are_refused(
    words: tuple[str, ...], why: str, capsys: Any
) -> None:
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match=why):
        call_command("migrate_media", *words)

"""What is made of stored pictures, and what becomes of those that ask for too much."""

from __future__ import annotations

import base64
import io
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from PIL import Image

from storage import derivatives
from storage.backends import Files, public
from storage.derivatives import CannotDerive, Plan, Stopped, derive, derived_keys
from storage.keys import content_key
from storage.models import Picture

pytestmark = pytest.mark.django_db
PLAN = Plan(widths=(160, 320, 640), jpeg=320)


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Files:
    folder = {"BACKEND": "storage.folder.PublicFolder", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"public": folder, "default": folder}
    return public()


def photograph(width: int, height: int, mode: str = "RGB") -> bytes:
    """A picture with gradients and grain, as cameras make them."""
    across = Image.linear_gradient("L").resize((width, height))
    grain = Image.effect_noise((width, height), 12)
    image = Image.merge("RGB", (across, across.transpose(Image.Transpose.ROTATE_180), grain))
    if mode == "RGBA":
        image.putalpha(across)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=90)
    return buffer.getvalue()


def stored(files: Files, content: bytes) -> str:
    key = content_key("pictures", content, "image/webp")
    files.put(key, content)
    return key


def test_every_width_is_made_and_none_wider_than_the_picture(files: Files) -> None:
    key = stored(files, photograph(500, 250))
    picture = derive(key, PLAN)
    assert (picture.width, picture.height) == (500, 250)
    assert picture.made == {"avif": [160, 320, 500], "webp": [160, 320], "jpg": [320]}
    for each in derived_keys(picture):
        width = int(each.rpartition("-r")[0].rpartition("-")[2])
        with Image.open(io.BytesIO(files.read(each))) as image:
            assert image.size == (width, width // 2)
            assert each.endswith({"AVIF": "avif", "WEBP": "webp", "JPEG": "jpg"}[str(image.format)])


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_held_while_a_picture_is_worked_on(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    run = derivatives._run

    def look(*words: Any) -> dict[str, Any]:
        held.append(connection.connection is not None)
        return run(*words)

    monkeypatch.setattr(derivatives, "_run", look)
    picture = derive(stored(files, photograph(200, 100)), PLAN)
    assert held == [False]
    assert Picture.objects.get() == picture


def test_a_placeholder_is_a_few_pixels_of_the_picture(files: Files) -> None:
    picture = derive(stored(files, photograph(640, 320)), PLAN)
    assert len(picture.placeholder) < 400
    start = "data:image/webp;base64,"
    assert picture.placeholder.startswith(start)
    with Image.open(io.BytesIO(base64.b64decode(picture.placeholder.removeprefix(start)))) as image:
        assert image.size == (16, 8)


def test_what_one_can_see_through_gets_neither_placeholder_nor_jpeg(files: Files) -> None:
    picture = derive(stored(files, photograph(400, 400, "RGBA")), PLAN)
    assert picture.placeholder == ""
    assert set(picture.made) <= {"avif", "webp"}


def test_a_drawing_stays_without_loss(files: Files) -> None:
    image = Image.new("P", (600, 600), 0)
    image.putpalette([0, 0, 0, 255, 255, 255])
    for x in range(0, 600, 7):
        image.paste(1, (x, 0, x + 3, 600))
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", lossless=True)
    picture = derive(stored(files, buffer.getvalue()), PLAN)
    assert "avif" not in picture.made
    assert picture.made["webp"] == [160, 320]


def test_what_is_made_is_not_made_again_unless_asked(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = stored(files, photograph(200, 200))
    first = derive(key, PLAN)
    assert derive(key, PLAN).made_at == first.made_at
    assert derive(key, PLAN, again=True).made_at > first.made_at
    monkeypatch.setattr(derivatives, "RECIPE", 2)
    second = derive(key, PLAN)
    assert second.recipe == 2
    assert not set(derived_keys(second)) & {f"{key[:-5]}-160-r1.avif"}


def test_a_picture_that_exhausts_memory_ends_its_own_process_alone(files: Files) -> None:
    content = photograph(3000, 3000)
    key = stored(files, content)
    with pytest.raises(CannotDerive):
        derive(key, PLAN._replace(memory=120 * 1024 * 1024))
    known = Picture.objects.get(key=key)
    assert known.failure
    assert known.made == {}
    # It is not tried for ever, and stays as it is.
    begun = time.monotonic()
    with pytest.raises(CannotDerive):
        derive(key, PLAN)
    assert time.monotonic() - begun < 0.2
    assert files.read(key) == content
    assert derive(key, PLAN, again=True).failure == ""


def test_a_picture_that_takes_too_long_is_given_up(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derivatives, "LONGEST", 0)
    with pytest.raises(CannotDerive, match="longer"):
        derive(stored(files, photograph(900, 900)), PLAN)


@pytest.mark.parametrize("content", [b"no picture at all", photograph(300, 300)[:-2000], b""])
def test_a_broken_picture_is_remembered_as_such(files: Files, content: bytes) -> None:
    key = stored(files, content)
    with pytest.raises(CannotDerive):
        derive(key, PLAN)
    assert Picture.objects.get(key=key).failure


def test_a_bomb_ends_its_own_process(files: Files) -> None:
    """50,000 × 50,000 pixels in a few kilobytes."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000))
    bomb = b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")
    with pytest.raises(CannotDerive):
        derive(stored(files, bomb), PLAN)


def test_a_stop_ends_the_process_and_leaves_the_picture_for_later(files: Files) -> None:
    key = stored(files, photograph(900, 900))
    with pytest.raises(Stopped):
        derive(key, PLAN, should_stop=lambda: True)
    assert not Picture.objects.filter(key=key).exists()


def test_a_picture_that_is_not_there_is_no_failure() -> None:
    with pytest.raises(FileNotFoundError):
        derive(f"pictures/{'0' * 64}.webp", PLAN)
    assert not Picture.objects.exists()

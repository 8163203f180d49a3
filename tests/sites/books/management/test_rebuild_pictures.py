"""`manage.py rebuild_pictures`: what was stored before there were derivatives, or by another recipe."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from storage.backends import Files, public
from storage.keys import content_key
from storage.models import Picture
from tests.storage.test_derivatives import photograph

pytestmark = pytest.mark.django_db
SHA = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Files:
    folder = {"BACKEND": "storage.folder.PublicFolder", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"public": folder, "default": folder}
    return public()


def run(*words: str) -> str:
    said = io.StringIO()
    call_command("rebuild_pictures", *words, stdout=said, stderr=said)
    return said.getvalue().splitlines()[-1]


def test_it_makes_what_is_missing_and_with_again_all(files: Files) -> None:
    content = photograph(300, 200)
    key = content_key("pictures", content, "image/webp")
    files.put(key, content)
    for width in (160, 320, 640):
        files.put(f"covers/{SHA}-{width}.webp", content)
    assert run("--dry-run") == "2 pictures to do; nothing was written."
    assert run() == "2 pictures done, 0 failed."
    assert Picture.objects.count() == 2
    assert run() == "0 pictures done, 0 failed."
    assert run("--again") == "2 pictures done, 0 failed."


def test_it_says_which_failed(files: Files) -> None:
    broken = content_key("pictures", b"no picture", "image/webp")
    files.put(broken, b"no picture")
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("rebuild_pictures", stdout=said, stderr=said)
    assert broken in said.getvalue()
    assert "0 pictures done, 1 failed." in said.getvalue()

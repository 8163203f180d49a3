"""What a sweep takes for an orphan, and what it never touches."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sites.books.models import PendingImport, Revision
from storage.backends import private, public
from storage.folder import Folder
from storage.models import Picture
from tests.sites.chapter.library import make_book, make_chapters, make_reader

pytestmark = pytest.mark.django_db
SHA = "0123456789abcdef" * 4
OLD = timedelta(days=30)


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    def folder(name: str) -> dict[str, Any]:
        backend = f"storage.folder.{name.capitalize()}Folder"
        return {"BACKEND": backend, "OPTIONS": {"location": tmp_path / name}}

    settings.STORAGES = settings.STORAGES | {
        "public": folder("public"),
        "private": folder("private"),
        "default": folder("public"),
    }


def put(key: str, age: timedelta = OLD, place: Callable[[], Any] = public) -> str:
    folder: Folder = place()
    folder.put(key, b"content")
    then = time.time() - age.total_seconds()
    os.utime(folder.path(key), (then, then))
    return key


def sweep(*words: str) -> list[str]:
    said = io.StringIO()
    call_command("sweep_storage", *words, stdout=said)
    return said.getvalue().splitlines()


def listed(lines: list[str]) -> list[str]:
    return [line.split()[1] for line in lines if line.startswith(("public ", "private "))]


def test_what_nothing_names_is_listed_and_deleted_by_its_number_alone() -> None:
    orphan, young = put(f"covers/{SHA}-640.webp"), put(f"covers/{'f' * 64}.svg", timedelta(days=6))
    lines = sweep()
    assert listed(lines) == [orphan]
    assert lines[-1] == "To delete them: manage.py sweep_storage --delete 1"
    with pytest.raises(CommandError, match="not 2: nothing"):
        sweep("--delete", "2")
    assert public().exists(orphan)
    sweep("--delete", "1")
    assert not public().exists(orphan)
    assert public().exists(young)
    assert listed(sweep()) == []


def test_what_books_texts_versions_and_uploads_name_stays() -> None:
    book = make_book(cover=f"covers/{SHA}-640.webp")
    chapter = make_chapters(book, 1, text=f'<p><img src="media:pictures/{SHA}.webp"></p>')[0]
    former = f"pictures/{'1' * 64}.webp"
    Revision.objects.create(
        chapter=chapter, number=1, title="x", text=f'<p><img src="media:{former}"></p>'
    )
    Picture.objects.create(
        key=f"pictures/{SHA}.webp", width=9, height=9, recipe=1, made={"avif": [480]}
    )
    drawn = make_book("other", cover=f"covers/{'2' * 64}.svg")
    waiting = put("imports/abc.epub", place=private)
    PendingImport.objects.create(token="t", user=make_reader(), name="n", key=waiting)
    used = [
        *(f"covers/{SHA}-{width}.webp" for width in (160, 320, 640)),
        *(drawn.cover.name or "", f"covers/{'2' * 64}.png"),
        *(f"pictures/{SHA}.webp", f"pictures/{SHA}-480-r1.avif", former),
    ]
    for key in used:
        put(key)
    put(f"exports/{book.pk}/abc.epub", place=private)
    put("incoming/covers/abc.webp", place=private)
    lost = put("exports/999999/abc.epub", place=private)
    stale = put(f"pictures/{SHA}-480-r0.avif")
    assert sorted(listed(sweep())) == sorted([lost, stale])


def test_a_file_that_was_wanted_again_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    from storage.management.commands import sweep_storage

    key = put(f"pictures/{SHA}.webp")
    real, asked = sweep_storage.used_now, []

    def used_now() -> Any:
        if asked:  # between the listing and the deletion
            make_chapters(make_book(), 1, text=f'<p><img src="media:{key}"></p>')
        asked.append(1)
        return real()

    monkeypatch.setattr(sweep_storage, "used_now", used_now)
    sweep("--delete", "1")
    assert public().exists(key)


def test_younger_than_a_week_is_never_asked_for() -> None:
    with pytest.raises(CommandError, match="at least 7"):
        sweep("--older-than", "1")


def test_what_killed_processes_left_half_written_goes_with_them(tmp_path: Path) -> None:
    folder = public()
    assert isinstance(folder, Folder)
    part = folder.begin("covers/abc.svg")
    old = timezone.now().timestamp() - 2 * 86_400
    os.utime(part, (old, old))
    fresh = folder.begin("covers/abc.svg")
    assert sweep("--delete", "0")[-1] == "1 half-written files went as well."
    assert not part.exists()
    assert fresh.exists()

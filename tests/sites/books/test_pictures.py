"""From a stored picture to what pages show of it: before its derivatives exist, and then."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from sites.background.registry import run_now
from sites.books.actions.remove_unused_covers import remove_unused_covers_forever
from sites.books.actions.store_files import store_files
from sites.books.models import Chapter
from sites.books.pictures import derive_now, drawn_pictures, is_master
from storage.models import Picture
from tests.house import visitor
from tests.sites.chapter.library import make_book, make_chapters
from tests.storage.test_derivatives import photograph

pytestmark = pytest.mark.django_db
SHA = "0123456789abcdef" * 4
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> None:
    folder = {"BACKEND": "storage.folder.PublicFolder", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = settings.STORAGES | {"public": folder, "default": folder}


@pytest.fixture(autouse=True)
def _no_jobs(db: None) -> None:
    """Jobs of other tests stay: the queue's tables are none of Django's, which are emptied."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def waiting() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'key' FROM procrastinate_jobs ORDER BY id")
        return [key for (key,) in cursor.fetchall()]


def known(key: str, *, width: int = 1000) -> Picture:
    made = {"avif": [480, 800], "webp": [480, 800], "jpg": [800]}
    return Picture.objects.create(
        key=key,
        width=width,
        height=500,
        made=made,
        recipe=1,
        placeholder="data:image/webp;base64,AA",
    )


def with_pictures(chapter: Chapter, count: int) -> list[str]:
    keys = [f"pictures/{number:064x}.webp" for number in range(count)]
    shown = "".join(
        f'<p id="p-{number:08d}"><img src="media:{key}" alt="" width="1000" height="500"></p>'
        for number, key in enumerate(keys)
    )
    Chapter.objects.filter(pk=chapter.pk).update(text=shown)
    return keys


def test_storing_pictures_puts_one_job_for_each_master_into_the_queue() -> None:
    content = photograph(300, 200)
    files = {
        f"pictures/{SHA}.webp": content,
        **{f"covers/{SHA}-{width}.webp": content for width in (160, 320, 640)},
        f"covers/{SHA}.svg": b"<svg/>",
    }
    store_files(files)
    store_files(files)
    assert waiting() == [f"pictures/{SHA}.webp", f"covers/{SHA}-640.webp"]
    for key in waiting():
        run_now("books.derive_picture", key=key)
    assert set(Picture.objects.values_list("key", flat=True)) == set(waiting())
    run_now("books.derive_picture", key=f"pictures/{'f' * 64}.webp")  # gone meanwhile: no matter


@pytest.mark.parametrize(
    ("key", "is_one"),
    [
        (f"pictures/{SHA}.webp", True),
        (f"pictures/{SHA}-480-r1.webp", False),
        (f"covers/{SHA}-640.webp", True),
        (f"covers/{SHA}-320.webp", False),
        (f"covers/{SHA}-640-r1.jpg", False),
        (f"covers/{SHA}.svg", False),
        (f"exports/{SHA}.epub", False),
    ],
)
def test_derivatives_are_not_derived_from(key: str, is_one: bool) -> None:
    assert is_master(key) is is_one


def test_a_cover_shows_its_derivatives_once_they_exist_and_forgets_those_of_a_former_one() -> None:
    key = f"covers/{SHA}-640.webp"
    default_storage.put(key, photograph(640, 853))  # type: ignore[attr-defined]
    book = make_book(cover=key)
    shown = render_to_string("house/cover.html", {"book": book, "sizes": "4rem"})
    assert "<picture>" not in shown
    assert "cover-blur" not in shown
    derive_now(key)
    book.refresh_from_db()
    shown = render_to_string("house/cover.html", {"book": book, "sizes": "4rem"})
    assert re.search(
        rf'<source type="image/avif" srcset="[^"]*covers/{SHA}-160-r1\.avif 160w', shown
    )
    assert 'class="cover-blur" src="data:image/webp;base64,' in shown
    assert shown.count("width=") == shown.count("height=") == 2
    assert book.share_url.endswith(f"{SHA}-640-r1.jpg")
    book.cover.name = f"covers/{'f' * 64}-640.webp"
    assert book.cover_avif == ""
    assert book.cover_placeholder == ""


def test_what_is_made_of_an_unused_cover_goes_with_it() -> None:
    key = f"covers/{SHA}-640.webp"
    default_storage.put(key, photograph(640, 853))  # type: ignore[attr-defined]
    derive_now(key)
    remove_unused_covers_forever([key])
    assert list(default_storage.list_keys("")) == []  # type: ignore[attr-defined]
    assert not Picture.objects.exists()


def test_a_picture_in_a_text_is_shown_as_it_is_until_something_is_made_of_it() -> None:
    chapter = make_chapters(make_book(slug="sea"), 1)[0]
    key = with_pictures(chapter, 1)[0]
    page = visitor("chapter").get("/sea/1/").content.decode()
    address = default_storage.url(key)
    assert f'<img src="{address}" alt="" width="1000" height="500" loading="lazy"' in page
    assert "<picture>" not in page
    known(key)
    page = visitor("chapter").get("/sea/1/").content.decode()
    stem = address.removesuffix(".webp")
    assert f'<source type="image/avif" srcset="{stem}-480-r1.avif 480w, {stem}-800' in page
    assert f"{stem}-800-r1.webp 800w, {address} 1000w" in page
    assert f'<img src="{stem}-800-r1.jpg" alt="" width="1000" height="500"' in page
    assert re.search(r'<style>img\[data-blur="0"\]\{background:url\(data:', page)


def test_a_picture_that_nothing_could_be_made_of_stays_as_it_is() -> None:
    Picture.objects.create(
        key=f"pictures/{SHA}.webp", width=0, height=0, recipe=1, failure="broken"
    )
    assert drawn_pictures([f"pictures/{SHA}.webp"]) == {}


def test_a_page_with_forty_pictures_asks_the_database_once_for_them_and_the_storage_never(
    settings: Any,
) -> None:
    chapter = make_chapters(make_book(slug="sea"), 1)[0]
    visitor("chapter").get("/sea/1/")  # what is asked once in a process
    with CaptureQueriesContext(connection) as without:
        visitor("chapter").get("/sea/1/")
    for key in with_pictures(chapter, 40):
        known(key)
    # Whoever asks it waits for an address that nobody has.
    bucket = {
        "BACKEND": "storage.s3.PublicBucket",
        "OPTIONS": {
            **{"name": "b", "endpoint": "http://192.0.2.1", "access_key": "k", "secret_key": "s"},
            "url": "https://files.example/",
        },
    }
    settings.STORAGES = settings.STORAGES | {"public": bucket, "default": bucket}
    with CaptureQueriesContext(connection) as queries:
        page = visitor("chapter").get("/sea/1/").content.decode()
    assert page.count('src="https://files.example/pictures/') == 40
    assert len(queries) == len(without) + 1
    assert len(queries) <= 6


def test_what_draws_pictures_loads_neither_pillow_nor_boto3() -> None:
    program = """
import sys, django
django.setup()
import sites.books.pictures, sites.books.jobs, storage.derivatives, sites.chapter.drawn_text
print(sorted({"PIL", "boto3", "procrastinate"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "esensi.settings", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.strip() == "[]", done.stderr

"""Pages are drawn without a request to the bucket: also when it does not answer at all."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sites.books.models import Book, Chapter, Status
from storage import configuration, s3
from storage.keys import content_key
from storage.models import Picture
from tests.house import visitor

pytestmark = pytest.mark.django_db

PICTURES = 40
#: Nothing listens there; and whoever would make a client is told.
NOWHERE = {
    "FILES_BACKEND": "tigris",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
    "BUCKET_NAME": "private",
    "AWS_ACCESS_KEY_ID": "a",
    "AWS_SECRET_ACCESS_KEY": "b",
    "PUBLIC_BUCKET_NAME": "public",
}


@pytest.fixture(autouse=True)
def _no_client(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | configuration.storages(NOWHERE)

    def asked(self: Any) -> None:
        raise AssertionError("A page asked the bucket.")

    monkeypatch.setattr(s3.BucketFiles, "bucket", property(asked))


def picture_keys() -> list[str]:
    return [content_key("pictures", f"{n:064x}", "image/webp") for n in range(PICTURES)]


def covers() -> list[str]:
    return [
        content_key("covers", f"{n:064x}", "image/webp", variant="640") for n in range(PICTURES)
    ]


def test_a_chapter_with_forty_pictures(django_assert_max_num_queries: Any) -> None:
    book = Book.objects.create(title="Laut", slug="laut", status=Status.PUBLISHED)
    text = "".join(
        f'<figure id="p-{n:08d}"><img alt="" height="300" src="media:{key}" width="400"></figure>'
        for n, key in enumerate(picture_keys())
    ).replace("p-0", "p-a")
    Chapter.objects.create(book=book, number=1, title="Satu", text=text, status=Status.PUBLISHED)
    for key in picture_keys()[:20]:  # of half of them smaller ones are made already
        Picture.objects.create(
            key=key, recipe=1, width=1600, height=1200, made={"avif": [480, 800], "webp": [480]}
        )
    browser = visitor("chapter")
    browser.get("/laut/1/")
    with django_assert_max_num_queries(6):
        page = browser.get("/laut/1/").content.decode()
    drawn = re.findall(r"<img [^>]*pictures/[^>]*>", page)
    assert len(drawn) == PICTURES
    for image in drawn:
        assert re.search(r'\bwidth="\d+"', image)
        assert re.search(r'\bheight="\d+"', image)
        assert "https://public.t3.tigrisfiles.io/" in image


def test_forty_covers_on_one_page(django_assert_max_num_queries: Any) -> None:
    for n, key in enumerate(covers()):
        book = Book.objects.create(title=f"Laut {n}", slug=f"laut-{n}", status=Status.PUBLISHED)
        Book.objects.filter(pk=book.pk).update(cover=key)
        Chapter.objects.create(
            book=book, number=1, title="Satu", text="<p>Air.</p>", status=Status.PUBLISHED
        )
    browser = visitor("main")
    browser.get("/books/")
    with django_assert_max_num_queries(6):
        page = browser.get("/books/").content.decode()
    shown = re.findall(r"<img [^>]*covers/[^>]*>", page)
    assert len(shown) >= 20
    assert all('width="' in image and 'height="' in image for image in shown)

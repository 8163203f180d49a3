"""What `benchmarks.files` measures within a process of the house: one JSON object on standard output.

Arguments: the address of the endpoint, the names of the private and of the public bucket.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from datetime import UTC, datetime
from typing import Any

import django

UPLOADS = 40
PICTURES = 40
DERIVED = 4
VISITS = 20


def main(arguments: list[str]) -> int:
    endpoint, private, public = arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esensi.settings")
    django.setup()
    from storage.configuration import Access
    from tests.storage.endpoint import KEYS, Buckets
    from tests.storage.faulty_proxy import faulty_proxy

    with faulty_proxy(endpoint) as proxy:
        one = Access(
            name=private, endpoint=proxy.url, region="us-east-1", addressing="path", **KEYS
        )
        two = one._replace(name=public, url=f"{proxy.url}/{public}/")
        _lie_in(Buckets(one, two))
        found = _uploads() | _page(proxy) | _derivatives()
    print(json.dumps(found))
    return 0


def _lie_in(buckets: Any) -> None:
    from django.conf import settings
    from django.core.files.storage import storages

    from storage import configuration

    settings.STORAGES = settings.STORAGES | configuration.storages(buckets.variables)
    settings.MEDIA_URL = buckets.public.url
    settings.ALLOWED_HOSTS = ["*"]
    vars(storages).pop("backends", None)
    storages._backends = settings.STORAGES
    storages._storages = {}


def _uploads() -> dict[str, float]:
    """Seconds of begin and finish, without the browser's sending in between."""
    from django.contrib.auth import get_user_model

    from storage import purposes, uploads
    from storage.purposes import Purpose
    from tests.storage.hostile import picture
    from tests.storage.sending import send

    purposes.register(
        Purpose("bench", {"image/png": ("png",)}, 10**6, lambda user: None, _keep, at_once=UPLOADS)
    )
    user = get_user_model().objects.create(email=f"bench-{time.time_ns()}@esensi.test")
    content = picture()
    taken = 0.0
    for _ in range(UPLOADS):
        now = datetime.now(UTC)
        begun = time.perf_counter()
        upload = uploads.begin(
            "bench", uploads.Announced(len(content), "image/png", "a.png"), by=user, now=now
        )
        taken += time.perf_counter() - begun
        assert send(upload.form, content) in (201, 204)
        begun = time.perf_counter()
        uploads.finish(upload.upload.pk, by=user, now=now)
        taken += time.perf_counter() - begun
    return {"uploads_a_second": UPLOADS / taken}


def _keep(arrived: Any) -> dict[str, Any]:
    from storage.backends import public
    from storage.keys import content_key

    key = content_key("pictures", arrived.content, "image/png")
    public().put(key, arrived.content)
    return {"key": key}


def _page(proxy: Any) -> dict[str, float]:
    """Connections to the storage while a page with pictures is drawn, and its time beside that of the
    same page with a word for each picture."""
    from storage.models import Picture
    from tests.house import visitor
    from tests.sites.chapter.library import make_book, make_chapters

    name = f"bench-{time.time_ns()}"
    keys = [f"pictures/{number:064x}.webp" for number in range(PICTURES)]
    for key in keys:
        made = {"avif": [480, 800], "webp": [480, 800], "jpg": [800]}
        facts = {"width": 1000, "height": 500, "made": made, "placeholder": "", "recipe": 1}
        Picture.objects.update_or_create(key=key, defaults=facts)
    shown = "".join(
        f'<p id="p-{number:08d}"><img src="media:{key}" alt="" width="1000" height="500"></p>'
        for number, key in enumerate(keys)
    )
    book = make_book(slug=name)
    _first, with_them, without, _last = make_chapters(book, 4)
    plain = "".join(f'<p id="p-{number:08d}">Picture</p>' for number in range(PICTURES))
    for chapter, text in ((with_them, shown), (without, plain)):
        type(chapter).objects.filter(pk=chapter.pk).update(text=text)
    client = visitor("chapter")
    client.get(f"/{name}/2/"), client.get(f"/{name}/3/")
    before = proxy.connections
    taken = {2: 0.0, 3: 0.0}
    for _ in range(VISITS):
        for number in taken:
            begun = time.perf_counter()
            page = client.get(f"/{name}/{number}/")
            taken[number] += time.perf_counter() - begun
            assert page.status_code == 200
    return {
        "page_requests": float(proxy.connections - before),
        "page_ms": 1000 * taken[2] / VISITS,
        "plain_page_ms": 1000 * taken[3] / VISITS,
    }


def _derivatives() -> dict[str, float]:
    """Pictures of the largest size that the house stores, one after another."""
    from sites.books.pictures import derive_now
    from storage.backends import public
    from storage.keys import content_key
    from tests.storage.test_derivatives import photograph

    keys = []
    for number in range(DERIVED):
        content = photograph(1600 - number, 2400)
        keys.append(content_key("pictures", content, "image/webp"))
        public().put(keys[-1], content)
    begun = time.perf_counter()
    for key in keys:
        derive_now(key, again=True)  # another turn may have made them of the same pictures
    taken = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"derived_a_second": DERIVED / taken, "derive_mb": peak}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

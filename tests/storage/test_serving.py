"""The folder's door: public pictures for a year, private files by links, uploads by forms."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from storage.keys import ENDINGS
from storage.serving import SHOWN, StoredFiles
from tests.sites.doors_probe import ask, http_scope

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


async def teapot(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def store(key: str, content: bytes = SVG) -> str:
    return default_storage.save(key, ContentFile(content))


async def get(path: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    return await ask(StoredFiles(teapot), "x", path, method=method, **headers)


async def test_a_cover_is_served_for_a_year_and_harmless_by_itself() -> None:
    answer = await get(f"/media/{store('covers/abc.svg')}")
    headers = answer["headers"]
    assert (answer["status"], answer["body"]) == (200, SVG.decode())
    assert headers["content-type"] == "image/svg+xml"
    assert headers["content-length"] == str(len(SVG))
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "sandbox" in headers["content-security-policy"]
    assert headers["cross-origin-resource-policy"] == "same-site"
    assert headers["x-content-type-options"] == "nosniff"
    assert not answer["cookies"]
    assert not {"vary", "content-encoding"} & set(headers)


@pytest.mark.parametrize("kind", sorted(SHOWN))
async def test_pictures_arrive_as_they_are_stored(kind: str) -> None:
    content = b"a picture " * 20_000
    key = store(f"a.{ENDINGS[kind]}", content)
    answer = await get(f"/media/{key}", accept_encoding="gzip, br")
    assert answer["body"].encode() == content
    assert answer["headers"]["content-type"] == kind
    assert "content-encoding" not in answer["headers"]
    head = await get(f"/media/{key}", method="HEAD", accept_encoding="gzip")
    assert head["body"] == ""
    assert head["headers"] == answer["headers"]


@pytest.mark.parametrize(
    "key",
    [
        "covers/none.svg",
        "../outside.svg",
        "covers/../../outside.svg",
        "//etc/passwd.svg",
        "/etc/outside.svg",
        "link.svg",
        "covers",
        "covers.svg",
        "a.html",
        "page.html",
        ".svg",
        "",
        "a\0.svg",
        "a" * 300 + ".svg",
        "\udcff.svg",
    ],
)
async def test_what_is_missing_or_no_picture_is_led_on(key: str) -> None:
    store("page.html", b"<script>alert(1)</script>")
    store("covers.svg/inside.png")
    outside = Path(configured.MEDIA_ROOT).parent / "outside.svg"
    outside.write_bytes(SVG)
    (Path(configured.MEDIA_ROOT) / "link.svg").symlink_to(outside)
    scope = http_scope("x", "/", "GET", {}) | {"path": f"/media/{key}"}
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await StoredFiles(teapot)(scope, asyncio.Queue[Any]().get, send)
    assert sent[0]["status"] == 418


async def test_the_house_has_this_door() -> None:
    from esensi.asgi import application  # sets Django up

    path = f"/media/{store('a.svg')}"
    answer = await ask(application, "a name of no host", path)
    assert (answer["status"], answer["body"]) == (200, SVG.decode())
    assert (
        answer["headers"]["x-robots-tag"] == "noindex"
    )  # a laptop's pictures are no one's to find


async def test_other_addresses_and_methods_are_led_on() -> None:
    store("a.svg")
    assert (await get("/a.svg"))["status"] == 418
    assert (await get("/media/a.svg", method="POST"))["status"] == 418


async def test_where_a_bucket_serves_them_the_folder_is_closed(settings: Any) -> None:
    store("a.svg")
    settings.MEDIA_URL = "https://media.example/"
    assert (await get("/media/a.svg"))["status"] == 418
    settings.MEDIA_URL = "/media/"
    assert (await get("/media/a.svg"))["status"] == 200
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = settings.STORAGES | {"public": memory}
    assert (await get("/media/a.svg"))["status"] == 418


async def test_who_has_the_picture_is_told_so() -> None:
    path = f"/media/{store('a.svg')}"
    first = (await get(path))["headers"]
    for known in (
        {"if_none_match": first["etag"]},
        {"if_none_match": f'"other", W/{first["etag"]}'},
        {"if_none_match": "*"},
        {"if_modified_since": first["last-modified"]},
    ):
        again = await get(path, **known)
        assert (again["status"], again["body"]) == (304, ""), known
        assert again["headers"]["etag"] == first["etag"]
        assert again["headers"]["cache-control"] == first["cache-control"]
    for unknown in (
        {"if_none_match": '"other"', "if_modified_since": first["last-modified"]},
        {"if_modified_since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"if_modified_since": "yesterday"},
    ):
        assert (await get(path, **unknown))["status"] == 200, unknown


@pytest.mark.parametrize(
    ("wanted", "status", "body"),
    [
        ("bytes=0-3", 206, "0123"),
        ("bytes=7-", 206, "789"),
        ("bytes=7-99", 206, "789"),
        ("bytes=-2", 206, "89"),
        ("bytes=-99", 206, "0123456789"),
        ("bytes=10-", 416, ""),
        ("bytes=-0", 416, ""),
        ("bytes=5-2", 200, "0123456789"),
        ("bytes=0-1,4-5", 200, "0123456789"),
        ("bytes=-", 200, "0123456789"),
        ("lines=1-2", 200, "0123456789"),
    ],
)
async def test_a_part_of_a_picture(wanted: str, status: int, body: str) -> None:
    path = f"/media/{store('a.png', b'0123456789')}"
    answer = await get(path, range=wanted)
    assert (answer["status"], answer["body"]) == (status, body)
    assert answer["headers"]["content-length"] == str(len(body))
    if status == 206:
        first = "0123456789".index(body)
        assert answer["headers"]["content-range"] == f"bytes {first}-{first + len(body) - 1}/10"
    stale = await get(path, range=wanted, if_range='"other"')
    assert (stale["status"], stale["body"]) == (200, "0123456789")


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_a_link_with_many_fields_is_none_of_ours(method: str) -> None:
    answer = await get("/files/a.png?until=1" + "&many=1" * 20, method=method)
    assert answer["status"] == 403

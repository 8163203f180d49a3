"""Signed links and forms, of a folder and of a real endpoint: what they allow, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import pytest

from storage import configuration, links
from storage.backends import Files, private
from tests.storage.sending import get, send

KEY = "incoming/cover/0123456789abcdef.png"
PNG = b"\x89PNG\r\n\x1a\n and so on"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def files(kind: str, request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Files:
    """The private place in use."""
    if kind == "bucket":
        buckets = request.getfixturevalue("buckets")
        settings.STORAGES = settings.STORAGES | configuration.storages(buckets.variables)
    return private()


def without(url: str, **changed: str | None) -> str:
    """Change parts of an address's query; None takes one out."""
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **changed}
    kept = {name: value for name, value in query.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


def altered(url: str) -> list[str]:
    """A link with one byte changed, in every part that is signed; and one for another file."""
    parts = urlsplit(url)
    signature = "signature" if "signature=" in parts.query else "X-Amz-Signature"
    signed = dict(parse_qsl(parts.query))[signature]
    other = (
        ("A" if signed[5] != "A" else "B")
        if signature == "signature"
        else ("0" if signed[5] != "0" else "1")
    )
    found = [
        without(url, **{signature: signed[:5] + other + signed[6:]}),
        without(url, **{signature: None}),
        without(url, **{signature: ""}),
        urlunsplit(parts._replace(path=parts.path.replace("/a.epub", "/b.epub"))),
        urlunsplit(parts._replace(query="")),
    ]
    for name in ("until", "name", "X-Amz-Expires", "X-Amz-Date", "response-content-disposition"):
        if f"{name}=" in parts.query:
            value = dict(parse_qsl(parts.query))[name]
            found.append(without(url, **{name: value[:-1] + ("1" if value[-1] != "1" else "2")}))
    return found


def test_a_link_is_followed(files: Files) -> None:
    files.put("m/a.epub", b"a book")
    status, body, headers = get(files.signed_url("m/a.epub", name="Laut.epub"))
    assert (status, body) == (200, b"a book")
    assert headers["content-type"] == "application/epub+zip"
    assert headers["content-disposition"] == 'attachment; filename="Laut.epub"'
    assert headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("name", ["كتاب.epub", "海.epub", "Ё Ж.epub", 'a"b\\c.epub', "x\r\nX-A: b"])
def test_a_file_is_saved_under_a_name_of_any_script(files: Files, name: str) -> None:
    files.put("m/a.epub", b"a book")
    status, _body, headers = get(files.signed_url("m/a.epub", name=name))
    assert status == 200
    assert headers["content-disposition"].startswith("attachment; filename")
    shown = headers["content-disposition"]
    assert quote(name, safe="") in shown or "filename=" in shown
    assert "x-a" not in headers


def test_parts_of_it_are_given(files: Files) -> None:
    files.put("m/a.epub", b"0123456789")
    status, body, headers = get(files.signed_url("m/a.epub"), range="bytes=2-4")
    assert (status, body) == (206, b"234")
    assert headers["content-range"] == "bytes 2-4/10"


def test_a_link_that_was_altered_by_a_byte_is_refused(files: Files) -> None:
    for key in ("m/a.epub", "m/b.epub"):
        files.put(key, b"a book")
    for named in ("", "Laut.epub"):
        url = files.signed_url("m/a.epub", name=named)
        assert get(url)[0] == 200
        for other in altered(url):
            status, body, _headers = get(other)
            assert status in (400, 403), other
            assert b"a book" not in body


def test_a_link_expires(files: Files, kind: str) -> None:
    files.put("m/a.epub", b"a book")
    if kind == "bucket":
        url = files.signed_url("m/a.epub", expires=timedelta(seconds=1))
        import time

        deadline = time.monotonic() + 20
        while get(url)[0] == 200 and time.monotonic() < deadline:
            time.sleep(0.2)
    else:
        url = files.signed_url("m/a.epub", expires=timedelta(seconds=0))
    assert get(url)[0] in (400, 403)


def test_a_form_of_the_folder_is_no_link_and_a_link_no_form(tmp_path: Path) -> None:
    folder = private()
    form = folder.signed_form(KEY, size=len(PNG), type_="image/png", expires=MINUTE)
    assert send(form, PNG) == 201
    assert get(form.url)[0] == 403
    link = folder.signed_url(KEY)
    assert get(link)[0] == 200
    assert send(form._replace(url=link), PNG) == 403
    assert links.PREFIX in link


def test_a_form_takes_what_was_announced(files: Files) -> None:
    form = files.signed_form(KEY, size=len(PNG), type_="image/png", expires=MINUTE)
    assert send(form, PNG) in (201, 204)
    assert files.read(KEY) == PNG
    assert files.facts(KEY).type == "image/png"


@pytest.mark.parametrize("content", [PNG + b"!", PNG[:-1], b""])
def test_another_size_is_refused_by_the_place(files: Files, content: bytes) -> None:
    form = files.signed_form(KEY, size=len(PNG), type_="image/png", expires=MINUTE)
    assert send(form, content) in (400, 403, 411, 413)
    assert not files.exists(KEY)


def test_nothing_of_a_form_can_be_changed(files: Files, kind: str) -> None:
    form = files.signed_form(KEY, size=len(PNG), type_="image/png", expires=MINUTE)
    if kind == "bucket":
        signature = form.fields["x-amz-signature"]
        tries = [
            {"key": "incoming/cover/other.png"},
            {"key": "../other.png"},
            {"Content-Type": "text/html"},
            {"x-amz-signature": signature[:-1] + ("0" if signature[-1] != "0" else "1")},
            {"policy": form.fields["policy"][:-4] + "AAAA"},
            {"success_action_status": "200"},
        ]
        for fields in tries:
            assert send(form, PNG, fields=fields) in (400, 403), fields
    else:
        for change in (
            {"size": str(len(PNG) + 1)},
            {"type": "text/html"},
            {"until": "99999999999"},
            {"signature": "x"},
            {"signature": None},
        ):
            other = form._replace(url=without(form.url, **change))
            assert send(other, PNG) == 403, change
        moved = form._replace(url=form.url.replace("0123456789abcdef", "other"))
        assert send(moved, PNG) == 403
        assert send(form, PNG, content_type="text/html") == 415
    assert not list(files.list_keys())


def test_an_expired_form_is_refused(files: Files, kind: str) -> None:
    if kind == "bucket":
        form = files.signed_form(KEY, size=len(PNG), type_="image/png", expires=-MINUTE)
    else:
        form = files.signed_form(KEY, size=len(PNG), type_="image/png", expires=timedelta(0))
    assert send(form, PNG) in (400, 403)
    assert not files.exists(KEY)


def test_a_body_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    import asyncio

    from storage.serving import StoredFiles
    from tests.sites.doors_probe import http_scope
    from tests.storage.sending import nothing_else

    folder = private()
    form = folder.signed_form(KEY, size=len(PNG), type_="image/png", expires=MINUTE)
    sent: list[Any] = []

    async def run() -> None:
        events: asyncio.Queue[Any] = asyncio.Queue()
        await events.put({"type": "http.request", "body": PNG[:5], "more_body": True})
        await events.put({"type": "http.disconnect"})
        headers = {"content_length": str(len(PNG)), "content_type": "image/png"}
        scope = http_scope("x", form.url, "PUT", headers)

        async def keep(message: Any) -> None:
            sent.append(message)

        await StoredFiles(nothing_else)(scope, events.get, keep)

    asyncio.run(run())
    assert sent[0]["status"] == 400
    assert not folder.exists(KEY)
    location = Path(folder.path(KEY)).parent
    assert list(location.iterdir()) == []

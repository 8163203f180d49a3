"""Covers go straight from the browser into a bucket, past the house; and its instances share no disk."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.server import ROOT, House, running_house, wait_until_serving
from tests.storage.conftest import endpoint  # noqa: F401 - a fixture
from tests.storage.endpoint import Buckets, Endpoint
from tests.storage.hostile import picture
from tests.waiting import free_port

pytestmark = pytest.mark.journey

COVER = picture("PNG", (900, 1200))
#: Send bytes by a signed form, as a page does; give the answer's status, or that there was none.
SEND = """async ([form, size, type]) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append("file", new Blob([new Uint8Array(size)], {type}), "file");
  try { return (await fetch(form.url, {method: "POST", body})).status; }
  catch (error) { return String(error.name); }
}"""
BEGIN = """async ([size, type, name]) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch("/uploads/", {method: "POST", body: JSON.stringify({purpose: "cover", size, type, name}),
    headers: {"Content-Type": "application/json", "X-CSRFToken": token}});
  return answer.json();
}"""
FINISH = """async (id) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(`/uploads/${id}/finish/`, {method: "POST", headers: {"X-CSRFToken": token}});
  return [answer.status, await answer.json()];
}"""


@pytest.fixture(scope="module")
def bucket_house(
    endpoint: Endpoint,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[House, Buckets]]:
    """A house whose files lie in two buckets, which only its writing desk may send to."""
    buckets = endpoint.new_buckets()
    folder = tmp_path_factory.mktemp("bucket-house")
    variables = {**buckets.variables, "WORKER": "off"}
    with running_house(
        folder, os.environ["DATABASE_URL"], name="buckets", variables=variables
    ) as house:
        endpoint.allow(buckets.private, (house.url("publish").rstrip("/"),))
        yield house, buckets


@pytest.fixture
def house(bucket_house: tuple[House, Buckets]) -> House:
    return bucket_house[0]


@pytest.fixture
def waiting(
    bucket_house: tuple[House, Buckets],
    endpoint: Endpoint,  # noqa: F811
) -> Any:
    """Give the keys of what is on its way."""

    def keys() -> list[str]:
        listed = endpoint.client().list_objects_v2(Bucket=bucket_house[1].private.name)
        found = [each["Key"] for each in listed.get("Contents", ())]
        return [
            key for key in found if key.startswith("incoming/")
        ]  # and no edition of another test

    return keys


def open_cover(page: Page, house: House) -> None:
    """Open the cover's page of the author's first book."""
    sign_in(page, house, "author")
    page.goto(house.url("publish", "/books/book/"))
    first = page.locator("#result_list a[href*='/books/book/']").first
    number = str(first.get_attribute("href")).split("/")[3]
    page.goto(house.url("publish", f"/books/book/{number}/cover/"))
    expect(page.get_by_label("Picture", exact=True)).to_be_visible()


def choose(page: Page, tmp_path: Path, content: bytes, name: str = "foto.png") -> None:
    file = tmp_path / name
    file.write_bytes(content)
    page.get_by_label("Picture", exact=True).set_input_files(file)
    page.get_by_role("button", name="Put it on the book").click()


def test_a_cover_goes_straight_to_the_bucket_and_is_shown_from_there(
    bucket_house: tuple[House, Buckets], new_page: NewPage, tmp_path: Path, waiting: Any
) -> None:
    house, buckets = bucket_house
    page = new_page()
    sent: list[tuple[str, str, int]] = []
    page.on(
        "request",
        lambda each: (
            sent.append((each.method, each.url, len(each.post_data_buffer or b"")))
            if each.method == "POST"
            else None
        ),
    )
    open_cover(page, house)
    choose(page, tmp_path, COVER)
    expect(page.get_by_text("The book has a new cover.")).to_be_visible()
    shown = page.locator(".desk-cover img").first
    assert str(shown.get_attribute("src")).startswith(f"{buckets.public.url}covers/")
    page.wait_for_function("document.querySelector('.desk-cover img').naturalWidth > 0")
    to_bucket = [url for _method, url, _size in sent if url.startswith(buckets.private.endpoint)]
    assert to_bucket == [f"{buckets.private.endpoint}/{buckets.private.name}"]
    to_house = [size for _method, url, size in sent if url.startswith(house.url("publish"))]
    assert max(to_house) < len(COVER) / 2, "no byte of it went through the house"
    assert waiting() == []


def test_too_large_is_refused_by_the_endpoint_and_another_origin_by_the_browser(
    house: House, new_page: NewPage, waiting: Any
) -> None:
    page = new_page()
    open_cover(page, house)
    form = page.evaluate(BEGIN, [1000, "image/png", "a.png"])
    assert form["method"] == "POST"
    assert page.evaluate(SEND, [form, 1001, "image/png"]) in (400, 403)
    assert page.evaluate(SEND, [form, 999, "image/png"]) in (400, 403)
    assert waiting() == []
    stranger = new_page()
    stranger.route(
        "http://evil.localhost:9/",
        lambda route: route.fulfill(body="<p>", content_type="text/html"),
    )
    stranger.goto("http://evil.localhost:9/")
    assert stranger.evaluate(SEND, [form, 1000, "image/png"]) == "TypeError"
    assert page.evaluate(SEND, [form, 1000, "image/png"]) == 201
    status, said = page.evaluate(FINISH, form["id"])
    assert (status, said["error"]) == (422, "The file is not what its name says.")
    assert waiting() == []


def test_a_page_called_a_picture_is_refused_in_a_sentence_and_forgotten(
    house: House, new_page: NewPage, tmp_path: Path, waiting: Any
) -> None:
    page = new_page()
    open_cover(page, house)
    choose(page, tmp_path, b"<html><script>alert(1)</script>")
    expect(page.get_by_text("The file is not what its name says.")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    assert waiting() == []


def test_sending_is_stopped_and_tried_again(
    bucket_house: tuple[House, Buckets], new_page: NewPage, tmp_path: Path, waiting: Any
) -> None:
    house, buckets = bucket_house
    page = new_page()
    open_cover(page, house)
    held: list[Any] = []
    page.route(f"{buckets.private.endpoint}/**", lambda route: held.append(route))
    choose(page, tmp_path, COVER)
    expect(page.get_by_text("Sending…")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Sending was stopped.")).to_be_visible()
    assert waiting() == []
    page.unroute_all(behavior="ignoreErrors")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The book has a new cover.")).to_be_visible()


def test_without_javascript_the_cover_comes_with_the_form(
    house: House, new_page: NewPage, tmp_path: Path, waiting: Any
) -> None:
    page = new_page(javascript=False)
    open_cover(page, house)
    choose(page, tmp_path, b"<html>", "halaman.png")
    expect(page.get_by_text("The file is not what its name says.")).to_be_visible()
    choose(page, tmp_path, COVER)
    expect(page.get_by_text("The book has a new cover.")).to_be_visible()
    assert waiting() == []


@contextmanager
def second_instance(house: House, folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Another instance of the same house: another port, a disk of its own."""
    port, log = free_port(), folder / "second.log"
    environment = house.environment | {"ESENSI_MEDIA_ROOT": str(folder / "second")}
    command = [sys.executable, "-m", "uvicorn", "esensi.asgi:application", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        wait_until_serving(port, process, log)
        yield port, process
    finally:
        process.kill()
        process.wait()


class Asker:
    """Somebody signed in, who asks one instance or the other."""

    def __init__(self, page: Page, house: House) -> None:
        cookies = {each["name"]: each["value"] for each in page.context.cookies()}
        token = next(value for name, value in cookies.items() if name.endswith("csrf"))
        self.host = house.url("publish").split("/")[2]
        self.session = requests.Session()
        self.session.headers.update(
            {
                "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
                "X-CSRFToken": token,
                "Origin": house.url("publish").rstrip("/"),
            }
        )

    def post(self, port: int, path: str, said: Any = None) -> requests.Response:
        return self.session.post(
            f"http://127.0.0.1:{port}{path}",
            json=said or {},
            headers={"Host": self.host},
            timeout=60,
        )


def test_one_instance_takes_up_what_was_sent_through_another_that_was_killed(
    house: House, new_page: NewPage, tmp_path: Path, waiting: Any
) -> None:
    page = new_page()
    open_cover(page, house)
    asker = Asker(page, house)
    said = {"purpose": "cover", "size": len(COVER), "type": "image/png", "name": "a.png"}
    with second_instance(house, tmp_path) as (port, process):
        begun = asker.post(port, "/uploads/", said).json()
        assert not (tmp_path / "second").exists(), "nothing lies on its disk"
        early = asker.post(port, f"/uploads/{begun['id']}/finish/")
        assert early.status_code == 409, "nothing has arrived"
        sent = requests.post(begun["url"], data=begun["fields"], files={"file": COVER}, timeout=60)
        assert sent.status_code == 201
        process.kill()
        process.wait()
    done = asker.post(house.port, f"/uploads/{begun['id']}/finish/")
    assert done.status_code == 200, done.text
    assert done.json()["result"]["cover"].endswith("-640.webp")
    assert waiting() == []
    again = asker.post(house.port, f"/uploads/{begun['id']}/finish/")
    assert again.json() == done.json()


def test_what_one_instance_stored_the_other_shows(
    bucket_house: tuple[House, Buckets], new_page: NewPage, tmp_path: Path
) -> None:
    house, buckets = bucket_house
    page = new_page()
    page.goto(house.url("main"))
    slug = str(page.locator(".open-cover").first.get_attribute("href")).split("/")[-2]
    host = house.url("main").split("/")[2]
    with second_instance(house, tmp_path) as (port, _process):
        editions = []
        for instance in (house.port, port):
            answer = requests.get(
                f"http://127.0.0.1:{instance}/books/{slug}/epub/",
                headers={"Host": host},
                timeout=60,
                allow_redirects=False,
            )
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith(buckets.private.endpoint)
            editions.append(requests.get(answer.headers["Location"], timeout=60))
        assert editions[0].content == editions[1].content
        assert editions[0].content.startswith(b"PK")
        part = requests.get(editions[0].url, headers={"Range": "bytes=0-1"}, timeout=60)
        assert (part.status_code, part.content) == (206, b"PK")
        assert "attachment" in editions[0].headers["Content-Disposition"]
    folders = [Path(house.environment["ESENSI_MEDIA_ROOT"]), tmp_path / "second"]
    assert not any(folder.exists() and any(folder.rglob("*")) for folder in folders)

"""SVG is drawn by a process that may fail, and never reads files of this machine."""

from __future__ import annotations

import base64
import io
import time
from contextlib import suppress
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from sites.books.importers import limits, rasterise
from sites.books.importers.book import ImportedPicture
from sites.books.importers.drawings import Draughtsman, only_image
from sites.books.importers.pictures import BrokenPicture
from tests.sites.books.importers.epub_builder import picture

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '


def draw(
    inner: str, size: str = 'width="40" height="30"', part: bytes | None = None
) -> ImportedPicture:
    root = etree.fromstring(f"{HEAD}{size}>{inner}</svg>")
    return Draughtsman().draw(root, "a.svg", lambda _reference: part)


def pixel(drawn: ImportedPicture, x: int = 10, y: int = 10) -> tuple[int, ...]:
    colour = Image.open(io.BytesIO(drawn.content)).convert("RGBA").getpixel((x, y))
    assert isinstance(colour, tuple)
    return colour


def test_a_drawing_becomes_a_picture_twice_as_sharp() -> None:
    drawn = draw('<rect width="40" height="30" fill="#336699"/>')
    assert (drawn.width, drawn.height) == (40, 30)
    assert Image.open(io.BytesIO(drawn.content)).size == (80, 60)
    assert pixel(drawn) == (0x33, 0x66, 0x99, 255)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ('viewBox="0 0 300 200"', (300, 200)),
        ('viewBox="0 0 300 200" width="150"', (150, 100)),
        ('viewBox="0 0 300 200" width="100%" height="100%"', (300, 200)),
        ('width="1in" height="72pt"', (96, 96)),
        ('viewBox="0 0 8000 4000"', (1600, 800)),
        ("", (600, 400)),
        ('viewBox="0 0 0 0" width="-5" height="x"', (600, 400)),
        ('width="999999" height="999999"', (1600, 1600)),
        ('width="999999" height="1"', (1600, 1)),
    ],
)
def test_sizes(size: str, expected: tuple[int, int]) -> None:
    drawn = draw('<rect width="9" height="9"/>', size)
    assert (drawn.width, drawn.height) == expected


def test_words_are_drawn_on_machines_without_fonts() -> None:
    drawn = draw('<text x="4" y="24" font-size="24" font-family="Nowhere">MM</text>')
    image = Image.open(io.BytesIO(drawn.content)).convert("RGBA")
    assert image.getextrema()[3][1] == 255


def test_the_key_is_that_of_the_source() -> None:
    assert draw('<rect width="9" height="9"/>').key == draw('<rect width="9" height="9"/>').key
    assert draw('<rect width="9" height="9"/>').key != draw('<rect width="8" height="9"/>').key


def test_pictures_of_the_package_are_drawn_into_it() -> None:
    inner = '<image xlink:href="p.png" width="40" height="30"/>'
    assert pixel(draw(inner, part=picture(colour="#AA0000")))[0] == 0xAA


def test_pictures_given_as_data_are_drawn_into_it() -> None:
    data = base64.b64encode(picture(colour="#00AA00")).decode()
    inner = f'<image href="data:image/png;base64,{data}" width="40" height="30"/>'
    assert pixel(draw(inner))[1] == 0xAA


@pytest.mark.parametrize("attribute", ["href", "xlink:href"])
@pytest.mark.parametrize("element", ["image", "feImage", "use"])
def test_files_of_this_machine_are_never_read(
    tmp_path: Path, attribute: str, element: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.png").write_bytes(picture(colour="#FF0000"))
    monkeypatch.chdir(tmp_path)
    for name in ("secret.png", str(tmp_path / "secret.png"), f"file://{tmp_path}/secret.png"):
        inner = (
            f'<filter id="f"><{element} {attribute}="{name}" width="40" height="30"/></filter>'
            f'<{element} {attribute}="{name}" width="40" height="30"/>'
            '<rect width="1" height="1" filter="url(#f)"/>'
        )
        try:
            drawn = draw(inner)
        except BrokenPicture:
            continue
        assert pixel(drawn)[:3] != (255, 0, 0)


def test_a_bomb_of_uses_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DRAWING_SECONDS", 2.0)
    groups = "".join(
        f'<g id="g{n}">' + f'<use xlink:href="#g{n - 1}"/>' * 12 + "</g>" for n in range(1, 14)
    )
    started = time.monotonic()
    with pytest.raises(BrokenPicture):
        draw(f'<defs><rect id="g0" width="9" height="9"/>{groups}</defs><use xlink:href="#g13"/>')
    assert time.monotonic() - started < 15


def test_a_drawing_that_wants_all_memory_is_broken() -> None:
    filters = '<filter id="f" x="0" y="0" width="99999" height="99999"><feFlood/></filter>'
    inner = f'{filters}<g filter="url(#f)"><rect width="9" height="9"/></g>'
    with suppress(BrokenPicture):
        assert draw(inner).width == 40


def test_drawings_that_take_all_they_may_take_40_seconds_at_most() -> None:
    assert limits.DRAWINGS_SECONDS <= 40
    clock = iter(range(0, 1_000, 10))
    draughtsman = Draughtsman(clock=lambda: float(next(clock)))
    root = etree.fromstring(f'{HEAD} width="9" height="9"><rect width="9" height="9"/></svg>')
    for _drawing in range(4):
        draughtsman.draw(root, "a", lambda _: None)
    with pytest.raises(BrokenPicture):
        draughtsman.draw(root, "a", lambda _: None)


def test_the_process_that_draws_takes_512_mb_at_most() -> None:
    assert rasterise.MEMORY <= 512 * limits.MEGABYTE


def test_the_time_of_all_drawings_is_limited() -> None:
    draughtsman = Draughtsman(seconds_left=0.0)
    with pytest.raises(BrokenPicture):
        draughtsman.draw(etree.fromstring(f'{HEAD} width="9" height="9"/>'), "a", lambda _: None)


def test_time_is_counted_down() -> None:
    ticks = iter([100.0, 107.0])
    draughtsman = Draughtsman(seconds_left=20.0, clock=lambda: next(ticks))
    root = etree.fromstring(f'{HEAD} width="9" height="9"><rect width="9" height="9"/></svg>')
    draughtsman.draw(root, "a", lambda _: None)
    assert draughtsman.seconds_left == 13.0


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ('<image xlink:href="a.png"/>', "a.png"),
        ('<title>x</title><g><image href="a.png"/></g>', "a.png"),
        ('<image xlink:href="a.png"/><text>x</text>', ""),
        ('<image xlink:href="a.png"/><image xlink:href="b.png"/>', ""),
        ("<rect/>", ""),
        ("", ""),
    ],
)
def test_a_drawing_that_only_shows_a_picture(inner: str, expected: str) -> None:
    assert only_image(etree.fromstring(f"{HEAD}>{inner}</svg>")) == expected


def test_names_that_the_html_parser_lowered_are_mended() -> None:
    html = etree.fromstring(
        '<body><svg viewBox="0 0 20 10"><linearGradient id="g"><stop stop-color="#FF0000"/>'
        '</linearGradient><rect width="20" height="10" fill="url(#g)"/></svg></body>',
        etree.HTMLParser(),
    )
    root = next(element for element in html.iter() if element.tag == "svg")
    drawn = Draughtsman().draw(root, "a", lambda _: None)
    assert (drawn.width, drawn.height) == (20, 10)
    assert pixel(drawn, 5, 5)[0] == 255

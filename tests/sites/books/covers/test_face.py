"""Outlines: short, relative, and true to the font to half a unit."""

import pytest
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.svgLib.path import parse_path
from fontTools.ttLib import TTFont

from sites.books.covers.face import FOLDER, Face, RelativePen, face

DISPLAY = "literata-display.ttf"


@pytest.mark.parametrize("character", "aJ8&ßØ")
def test_an_outline_is_the_glyphs_own(character: str) -> None:
    font = TTFont(FOLDER / DISPLAY)
    glyphs = font.getGlyphSet()
    (placed,), _ = face(DISPLAY).shape(character, rtl=False)
    bounds, area = BoundsPen(None), AreaPen(None)
    data = face(DISPLAY).outline(placed.glyph).replace("m", "M", 1)
    parse_path(data, bounds)
    parse_path(data, area)
    true_bounds, true_area = BoundsPen(glyphs), AreaPen(glyphs)
    glyphs[font.getBestCmap()[ord(character)]].draw(true_bounds)
    glyphs[font.getBestCmap()[ord(character)]].draw(true_area)
    assert bounds.bounds == pytest.approx(true_bounds.bounds, abs=0.5)
    assert area.value == pytest.approx(true_area.value, rel=1e-3)


def test_a_space_has_no_outline_and_no_depth() -> None:
    (placed,), width = face(DISPLAY).shape(" ", rtl=False)
    assert face(DISPLAY).outline(placed.glyph) == ""
    assert face(DISPLAY).depth(placed.glyph) == 0
    assert width > 0


def test_letters_are_kerned() -> None:
    _, pair = face(DISPLAY).shape("AV", rtl=False)
    _, first = face(DISPLAY).shape("A", rtl=False)
    _, second = face(DISPLAY).shape("V", rtl=False)
    assert pair < first + second - 50


def test_arabic_letters_join() -> None:
    naskh = face("naskh-700.ttf")
    joined, _ = naskh.shape("بحر", rtl=True)
    alone = [naskh.shape(letter, rtl=True)[0][0].glyph for letter in "بحر"]
    assert [placed.glyph for placed in joined] != alone[::-1]


def test_a_tail_has_depth_and_a_capital_has_next_to_none() -> None:
    (tail,), _ = face(DISPLAY).shape("g", rtl=False)
    (capital,), _ = face(DISPLAY).shape("H", rtl=False)
    assert 150 < face(DISPLAY).depth(tail.glyph) < 350
    assert face(DISPLAY).depth(capital.glyph) == 0


def test_a_face_knows_its_characters() -> None:
    assert face(DISPLAY).has("é")
    assert not face(DISPLAY).has("雪")


def test_a_face_is_read_once() -> None:
    assert face(DISPLAY) is face(DISPLAY)
    assert isinstance(face(DISPLAY), Face)


def test_the_pen_writes_the_shortest_command() -> None:
    pen = RelativePen()
    pen.moveTo((10, 10))
    pen.lineTo((20, 10))
    pen.lineTo((20, -5.5))
    pen.lineTo((15, 0))
    pen.qCurveTo((10, 5), (10, 10))
    pen.qCurveTo((10, 15), (20, 15))
    pen.curveTo((21, 15), (22, 14), (22, 13))
    pen.closePath()
    assert pen.data == "m10 10h10v-15.5l-5 5.5q-5 5-5 10t10 5c1 0 2-1 2-2z"

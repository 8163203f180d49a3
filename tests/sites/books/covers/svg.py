"""Reading covers back: where the ink of their words is, and what they look like."""

import io
from xml.etree import ElementTree

import resvg_py
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path import parse_path
from PIL import Image

SVG = "{http://www.w3.org/2000/svg}"
Bounds = tuple[float, float, float, float]


def parse(svg: str) -> ElementTree.Element:
    """The root element; an error where the document is not well formed."""
    return ElementTree.fromstring(svg)  # noqa: S314  the covers' own output


def words(svg: str) -> list[ElementTree.Element]:
    """The lettered lines: title first, then author. The picture's letters are not among them."""
    return [path for path in parse(svg).findall(f"{SVG}path") if "transform" in path.attrib]


def bounds(path: ElementTree.Element) -> Bounds:
    """Left, top, right and bottom of a path's ink in units of the cover."""
    matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    if "transform" in path.attrib:
        inside = path.attrib["transform"].removeprefix("matrix(").removesuffix(")")
        a, b, c, d, e, f = (float(value) for value in inside.split())
        matrix = (a, b, c, d, e, f)
    pen = BoundsPen(None)
    parse_path(path.attrib["d"], TransformPen(pen, matrix))
    left, top, right, bottom = pen.bounds
    return left, top, right, bottom


def pixels(svg: str) -> Image.Image:
    """The cover with a hundred units around it, one pixel to the unit."""
    wider = svg.replace('viewBox="0 0 300 400"', 'viewBox="-100 -100 500 600"', 1)
    assert wider != svg
    drawn = resvg_py.svg_to_bytes(svg_string=wider, width=500, height=600)
    return Image.open(io.BytesIO(bytes(drawn))).convert("RGBA")

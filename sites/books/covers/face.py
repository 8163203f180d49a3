"""Font files as covers use them: HarfBuzz shapes the text, and a glyph's outline is a path.

Outlines stay in font units and are written with relative commands, so a letter reads the same
wherever it stands and compresses to almost nothing the second time.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import uharfbuzz as harfbuzz

FOLDER = Path(__file__).parent / "faces"


Point = tuple[float, float]


@dataclass(frozen=True)
class Placed:
    """A glyph and where its origin stands, in font units from the start of its run, y upwards."""

    glyph: int
    x: float
    y: float


class Face:
    """One font file of 1,000 units to the em."""

    def __init__(self, name: str) -> None:
        self._font = harfbuzz.Font(harfbuzz.Face(harfbuzz.Blob.from_file_path(FOLDER / name)))
        self._characters = frozenset(self._font.face.unicodes)
        self._outlines: dict[int, str] = {}

    def has(self, character: str) -> bool:
        """Whether the face has a glyph of its own for a character."""
        return ord(character) in self._characters

    def shape(self, text: str, *, rtl: bool) -> tuple[list[Placed], float]:
        """The glyphs of one run of text, from left to right, and the width of them all."""
        buffer = harfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        harfbuzz.shape(self._font, buffer)
        placed, at = [], 0.0
        for glyph, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            placed.append(Placed(glyph.codepoint, at + position.x_offset, position.y_offset))
            at += position.x_advance
        return placed, at

    def outline(self, glyph: int) -> str:
        """Path data of a glyph, to follow a move to its origin; empty for a space."""
        if glyph not in self._outlines:
            pen = RelativePen()
            self._font.draw_glyph_with_pen(glyph, pen)
            self._outlines[glyph] = pen.data
        return self._outlines[glyph]

    def depth(self, glyph: int) -> float:
        """How far a glyph reaches below its origin, in font units; negative where it stays above."""
        extents = self._font.get_glyph_extents(glyph)
        return -(extents.y_bearing + extents.height) if extents and extents.height else 0.0


@cache
def face(name: str) -> Face:
    """The face in a file of the folder `faces`, read once in a process."""
    return Face(name)


class RelativePen:
    """Writes an outline as relative SVG commands; coordinates are whole units or halves.

    Its methods are those of the pen protocol that HarfBuzz and fontTools share.
    """

    def __init__(self) -> None:
        self.data = ""
        self._at: Point = (0, 0)
        self._start: Point = (0, 0)
        self._expected: Point | None = None  # the control point that a `t` would take by itself

    def moveTo(self, point: Point) -> None:
        self._write("m", point)
        self._start = point

    def lineTo(self, point: Point) -> None:
        if point[1] == self._at[1]:
            self.data += f"h{point[0] - self._at[0]:g}"
        elif point[0] == self._at[0]:
            self.data += f"v{point[1] - self._at[1]:g}"
        else:
            self._write("l", point)
        self._at, self._expected = point, None

    def qCurveTo(self, control: Point, point: Point) -> None:
        if control == self._expected:
            self._write("t", point)
        else:
            self._write("q", control, point)
        self._expected = (2 * point[0] - control[0], 2 * point[1] - control[1])

    def curveTo(self, first: Point, second: Point, point: Point) -> None:
        self._write("c", first, second, point)

    def closePath(self) -> None:
        self.data += "z"
        self._at, self._expected = self._start, None

    def _write(self, command: str, *points: Point) -> None:
        for x, y in points:
            across, down = f"{x - self._at[0]:g}", f"{y - self._at[1]:g}"
            command += across if command[-1].isalpha() or across[0] == "-" else f" {across}"
            command += down if down[0] == "-" else f" {down}"
        self.data += command
        self._at, self._expected = points[-1], None

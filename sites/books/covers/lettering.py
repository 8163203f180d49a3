"""Text into outlines: which face draws which letters, how wide they are, and what cannot be drawn."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sites.books.covers.direction import Run, runs
from sites.books.covers.face import Face, Placed, face
from sites.books.covers.shapes import number

EM = 1_000  # font units
JOINERS = "\u200c\u200d"  # zero-width characters that change how Arabic letters join
HYPHENS = str.maketrans("\u2010\u2011", "--")  # rarer ones, which the Latin faces lack
MOST_MARKS = 2  # on one letter: Vietnamese and pointed Arabic need two, more climb out of the line


@dataclass(frozen=True)
class Outline:
    """A line of text as path data in font units, y upwards; its width and its depth in ems.

    The depth is how far its ink reaches below the baseline.
    """

    data: str
    width: float
    depth: float

    def standing(self, left: float, baseline: float, *, size: float, fill: str) -> str:
        """The line as an SVG path, its left end at a point of the cover, `size` units to the em."""
        scale = f"{size / EM:.5f}"
        place = f"matrix({scale} 0 0 -{scale} {number(left)} {number(baseline)})"
        return f'<path fill="{fill}" transform="{place}" d="{self.data}"/>' if self.data else ""


@dataclass(frozen=True)
class Span:
    """A stretch of a line that one face draws: its glyphs, its tracking and its width in ems."""

    face: Face
    glyphs: list[Placed]
    tracking: float
    width: float


@dataclass(frozen=True)
class Lettering:
    """Faces in order of preference, with the measures of the lines they make.

    `ascent` is from the top of the first line to its baseline, `descent` below the last baseline,
    `leading` from one baseline to the next, in ems; `tracking` is the space added after every
    letter that does not join the next.
    """

    faces: tuple[Face, ...]
    ascent: float = 0.78
    descent: float = 0.28
    leading: float = 1.08
    tracking: float = 0.0

    def legible(self, text: str) -> str:
        """What can be lettered of a text: the whole without its pictures, or nothing.

        Emoji, symbols and marks that no face has are dropped. A letter or a figure that none has
        would leave a hole in a word, so then nothing is lettered at all.
        """
        kept, marks, visible = [], 0, False
        for character in unicodedata.normalize("NFC", text).translate(HYPHENS):
            kind = unicodedata.category(character)[0]
            marks = marks + 1 if kind == "M" else 0
            drawn = "" if marks > MOST_MARKS else self._drawable(character)
            if kind in "LN" and not drawn:
                return ""
            visible = visible or (bool(drawn.strip()) and kind in "LNPS")
            kept.append(drawn)
        return " ".join("".join(kept).split()) if visible else ""

    def _drawable(self, character: str) -> str:
        """The character, its plainer form where only that has a glyph, or nothing."""
        if character.isspace():
            return " "
        if unicodedata.category(character) in ("Cc", "Cf"):
            return character if character in JOINERS else ""
        for form in (character, unicodedata.normalize("NFKC", character)):
            if all(self._face_for(part) for part in form):
                return form
        return ""

    def width(self, text: str, *, rtl: bool = False) -> float:
        """The width in ems of a line that has been through `legible`."""
        width = sum(span.width for span in self._spans(text, rtl=rtl))
        return width - self.tracking if width else 0

    def outline(self, text: str, *, rtl: bool = False) -> Outline:
        """The outline of a line that has been through `legible`; its left end is the origin."""
        data, at, depth = "", 0.0, 0.0
        for span in self._spans(text, rtl=rtl):
            for index, placed in enumerate(span.glyphs):
                glyph = span.face.outline(placed.glyph)
                x = at + placed.x + index * span.tracking * EM
                data += f"M{x:.0f} {placed.y:.0f}{glyph}" if glyph else ""
                depth = max(depth, span.face.depth(placed.glyph) - placed.y)
            at += span.width * EM
        return Outline(data, at / EM - self.tracking, depth / EM)

    def _spans(self, text: str, *, rtl: bool) -> Iterator[Span]:
        """The spans of a line from left to right."""
        for run in runs(text, rtl=rtl):
            parts = self._by_face(run)
            tracking = 0 if run.rtl else self.tracking
            for drawn_by, part in reversed(parts) if run.rtl else parts:
                glyphs, width = drawn_by.shape(part, rtl=run.rtl)
                yield Span(drawn_by, glyphs, tracking, width / EM + len(glyphs) * tracking)

    def _by_face(self, run: Run) -> list[tuple[Face, str]]:
        """The parts of a run with the face that draws each; marks and joiners stay with theirs."""
        parts: list[tuple[Face, str]] = []
        for character in run.text:
            follows = character in JOINERS or unicodedata.category(character)[0] == "M"
            chosen = parts[-1][0] if parts else self.faces[0]
            if not (parts and follows and (character in JOINERS or chosen.has(character))):
                chosen = self._face_for(character) or chosen
            if parts and parts[-1][0] is chosen:
                parts[-1] = (chosen, parts[-1][1] + character)
            else:
                parts.append((chosen, character))
        return parts

    def _face_for(self, character: str) -> Face | None:
        """The first face that has a glyph for a character."""
        return next((face for face in self.faces if face.has(character)), None)


@cache
def title_lettering(*, rtl: bool) -> Lettering:
    """How titles are lettered: Literata as cut for display, Naskh for Arabic."""
    faces = (face("literata-display.ttf"), face("naskh-700.ttf"))
    return Lettering(faces, leading=1.45, descent=0.5) if rtl else Lettering(faces, tracking=-0.008)


@cache
def italic_lettering() -> Lettering:
    """The display italic, for large initials in Latin letters."""
    return Lettering((face("literata-display-italic.ttf"),))


@cache
def author_lettering() -> Lettering:
    """How authors are lettered: small, in capitals, spaced out."""
    names = ("jakarta-600.ttf", "literata-display.ttf", "naskh-700.ttf")
    return Lettering(tuple(face(name) for name in names), tracking=0.09)

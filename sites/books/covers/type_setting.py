"""Setting a title: how large it is and where its lines stand."""

from collections.abc import Iterator
from dataclasses import dataclass

from sites.books.covers.lettering import Lettering
from sites.books.covers.line_breaking import MOST_LINES, Break, Line, breaks

SMALL = 18.0  # units: a title that would be smaller loses its subtitle
SMALLEST = 12.0  # units: a title that would be smaller still loses its last words
SUBTITLE_MARKS = (": ", "; ", " – ", " — ", " (", ", or ", ", atau ")

# What speaks against a break, as a share of the size it allows.
RAGGEDNESS, LOOSE_END, EVERY_LINE = 0.28, 0.07, 0.012


@dataclass(frozen=True)
class Box:
    """Room for a title, in units, from the cover's upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class SetLine:
    """A line of text, its size in units, and the left end of its baseline."""

    text: str
    size: float
    left: float
    baseline: float


@dataclass(frozen=True)
class Setting:
    """The lines of a title, none where it cannot be lettered, and where their descenders end."""

    lines: tuple[SetLine, ...]
    bottom: float


@dataclass(frozen=True)
class Typesetter:
    """Sets a title that has been through `lettering.legible`, in direction `rtl`."""

    title: str
    lettering: Lettering
    rtl: bool

    def in_box(self, box: Box, *, largest: float) -> Setting:
        """Set the title in one size, at most `largest`, from the top of a box.

        A title that is too long is cut: first its subtitle goes, then its last words.
        """
        if not self.title:
            return Setting((), box.top)
        for text, enough in self._shorter(box):
            size, chosen = self._best(text, box, largest)
            if size >= min(enough, largest):
                break
        lines, baseline = [], box.top + self.lettering.ascent * size
        for line in chosen.lines:
            lines.append(self.stand(line, size, box, baseline))
            baseline += self.lettering.leading * size
        return Setting(tuple(lines), lines[-1].baseline + self.lettering.descent * size)

    def _best(self, text: str, box: Box, largest: float) -> tuple[float, Break]:
        """The size and the break that score best."""

        def size(way: Break) -> float:
            high = len(way.lines) * self.lettering.leading
            return min(box.width / way.width, box.height / high, largest)

        def score(way: Break) -> float:
            faults = RAGGEDNESS * way.raggedness + LOOSE_END * way.loose_ends
            return size(way) * (1 - faults - EVERY_LINE * len(way.lines))

        best = max(breaks(text, self.measure, widest=box.width / SMALLEST), key=score)
        return size(best), best

    def _shorter(self, box: Box) -> Iterator[tuple[str, float]]:
        """The title, then its main part, then fewer and fewer words; each with a size to reach."""
        main = self.title
        for mark in SUBTITLE_MARKS:
            main = main.split(mark)[0] or main
        if main != self.title:
            yield self.title, SMALL
        yield main, SMALLEST
        lines = min(MOST_LINES, box.height / (SMALLEST * self.lettering.leading))
        room = lines * box.width / SMALLEST / self.measure(main)
        for share in (0.9, 0.8, 0.7, 0.6, 0.5, 0.3):
            words = main[: int(len(main) * room * share)].rsplit(" ", 1)[0]
            yield words.rstrip(" ,.;:-–—") + "…", SMALLEST

    def measure(self, text: str) -> float:
        """The width of a line in ems."""
        return self.lettering.width(text, rtl=self.rtl)

    def stand(self, line: Line, size: float, box: Box, baseline: float) -> SetLine:
        """Stand a line on a baseline, at the side of the box where its text begins."""
        left = box.left + box.width - line.width * size if self.rtl else box.left
        return SetLine(line.text, size, left, baseline)

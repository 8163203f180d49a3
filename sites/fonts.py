"""Cut the house's typefaces from their Fontsource packages.

The results are committed, so this runs only when a typeface, a range or a weight changes:

    npm install --prefix DIR $(python -m sites.fonts --packages)
    python -m sites.fonts DIR/node_modules

It writes the files that readers download (`sites/static/fonts/*.woff2`), their rules
(`sites/static/fonts.css`), the outlines that covers are drawn with
(`sites/books/covers/faces/*.ttf`), and each family's licence beside its files.

Every family is under the SIL Open Font Licence. OpenDyslexic reserves its name, so what is cut
from it is called Disleksia, inside the file too.
"""

import argparse
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
WEB = HERE / "static" / "fonts"
STYLESHEET = HERE / "static" / "fonts.css"
DRAWN = HERE / "books" / "covers" / "faces"

VERSIONS = {
    "@fontsource-variable/literata": "5.3.0",
    "@fontsource-variable/plus-jakarta-sans": "5.3.0",
    "@fontsource/atkinson-hyperlegible": "5.3.0",
    "@fontsource/opendyslexic": "5.3.0",
    "@fontsource-variable/noto-naskh-arabic": "5.3.0",
}
LITERATA, JAKARTA, ATKINSON, OPENDYSLEXIC, NASKH = VERSIONS
LICENCES = {
    LITERATA: "literata",
    JAKARTA: "jakarta",
    ATKINSON: "jelas",
    OPENDYSLEXIC: "disleksia",
    NASKH: "naskh",
}

# What each file is asked for. Latin is Basic Latin, Latin-1, typographic punctuation and arrows;
# the others are Fontsource's own divisions, which follow Google Fonts'.
RANGES = {
    "latin": "U+20-7E,U+A0-FF,U+131,U+152-153,U+2BB-2BC,U+2C6,U+2DA,U+2DC,U+300-304,U+308,U+2000-206F,U+20AC,U+2122,U+2190-2199,U+2212,U+2215",
    "latin-ext": "U+100-130,U+132-151,U+154-2BA,U+2BD-2C5,U+2C7-2D9,U+2DB,U+2DD-2FF,U+305-307,U+309-36F,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF",
    "vietnamese": "U+102-103,U+110-111,U+128-129,U+168-169,U+1A0-1A1,U+1AF-1B0,U+309,U+323,U+1EA0-1EF9,U+20AB",
    "greek": "U+370-377,U+37A-37F,U+384-38A,U+38C,U+38E-3A1,U+3A3-3FF",
    "greek-ext": "U+1F00-1FFF",
    "cyrillic": "U+400-45F,U+490-491,U+4B0-4B1,U+2116",
    "arabic": "U+600-6FF,U+750-77F,U+870-88E,U+890-891,U+897-8E1,U+8E3-8FF,U+200C-200E,U+2010-2011,U+204F,U+2E41,U+FB50-FDFF,U+FE70-FE74,U+FE76-FEFC",
}
LITERATA_SCRIPTS = ("latin", "latin-ext", "vietnamese", "greek", "greek-ext", "cyrillic")
LATIN_SCRIPTS = ("latin", "latin-ext", "vietnamese")

# Letters that a source draws wrongly: without them a browser stacks the accent on the letter itself.
MISDRAWN = {"opendyslexic-latin-400-normal": {ord("ó")}}

FAMILY_NAMES = (1, 3, 4, 6, 16, 18, 21, 25)  # the name records that carry a typeface's own name

Axes = Mapping[str, float | tuple[float, float]]


@dataclass(frozen=True)
class Cut:
    """One file to write: where its glyphs come from and what stays of them.

    `source` is a file of `package` with `{script}` in its place; `scripts` are the keys of RANGES
    it covers, merged into one file when there are several; `axes` pins or limits a variable font.
    """

    name: str
    package: str
    source: str
    scripts: tuple[str, ...]
    axes: Axes = field(default_factory=dict)
    hinted: bool = False


@dataclass(frozen=True)
class WebFace:
    """One @font-face rule and the file behind it."""

    family: str
    cut: Cut
    weight: str
    style: str = "normal"

    def rule(self) -> str:
        """The rule, its address relative, so that hashed file names replace it."""
        ranges = ",".join(RANGES[script] for script in self.cut.scripts)
        return (
            f'@font-face{{font-family:"{self.family}";'
            f'src:url("fonts/{self.cut.name}.woff2")format("woff2");'
            f"font-weight:{self.weight};font-style:{self.style};font-display:swap;"
            f"unicode-range:{ranges}}}"
        )


def web_faces() -> Iterator[WebFace]:
    """Yield every face that a page can ask for, the most used first."""
    display: Axes = {"opsz": 72, "wght": 700}
    roman, italic = "literata-{script}-wght-normal", "literata-{script}-wght-italic"
    sans = "plus-jakarta-sans-{script}-wght-normal"
    for script in LITERATA_SCRIPTS:
        cut = Cut(
            f"display-{script}", LITERATA, "literata-{script}-opsz-normal", (script,), display
        )
        # The range of weights keeps browsers from making the one weight bolder still.
        yield WebFace("Esensi Display", cut, "400 900")
    for script in LITERATA_SCRIPTS:
        cut = Cut(f"literata-{script}", LITERATA, roman, (script,), {"wght": (400, 700)})
        yield WebFace("Literata", cut, "400 700")
        cut = Cut(f"literata-italic-{script}", LITERATA, italic, (script,), {"wght": (400, 600)})
        yield WebFace("Literata", cut, "400 600", "italic")
    for script in LATIN_SCRIPTS:
        cut = Cut(f"jakarta-{script}", JAKARTA, sans, (script,), {"wght": (400, 700)})
        yield WebFace("Jakarta", cut, "400 700")
    for weight, style in (("400", "normal"), ("700", "normal"), ("400", "italic")):
        ending = weight if style == "normal" else f"{weight}-{style}"
        for script in LATIN_SCRIPTS[:2]:
            source = f"atkinson-hyperlegible-{{script}}-{weight}-{style}"
            cut = Cut(f"jelas-{script}-{ending}", ATKINSON, source, (script,), hinted=True)
            yield WebFace("Jelas", cut, weight, style)
            source = f"opendyslexic-latin-{weight}-{style}"
            cut = Cut(f"disleksia-{script}-{ending}", OPENDYSLEXIC, source, (script,))
            yield WebFace("Disleksia", cut, weight, style)
    cut = Cut("naskh", NASKH, "noto-naskh-arabic-{script}-wght-normal", ("arabic",))
    yield WebFace("Naskh", cut, "400 700")


def drawn_cuts() -> Iterator[Cut]:
    """Yield the outlines that covers are drawn with: one weight each, all scripts in one file."""
    heavy: Axes = {"opsz": 72, "wght": 700}
    upright, italic = "literata-{script}-opsz-normal", "literata-{script}-opsz-italic"
    yield Cut("literata-display", LITERATA, upright, LITERATA_SCRIPTS, heavy)
    yield Cut("literata-display-italic", LITERATA, italic, LITERATA_SCRIPTS[:1], heavy)
    sans = "plus-jakarta-sans-{script}-wght-normal"
    yield Cut("jakarta-600", JAKARTA, sans, LATIN_SCRIPTS, {"wght": 600})
    naskh = "noto-naskh-arabic-{script}-wght-normal"
    yield Cut("naskh-700", NASKH, naskh, ("arabic",), {"wght": 700})


def stylesheet() -> str:
    """The whole of fonts.css."""
    heading = "/* Written by `python -m sites.fonts`; licences lie beside the files. */"
    return "\n".join([heading, *(face.rule() for face in web_faces())]) + "\n"


def code_points(ranges: str) -> set[int]:
    """The code points of a unicode-range such as `U+20-7E,U+A0`."""
    points: set[int] = set()
    for part in ranges.split(","):
        first, _, last = part.removeprefix("U+").partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return points


def cut_font(cut: Cut, packages: Path) -> "TTFont":
    """Read, subset and instance one cut from the packages below `packages`.

    Raises FileNotFoundError, naming the file, where a package is not installed.
    """
    from fontTools.merge import Merger  # here and below: fontTools must not load with the site

    parts: list[io.BytesIO] = []
    taken: set[int] = set()
    for script in cut.scripts:
        path = packages / cut.package / "files" / f"{cut.source.format(script=script)}.woff2"
        part = _subset(path, cut, code_points(RANGES[script]) - taken)
        taken |= set(part.getBestCmap())
        parts.append(io.BytesIO())
        part.save(parts[-1])
    merged = Merger().merge(parts) if len(parts) > 1 else part
    merged.recalcTimestamp = False  # cutting twice changes no byte
    for moment in ("created", "modified"):
        setattr(merged["head"], moment, getattr(part["head"], moment))
    if cut.package == OPENDYSLEXIC:
        _rename(merged, "Disleksia")
    return merged


def _subset(path: Path, cut: Cut, points: set[int]) -> "TTFont":
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(path, recalcTimestamp=False)
    font.flavor = None
    options = Options(hinting=cut.hinted, desubroutinize=True, notdef_outline=True)
    options.name_IDs = [*options.name_IDs, 14]  # the licence's address; its text lies beside
    options.layout_features = [*options.layout_features, "tnum", "pnum"]  # figures in tables
    options.drop_tables += ["COLR", "CPAL", "vhea", "vmtx", "VVAR"]
    if cut.package == OPENDYSLEXIC:
        # Its fractions and figure sets add a fifth to the weight and change no word.
        options.layout_features = ["ccmp", "kern", "liga", "locl", "mark", "mkmk"]
    subsetter = Subsetter(options)
    present = set(font.getBestCmap()) - MISDRAWN.get(path.stem, set())
    subsetter.populate(unicodes=points & present)
    subsetter.subset(font)
    return instantiateVariableFont(font, dict(cut.axes)) if cut.axes else font


def _rename(font: "TTFont", family: str) -> None:
    """Give the font another name, as the licence asks of changed fonts with a reserved one."""
    for record in font["name"].names:
        if record.nameID in FAMILY_NAMES:
            record.string = str(record).replace("OpenDyslexic", family)
    if "CFF " in font:
        names = font["CFF "].cff
        names.fontNames = [name.replace("OpenDyslexic", family) for name in names.fontNames]
        for top in names.topDictIndex:
            for attribute in ("FullName", "FamilyName"):
                if hasattr(top, attribute):
                    value = getattr(top, attribute).replace("OpenDyslexic", family)
                    setattr(top, attribute, value)


def write_all(packages: Path) -> Iterator[Path]:
    """Write every font, licence and rule; yield each font's path when it is written."""
    for face in web_faces():
        yield _write(face.cut, packages, WEB, "woff2")
    for cut in drawn_cuts():
        yield _write(cut, packages, DRAWN, "ttf")
    STYLESHEET.write_text(stylesheet(), encoding="utf-8")


def _write(cut: Cut, packages: Path, folder: Path, flavour: str) -> Path:
    font = cut_font(cut, packages)
    font.flavor = "woff2" if flavour == "woff2" else None
    path = folder / f"{cut.name}.{flavour}"
    font.save(path)
    licence = (packages / cut.package / "LICENSE").read_text(encoding="utf-8")
    (folder / f"{LICENCES[cut.package]}-LICENSE.txt").write_text(licence, encoding="utf-8")
    return path


def main(arguments: list[str]) -> int:
    """Cut everything from the packages named on the command line, or print what to install."""
    parser = argparse.ArgumentParser(prog="python -m sites.fonts", description=__doc__)
    parser.add_argument("packages", nargs="?", type=Path, help="the node_modules folder")
    parser.add_argument(
        "--packages", action="store_true", dest="name", help="print what to install"
    )
    options = parser.parse_args(arguments)
    if options.name or not options.packages:
        sys.stdout.write(" ".join(f"{name}@{version}" for name, version in VERSIONS.items()) + "\n")
        return 0
    for path in write_all(options.packages):
        sys.stdout.write(f"{path.stat().st_size:7,} {path.relative_to(HERE)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""The stylesheet's colours against the table of the art direction: every pair, on every paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "sites" / "static"
SHEET = (STATIC / "house.css").read_text(encoding="utf-8")

Colour = tuple[float, float, float]

#: Each pair with every ground that it may stand on, what WCAG 2.2 asks (1.4.3 for text, 1.4.11 for
#: marks and controls), and the lowest contrast on light, dark and sepia.
TABLE = (
    ("ink", "paper leaf wash lavender", 4.5, (10.3, 13.1, 10.1)),
    ("text", "paper leaf wash lavender", 4.5, (7.4, 10.7, 8.3)),
    ("link", "paper leaf wash lavender", 4.5, (7.6, 7.1, 7.2)),
    ("mute", "paper leaf wash", 4.5, (5.2, 6.9, 5.2)),
    ("point", "paper leaf", 4.5, (5.9, 6.0, 6.3)),
    ("point", "lavender", 3.0, (4.4, 5.4, 5.0)),
    ("on-call", "call", 4.5, (6.1, 4.9, 7.3)),
    ("call", "paper", 3.0, (5.9, 3.7, 6.3)),
    ("call", "lavender", 3.0, (4.4, 3.0, 5.0)),
    ("edge", "paper leaf", 3.0, (3.7, 4.5, 3.8)),
    ("good warn", "paper leaf", 4.5, (6.3, 9.0, 5.5)),
    ("text", "highlight", 4.5, (8.1, 5.5, 8.8)),
)
THEMES = ("light", "dark", "sepia")
DYES = ("nila", "soga", "pandan", "arang")
LOWEST_DYE = 5.3
#: Covers come in any colour: the darkest there is, and the primaries, beside those that we draw.
EXTREMES = ("#000000", "#FF0000", "#00FF00", "#0000FF", "#FFFFFF")


def declarations(selector: str) -> dict[str, str]:
    """Give the custom properties of the first rule with exactly this selector."""
    body = re.search(rf"(?:^|[}}\s]){re.escape(selector)} \{{(.*?)\}}", SHEET, re.DOTALL)
    assert body, f"house.css has no rule {selector}"
    return dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", body[1]))


def palette(theme: str) -> dict[str, str]:
    values = declarations(":root")
    if theme != "light":
        values |= declarations(f':root[data-theme="{theme}"]')
    constants = SHEET[SHEET.index("--on-call") :]
    values |= dict(re.findall(r"--(on-call|highlight):\s*([^;]+);", constants))
    return values


def channels(code: str) -> Colour:
    red, green, blue = (int(code[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def colour(name: str, values: dict[str, str]) -> Colour:
    value = values[name]
    mixed = re.fullmatch(r"color-mix\(in srgb, (#\w{6}) (\d+)%, var\(--(\w+)\)\)", value)
    if not mixed:
        return channels(value)
    share = int(mixed[2]) / 100
    above, below = channels(mixed[1]), colour(mixed[3], values)
    red, green, blue = (a * share + b * (1 - share) for a, b in zip(above, below, strict=True))
    return red, green, blue


def luminance(colour: Colour) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    red, green, blue = linear_light(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear_light(colour: Colour) -> list[float]:
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance_of_oklab_mix(one: Colour, other: Colour, share: float) -> float:
    """The luminance of CSS's ``color-mix(in oklab, one share, other)``; matrices from CSS Color 4."""
    lms = [
        share * a + (1 - share) * b
        for a, b in zip(cube_root_lms(one), cube_root_lms(other), strict=True)
    ]
    # Oklab is linear in these roots, so that mixing them is mixing there.
    long, middle, short = (value**3 for value in lms)
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def cube_root_lms(colour: Colour) -> list[float]:
    red, green, blue = linear_light(colour)
    return [
        (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3),
        (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3),
        (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3),
    ]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("marks", "grounds", "need", "figures"), TABLE)
def test_every_pair_has_the_contrast_of_the_table(
    theme: str, marks: str, grounds: str, need: float, figures: tuple[float, ...]
) -> None:
    values = palette(theme)
    lowest = min(
        contrast(colour(mark, values), colour(ground, values))
        for mark in marks.split()
        for ground in grounds.split()
    )
    assert lowest >= need
    assert lowest == pytest.approx(figures[THEMES.index(theme)], abs=0.1)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("dye", DYES)
def test_room_names_read_well_in_their_dye(theme: str, dye: str) -> None:
    values = palette(theme)
    assert contrast(colour(dye, values), colour("paper", values)) >= LOWEST_DYE


@pytest.mark.parametrize("mark", ["ink", "text", "link", "warn"])
def test_words_read_well_on_every_books_band(mark: str) -> None:
    from sites.books.covers.palettes import PALETTES

    values = palette("light")
    paper, words = colour("paper", values), luminance(colour(mark, values))
    for ground in (*(dye.ground for dye in PALETTES), *EXTREMES):
        band = luminance_of_oklab_mix(channels(ground), paper, 0.1)
        assert (band + 0.05) / (words + 0.05) >= 4.5, ground


def test_the_band_has_no_mute_words() -> None:
    """Mute has 4.2 on the band of a black cover: too little."""
    sheet = (STATIC.parent / "main" / "static" / "main" / "main.css").read_text(encoding="utf-8")
    for name in ("facts dt", "by", "subtitle", "first-line"):
        rule = re.search(rf"\.{name} \{{(.*?)\}}", sheet, re.DOTALL)
        assert rule
        assert "--mute" not in rule[1]


def test_the_device_and_the_reader_get_the_same_dark() -> None:
    by_device = declarations(":root:not([data-theme])")
    by_choice = declarations(':root[data-theme="dark"]')
    assert by_device == by_choice
    assert len(by_device) > 20


def test_colours_stand_in_the_tokens_alone() -> None:
    """Outside the token lists, colours of the kawung panel and of plain covers excepted."""
    allowed = {"#FFFFFF", "#2E2275", "#D4D8F7", "#1B4B3E", "#6B2E18", "#3A3B52", "#000", "#F2B441"}
    rules = SHEET[SHEET.index("/* --- Ground") :]
    rules += (STATIC / "house" / "components.css").read_text(encoding="utf-8")
    assert set(re.findall(r"#[0-9A-Fa-f]{3,6}\b", rules)) <= allowed


@pytest.mark.parametrize(
    "sheet",
    [
        "house.css",
        "house/components.css",
        "../main/static/main/main.css",
        "../auth/static/auth/auth.css",
    ],
)
def test_stylesheets_know_start_and_end_not_left_and_right(sheet: str) -> None:
    text = (STATIC / sheet).read_text(encoding="utf-8")
    physical = re.findall(
        r"(?:margin|padding|border|(?<!area-)inset)-(?:left|right|top|bottom)\b|(?<![-\w])(?:left|right|top|bottom)\s*:"
        r"|text-align:\s*(?:left|right)|(?<![-\w])(?:min-|max-)?(?:width|height)\s*:(?=[^)]*;)",
        text,
    )
    assert not physical

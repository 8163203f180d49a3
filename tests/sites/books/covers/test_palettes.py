"""The dyes: words can be read on every ground."""

import pytest

from sites.books.covers.palettes import PALETTES, Palette, mix


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_reckoned_as_the_standard_says() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_there_are_twelve_dyes_of_different_names_and_grounds() -> None:
    assert len({palette.name for palette in PALETTES}) == 12
    assert len({palette.ground for palette in PALETTES}) == 12


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
def test_the_title_can_be_read(palette: Palette) -> None:
    assert contrast(palette.ground, palette.ink) >= 5.5


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
def test_the_author_can_be_read(palette: Palette) -> None:
    assert contrast(palette.ground, mix(palette.ground, palette.ink, 0.86)) >= 4.5


def test_a_mixture_starts_at_one_colour_and_ends_at_the_other() -> None:
    assert mix("#102030", "#FFFFFF", 0) == "#102030"
    assert mix("#102030", "#FFFFFF", 1) == "#FFFFFF"
    assert mix("#000000", "#FFFFFF", 0.5) == "#808080"

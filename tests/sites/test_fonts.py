"""The committed fonts: every file licensed, named by the stylesheet, and of the promised weight."""

import io
import re
from pathlib import Path

import pytest
import uharfbuzz as harfbuzz
from fontTools.ttLib import TTFont

from sites import fonts

WEB_FILES = sorted(fonts.WEB.glob("*.woff2"))
DRAWN_FILES = sorted(fonts.DRAWN.glob("*.ttf"))

# Bytes of the Latin subsets as the art direction counted them; a page's budget rests on them.
PROMISED_BYTES = {
    "display-latin": 19_444,
    "literata-latin": 32_976,
    "literata-italic-latin": 32_648,
    "jakarta-latin": 17_260,
    "jelas-latin-400": 15_620,
    "jelas-latin-700": 16_100,
    "disleksia-latin-400": 17_300,
    "disleksia-latin-700": 18_208,
    "naskh": 94_032,
}


@pytest.mark.parametrize("name", PROMISED_BYTES)
def test_a_subset_weighs_what_the_page_budget_counts_on(name: str) -> None:
    size = (fonts.WEB / f"{name}.woff2").stat().st_size
    assert size == pytest.approx(PROMISED_BYTES[name], rel=0.15)


def test_the_stylesheet_is_the_one_the_table_writes() -> None:
    assert fonts.STYLESHEET.read_text(encoding="utf-8") == fonts.stylesheet()


def test_the_stylesheet_names_every_file_and_no_other() -> None:
    addresses = re.findall(r'url\("([^"]+)"\)', fonts.STYLESHEET.read_text(encoding="utf-8"))
    named = [fonts.STYLESHEET.parent / address for address in addresses]
    assert sorted(named) == WEB_FILES


def test_every_rule_swaps_and_says_which_characters_it_is_for() -> None:
    rules = re.findall(r"@font-face\{[^}]+\}", fonts.STYLESHEET.read_text(encoding="utf-8"))
    assert len(rules) == len(WEB_FILES)
    for rule in rules:
        assert "font-display:swap" in rule
        assert "unicode-range:U+" in rule


@pytest.mark.parametrize("path", [*WEB_FILES, *DRAWN_FILES], ids=lambda path: path.name)
def test_a_font_has_its_licence_beside_it(path: Path) -> None:
    beginnings = {"display": "literata"}
    family = path.name.split("-")[0].split(".")[0]
    licence = path.parent / f"{beginnings.get(family, family)}-LICENSE.txt"
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [*WEB_FILES, *DRAWN_FILES], ids=lambda path: path.name)
def test_no_font_bears_a_reserved_name(path: Path) -> None:
    font = TTFont(path)
    names = [str(record) for record in font["name"].names if record.nameID != 0]
    if "CFF " in font:
        names += font["CFF "].cff.fontNames
        names += [str(font["CFF "].cff.topDictIndex[0].rawDict.get("FullName"))]
    assert not [name for name in names if "opendyslexic" in name.lower()]


@pytest.mark.parametrize("path", [*WEB_FILES, *DRAWN_FILES], ids=lambda path: path.name)
def test_a_font_keeps_its_copyright_notice(path: Path) -> None:
    assert "Copyright" in TTFont(path)["name"].getDebugName(0)


def test_indonesian_and_english_need_the_first_file_of_a_family_only() -> None:
    needed = {ord(character) for character in "Aku membaca “koran” – 1.250 halaman… It’s £5; né, à"}
    for family in ("display", "literata", "literata-italic", "jakarta"):
        cmap = TTFont(fonts.WEB / f"{family}-latin.woff2").getBestCmap()
        assert needed <= set(cmap)


def test_covers_can_be_lettered_in_four_scripts() -> None:
    display = set(TTFont(fonts.DRAWN / "literata-display.ttf").getBestCmap())
    naskh = set(TTFont(fonts.DRAWN / "naskh-700.ttf").getBestCmap())
    assert {ord(character) for character in "Łódź Việt Ωμέγα Ἰλιάς Война"} <= display
    assert {ord(character) for character in "البحر،الذي؟يتذكر"} <= naskh


def test_a_range_reads_back_as_its_code_points() -> None:
    assert fonts.code_points("U+41-43,U+2116") == {0x41, 0x42, 0x43, 0x2116}


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    cut = next(fonts.drawn_cuts())
    with pytest.raises(FileNotFoundError, match="literata-latin-opsz-normal"):
        fonts.cut_font(cut, tmp_path)


def test_without_a_folder_the_command_says_what_to_install(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert fonts.main([]) == 0
    assert "@fontsource-variable/literata@" in capsys.readouterr().out


def test_an_accent_stands_on_its_letter_where_the_source_draws_it_beside() -> None:
    font = TTFont(fonts.WEB / "disleksia-latin-400.woff2")
    font.flavor = None
    plain = io.BytesIO()
    font.save(plain)
    face = harfbuzz.Font(harfbuzz.Face(harfbuzz.Blob(plain.getvalue())))
    buffer = harfbuzz.Buffer()
    buffer.add_str("ó")
    buffer.guess_segment_properties()
    harfbuzz.shape(face, buffer)
    letter, accent = (glyph.codepoint for glyph in buffer.glyph_infos)
    above = buffer.glyph_positions[0].x_advance + buffer.glyph_positions[1].x_offset
    width = face.get_glyph_extents(letter).width
    assert (face.get_glyph_name(letter), face.get_glyph_name(accent)) == ("o", "acutecomb")
    left = above + face.get_glyph_extents(accent).x_bearing
    assert 0 < left < face.get_glyph_extents(letter).x_bearing + width

"""Titles in their boxes."""

import pytest

from sites.books.covers.lettering import title_lettering
from sites.books.covers.type_setting import SMALLEST, Box, Setting, Typesetter

BOX = Box(24, 26, 252, 126)


def set_title(title: str, box: Box = BOX, *, largest: float = 44, rtl: bool = False) -> Setting:
    lettering = title_lettering(rtl=rtl)
    return Typesetter(lettering.legible(title), lettering, rtl).in_box(box, largest=largest)


def texts(setting: Setting) -> list[str]:
    return [line.text for line in setting.lines]


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Jejak", ["Jejak"]),
        ("Kota di Bawah Hujan", ["Kota", "di Bawah", "Hujan"]),
        ("Surat dari Banda", ["Surat", "dari Banda"]),
        ("A Field Guide to Silence", ["A Field Guide", "to Silence"]),
        ("Laut yang Mengingat Nama", ["Laut yang", "Mengingat", "Nama"]),
    ],
)
def test_titles_break_where_an_editor_would(title: str, lines: list[str]) -> None:
    assert texts(set_title(title)) == lines


@pytest.mark.parametrize("title", ["A", "Moby-Dick", "kata " * 60, "x" * 300, "di " * 40])
@pytest.mark.parametrize("height", [32, 78, 126])
def test_a_title_stays_in_its_box(title: str, height: int) -> None:
    box = Box(24, 26, 252, height)
    lettering = title_lettering(rtl=False)
    setting = set_title(title, box)
    assert all(line.size <= 44 for line in setting.lines)
    assert all(lettering.width(line.text) * line.size <= 252.01 for line in setting.lines)
    assert setting.lines[-1].baseline <= 26 + height


def test_a_title_that_would_be_too_small_loses_its_subtitle_first() -> None:
    long = "Robinson Crusoe of York, Mariner: " + "Who lived all alone " * 20
    assert " ".join(texts(set_title(long))) == "Robinson Crusoe of York, Mariner"


def test_a_title_still_too_small_loses_its_last_words() -> None:
    setting = set_title("perjalanan panjang " * 30)
    assert setting.lines[0].size >= SMALLEST
    assert texts(setting)[-1].endswith("…")


def test_a_subtitle_that_fits_stays() -> None:
    assert " ".join(texts(set_title("Jejak: Sebuah Catatan"))) == "Jejak: Sebuah Catatan"


def test_arabic_lines_end_at_the_right_of_the_box() -> None:
    lettering = title_lettering(rtl=True)
    for line in set_title("البحر الذي يتذكر الأسماء", rtl=True).lines:
        right = line.left + lettering.width(line.text, rtl=True) * line.size
        assert right == pytest.approx(276)


def test_no_title_takes_no_room() -> None:
    assert set_title("雪国") == Setting((), 26)

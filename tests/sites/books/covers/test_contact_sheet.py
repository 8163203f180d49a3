"""The sheet of covers in the documentation."""

import io
from pathlib import Path

from PIL import Image

from sites.books.covers.contact_sheet import BOOKS, contact_sheet

KEPT = Path(__file__).parents[4] / "docs" / "covers.png"


def test_a_sheet_has_a_place_for_every_book() -> None:
    sheet = Image.open(io.BytesIO(contact_sheet(BOOKS[:8]))).convert("RGB")
    assert sheet.size == (7 * 156 + 6 * 22 + 2 * 28, 2 * 208 + 22 + 2 * 28)
    assert sheet.getpixel((2, 2)) == (252, 251, 248)
    assert sheet.getpixel((28 + 100, 28 + 208 + 22 + 200)) != (252, 251, 248)
    assert sheet.getpixel((28 + 156 + 22 + 80, 28 + 208 + 22 + 100)) == (252, 251, 248)


def test_the_sheet_in_the_documentation_shows_many_covers_and_is_light() -> None:
    assert len(BOOKS) >= 24
    assert KEPT.stat().st_size <= 150_000
    with Image.open(KEPT) as sheet:
        assert sheet.size[0] == 1_280

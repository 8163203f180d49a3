"""Many covers in one picture, to look at together: `python -m sites.books.covers.contact_sheet FILE.png`."""

import io
import sys
from collections.abc import Sequence
from pathlib import Path

import resvg_py
from PIL import Image

from sites.books.covers import draw_cover

PAPER = "#FCFBF8"
COVER = (156, 208)  # pixels
GAP, BORDER = 22, 28
COLUMNS = 7
COLOURS = 256  # flat dyes and the edges between them need no more, and the file stays small

BOOKS = (
    ("Laut yang Mengingat Nama", "Ratih Sekarwangi"),
    ("Kota di Bawah Hujan", "Bagas Pranata"),
    ("Rumah Kawung", "Nirmala Adi"),
    ("The Salt Road", "Imogen Hale"),
    ("Tujuh Malam di Semeru", "Yusuf Lazuardi"),
    ("Sebelum Pagi Sampai", "Dian Wulandari"),
    ("Moby-Dick", "Herman Melville"),
    ("Perempuan Penenun Bulan", "Sri Handayani"),
    ("Jejak", "Arman Tobing"),
    ("A Field Guide to Silence", "Noor Castellan"),
    ("Pulang, Kata Angin", "Mika Rahardjo"),
    ("Kopi Pahit", "Laras Anjani"),
    ("The Cartographer’s Daughter", "Elin Varga"),
    ("Anak Penjaga Mercusuar", "Toba Siregar"),
    ("Surat dari Banda", "Frits Pattiwael"),
    ("The Waste Land", "T. S. Eliot"),
    ("Resep Ibu Sari", "Sari Utami"),
    ("Aksara Terakhir", "Wening Pramesti"),
    ("Small Gods of the Harbour", "Jonah Lim"),
    ("البحر الذي يتذكر الأسماء", "ليلى منصور"),
    ("Delapan Puluh Hari Menunggu Surat dari Seberang", "Putri Maharani"),
    ("Война и мир", "Лев Толстой"),
    ("Số đỏ", "Vũ Trọng Phụng"),
    ("雪国", "川端康成"),
    ("Ἰλιάς", "Ὅμηρος"),
    ("1984", "George Orwell"),
    ("Gitanjali", "Rabindranath Tagore"),
    ("ألف ليلة وليلة", "شهرزاد"),
)


def contact_sheet(books: Sequence[tuple[str, str]], *, version: int = 1) -> bytes:
    """The covers of books, each a title and an author, seven in a row, as a PNG."""
    across, down = COVER[0] + GAP, COVER[1] + GAP
    rows = -(-len(books) // COLUMNS)
    size = (COLUMNS * across - GAP + 2 * BORDER, rows * down - GAP + 2 * BORDER)
    sheet = Image.new("RGB", size, PAPER)
    for index, (title, author) in enumerate(books):
        svg = draw_cover(title, author, version=version).svg
        picture = resvg_py.svg_to_bytes(svg_string=svg, width=COVER[0], height=COVER[1])
        place = (BORDER + index % COLUMNS * across, BORDER + index // COLUMNS * down)
        sheet.paste(Image.open(io.BytesIO(bytes(picture))).convert("RGB"), place)
    written = io.BytesIO()
    sheet.quantize(COLOURS, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(contact_sheet(BOOKS))

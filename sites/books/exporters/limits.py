"""How much an edition may hold. Each number has its reason; beyond it nothing is written."""

from __future__ import annotations

from typing import Final

MEGABYTE: Final = 1024 * 1024

CHAPTERS: Final = 4_900  # the importer takes a spine of 5,000, with what stands around the chapters
#: Characters of all texts: the longest serials have 30 million, and the importer takes 60 MB.
TEXT: Final = 50_000_000
PICTURES: Final = 3_000  # as many as the importer takes
#: Bytes of all pictures, which the house has drawn anew: an illustrated book has 50 MB.
PICTURES_SIZE: Final = 180 * MEGABYTE
#: A book of 150 chapters takes 2 s; somebody waits for it.
SECONDS: Final = 60.0
COVER_SECONDS: Final = 10.0  # usual is 0.3 s

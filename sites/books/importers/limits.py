"""How much a file may ask of us. Each number has its reason; beyond it the file is refused."""

from __future__ import annotations

from typing import Final

MEGABYTE: Final = 1024 * 1024

#: An illustrated book in print quality has 50 to 150 MB.
FILE_SIZE: Final = 200 * MEGABYTE
#: All parts unpacked. Text shrinks to a third or a tenth, pictures do not shrink.
UNPACKED_SIZE: Final = 600 * MEGABYTE
#: Unpacked over packed size of one part. Prose reaches 5, tables 30; deflate ends at 1,030.
RATIO: Final = 200
#: Parts below this size may shrink as they like: an empty stylesheet is no bomb.
RATIO_FROM: Final = 4 * MEGABYTE
ENTRIES: Final = 20_000  # a serial of 5,000 chapters with its pictures
SPINE_ITEMS: Final = 5_000  # the longest serials have about 3,000 chapters
TOC_ENTRIES: Final = 20_000  # with sections below the chapters
TOC_DEPTH: Final = 20  # volume, part, chapter, section are four

#: One XHTML file. All of Moby-Dick has 1.3 MB.
DOCUMENT_SIZE: Final = 8 * MEGABYTE
#: All XHTML files: the longest novels have 15 MB.
TEXT_SIZE: Final = 60 * MEGABYTE
#: Start and end tags of all XHTML files: 3,000 chapters of 60 paragraphs have 360,000, with a word
#: or two set apart in each a million. They take half a minute to read.
TAGS: Final = 1_000_000
PACKAGE_DOCUMENT_SIZE: Final = 8 * MEGABYTE  # 10,000 manifest items have 1 MB
STYLE_SIZE: Final = 1 * MEGABYTE
#: Elements inside one another. Deep markup is generated and has 30; Python recurses to 1,000.
DEPTH: Final = 80

#: Paragraphs, list items and the like of the whole book: 3,000 chapters of 60 are 180,000.
BLOCKS: Final = 400_000

PICTURES: Final = 3_000  # a picture on every page of a long manual
PICTURE_SIZE: Final = 40 * MEGABYTE
#: A page scanned at 600 dpi has 35 million; decoded, 40 million take 160 MB of memory.
PICTURE_PIXELS: Final = 40_000_000
#: Of the longer side: a poster of 1.2 m at 400 dpi has 18,900. Pillow keeps a table of rows: of 40
#: million, one pixel wide, it takes a gigabyte.
PICTURE_SIDE: Final = 20_000
#: Bytes that decoding one picture may take; with the process and what is drawn from it, 400 MB. A
#: colour page scanned at 600 dpi takes 160 MB as PNG or plain JPEG.
PICTURE_MEMORY: Final = 200 * MEGABYTE
#: Of all pictures together, but those within drawings: 400 pages scanned at 300 dpi; they take a
#: minute to decode.
PICTURES_PIXELS: Final = 4_000_000_000
DRAWING_SIZE: Final = 3 * MEGABYTE  # an SVG map
DRAWING_SECONDS: Final = 10.0  # one SVG; usual are 0.1 s
DRAWINGS_SECONDS: Final = 35.0  # all of a book: 300 usual ones, or three that want all they may

#: The whole file, from opening it to the last chapter: a scanned page takes one or two seconds, of
#: pure noise ten; 400 of them a quarter of an hour, and everything else seconds.
READING_SECONDS: Final = 1_800.0

#: One Markdown file: the longest novels have 6 MB.
MANUSCRIPT_SIZE: Final = 8 * MEGABYTE
MANUSCRIPTS: Final = 2_000  # files of one zip: a chapter in each
#: All XML parts of a DOCX: a novel of 200,000 words has 10 MB, with much formatting 20.
DOCX_TEXT_SIZE: Final = 24 * MEGABYTE
#: Turning a manuscript into HTML: that novel takes 15 s, and a small machine twice as long.
CONVERTING_SECONDS: Final = 90.0

METADATA_LENGTH: Final = 300  # characters of a title or a name: the columns' length
DESCRIPTION_LENGTH: Final = 10_000  # characters of the synopsis: the column's length
NAMES: Final = 20  # authors or subjects of one book that are kept
NOTES: Final = 50  # remarks about what was left out; nobody reads more

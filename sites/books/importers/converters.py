"""Turn a manuscript into HTML: a program of its own, that a hostile file may crash, starve or hang.

The file comes by standard input. ``markdown`` gives HTML on standard output; ``docx`` a zip of
``document.html`` with its pictures. The argument: which of the two. ``storage.bounded`` starts it.
"""

from __future__ import annotations

import io
import sys
import zipfile
from typing import IO, Any

MEMORY = 900 * 1024 * 1024  # bytes of address space: a novel in DOCX takes 300 MB
NO_MEMORY = 3  # the program's answer when that does not do

STYLES = """
p[style-name='Title'] => p.book-title:fresh
p[style-name='Subtitle'] => p.book-subtitle:fresh
p[style-name='Author'] => p.book-author:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Block Text'] => blockquote > p:fresh
p[style-name='Quotations'] => blockquote > p:fresh
r[style-name='Emphasis'] => em
r[style-name='Intense Emphasis'] => em
u => u
"""


def main(arguments: list[str]) -> int:
    content = sys.stdin.buffer.read()
    try:
        converted = _docx(content) if arguments[0] == "docx" else _markdown(content)
    except (MemoryError, RecursionError):
        return NO_MEMORY
    sys.stdout.buffer.write(converted)
    return 0


def _markdown(content: bytes) -> bytes:
    from markdown_it import MarkdownIt  # one of the two alone

    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return str(reader.render(content.decode())).encode()


def _docx(content: bytes) -> bytes:
    import mammoth  # one of the two alone

    pictures: dict[bytes, str] = {}

    def keep(picture: Any) -> dict[str, str]:
        with picture.open() as file:
            drawn: bytes = _read(file)
        if drawn not in pictures:
            pictures[drawn] = f"pictures/{len(pictures) + 1}"
        return {"src": pictures[drawn]}

    converted = mammoth.convert_to_html(
        io.BytesIO(content), style_map=STYLES, convert_image=mammoth.images.img_element(keep)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("document.html", converted.value.encode())
        for drawn, name in pictures.items():
            archive.writestr(name, drawn)
    return out.getvalue()


def _read(file: IO[bytes]) -> bytes:
    return file.read()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Builds small EPUBs for tests, sound ones and broken ones."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from html import escape

from PIL import Image

XHTML = "application/xhtml+xml"
CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>"""
WORDS = "The tide came in over the flat sand and the boats began to lift one after another. "


def picture(
    width: int = 40, height: int = 30, colour: str = "#336699", kind: str = "PNG", **options: object
) -> bytes:
    """A picture of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, kind, **options)
    return buffer.getvalue()


def page(body: str, *, title: str = "", head: str = "", html: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        f" {html}><head><title>{escape(title)}</title>{head}</head>\n<body>{body}</body></html>"
    )


@dataclass
class Epub:
    """A book in the making. Pages are in the spine and, with ``toc_title``, in the contents."""

    title: str = "The Small Book"
    identifier: str | None = "urn:test:small-book"
    language: str = "en"
    version: str = "3.0"
    #: "nav", "ncx", "both" or "".
    contents: str = "nav"
    metadata: str = "<dc:creator>Ann Author</dc:creator>"
    spine_attributes: str = ""
    guide: str = ""
    landmarks: str = ""
    files: dict[str, bytes | str] = field(default_factory=dict)
    manifest: list[str] = field(default_factory=list)
    spine: list[str] = field(default_factory=list)
    toc: list[tuple[str, str, int]] = field(default_factory=list)
    #: Entries that replace what would be written: "mimetype", "OPS/book.opf", …
    instead: dict[str, bytes | str | None] = field(default_factory=dict)

    def page(
        self,
        name: str,
        body: str,
        *,
        toc_title: str | None = None,
        attributes: str = "",
        linear: bool = True,
        **options: str,
    ) -> Epub:
        """Add a page to the spine."""
        self.file(name, page(body, **options), XHTML, attributes)
        linear_attribute = "" if linear else ' linear="no"'
        self.spine.append(f'<itemref idref="{_id(name)}"{linear_attribute}/>')
        if toc_title is not None:
            self.entry(toc_title, name)
        return self

    def entry(self, title: str, target: str, depth: int = 0) -> Epub:
        """Add a line to the contents."""
        self.toc.append((title, target, depth))
        return self

    def file(self, name: str, content: bytes | str, kind: str, attributes: str = "") -> Epub:
        """Add a part to the package and its manifest."""
        self.files[f"OPS/{name}"] = content
        self.manifest.append(
            f'<item id="{_id(name)}" href="{escape(name)}" media-type="{kind}" {attributes}/>'
        )
        return self

    def build(self) -> bytes:
        """Give the bytes of the EPUB."""
        entries: dict[str, bytes | str | None] = {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
        }
        if self.contents in {"nav", "both"}:
            nav_item = f'<item id="nav" href="nav.xhtml" media-type="{XHTML}" properties="nav"/>'
            entries["OPS/nav.xhtml"] = self._nav()
        else:
            nav_item = ""
        if self.contents in {"ncx", "both"}:
            nav_item += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
            entries["OPS/toc.ncx"] = self._ncx()
        entries["OPS/book.opf"] = self._opf(nav_item)
        entries |= self.files | self.instead
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries.items():
                if content is not None:
                    archive.writestr(name, content)
        return buffer.getvalue()

    def open(self) -> io.BytesIO:
        return io.BytesIO(self.build())

    def _opf(self, nav_item: str) -> str:
        identifier = f'<dc:identifier id="uid">{self.identifier}</dc:identifier>'
        toc = ' toc="ncx"' if self.contents in {"ncx", "both"} else ""
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n<package xmlns="http://www.idpf.org/2007/opf"'
            f' version="{self.version}" unique-identifier="uid">'
            '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"'
            ' xmlns:opf="http://www.idpf.org/2007/opf">'
            f"{identifier if self.identifier is not None else ''}"
            f"<dc:title>{escape(self.title)}</dc:title><dc:language>{self.language}</dc:language>"
            f"{self.metadata}</metadata><manifest>{nav_item}{''.join(self.manifest)}</manifest>"
            f"<spine{toc} {self.spine_attributes}>{''.join(self.spine)}</spine>{self.guide}</package>"
        )

    def _nav(self) -> str:
        marks = f'<nav epub:type="landmarks"><ol>{self.landmarks}</ol></nav>'
        return page(f'<nav epub:type="toc">{_nested(self.toc, "ol", _nav_line)}</nav>{marks}')

    def _ncx(self) -> str:
        return (
            '<?xml version="1.0"?><!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" '
            '"http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">'
            '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1">'
            f"<navMap>{_nested(self.toc, '', _ncx_line)}</navMap></ncx>"
        )


def small_book(chapters: int = 3, **options: str) -> Epub:
    """A book of ``chapters`` short chapters."""
    book = Epub(**options)  # type: ignore[arg-type]
    for number in range(1, chapters + 1):
        body = f"<h1>Chapter {number}</h1><p>{WORDS}</p><p>It was day {number}.</p>"
        book.page(f"c{number}.xhtml", body, toc_title=f"Chapter {number}")
    return book


def _id(name: str) -> str:
    return "i-" + "".join(letter if letter.isalnum() else "-" for letter in name)


def _nav_line(title: str, target: str, inner: str) -> str:
    link = f'<a href="{escape(target)}">{escape(title)}</a>' if target else f"<span>{title}</span>"
    return f"<li>{link}{inner}</li>"


def _ncx_line(title: str, target: str, inner: str) -> str:
    return (
        f"<navPoint><navLabel><text>{escape(title)}</text></navLabel>"
        f'<content src="{escape(target)}"/>{inner}</navPoint>'
    )


def _nested(lines: list[tuple[str, str, int]], around: str, write: object, depth: int = 0) -> str:
    out = []
    position = 0
    while position < len(lines):
        title, target, _depth = lines[position]
        end = position + 1
        while end < len(lines) and lines[end][2] > depth:
            end += 1
        inner = _nested(lines[position + 1 : end], around, write, depth + 1)
        out.append(write(title, target, inner))  # type: ignore[operator]
        position = end
    if not out:
        return ""
    return f"<{around}>{''.join(out)}</{around}>" if around else "".join(out)

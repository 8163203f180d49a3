"""Builds small DOCX files for tests, sound ones and broken ones."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from html import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = {
    "Title": "Title",
    "Subtitle": "Subtitle",
    "Heading1": "heading 1",
    "Heading2": "heading 2",
    "Quote": "Quote",
}


@dataclass
class Docx:
    """A document in the making; chainable."""

    title: str = ""
    author: str = ""
    language: str = "en-GB"
    body: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)
    instead: dict[str, bytes | str] = field(default_factory=dict)

    def styled(self, style: str, text: str) -> Docx:
        self.body.append(
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>'
        )
        return self

    def heading(self, text: str, level: int = 1) -> Docx:
        return self.styled(f"Heading{level}", text)

    def paragraph(self, text: str, *, note: str = "", bold: str = "") -> Docx:
        runs = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
        if bold:
            runs += f"<w:r><w:rPr><w:b/></w:rPr><w:t>{escape(bold)}</w:t></w:r>"
        if note:
            self.notes.append(note)
            runs += f'<w:r><w:footnoteReference w:id="{len(self.notes)}"/></w:r>'
        self.body.append(f"<w:p>{runs}</w:p>")
        return self

    def picture(self, content: bytes, alt: str = "") -> Docx:
        self.pictures.append(content)
        number = len(self.pictures)
        self.body.append(
            "<w:p><w:r><w:drawing>"
            '<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
            f'<wp:docPr id="{number}" name="p" descr="{escape(alt)}"/>'
            '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData>'
            '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill>'
            f'<a:blip r:embed="p{number}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic>'
            "</wp:inline></w:drawing></w:r></w:p>"
        )
        return self

    def parts(self) -> dict[str, bytes | str]:
        root = f'xmlns:w="{W}" xmlns:r="{R}"'
        styles = "".join(
            f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
            for key, name in _STYLES.items()
        )
        pictures = "".join(
            f'<Relationship Id="p{number}" Type="{R}/image" Target="media/{number}.png"/>'
            for number in range(1, len(self.pictures) + 1)
        )
        notes = "".join(
            f'<w:footnote w:id="{number}"><w:p><w:r><w:t>{escape(note)}</w:t></w:r></w:p></w:footnote>'
            for number, note in enumerate(self.notes, start=1)
        )
        return {
            "[Content_Types].xml": f'{_XML}<Types xmlns="{_TYPES}">'
            '<Default Extension="png" ContentType="image/png"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.wordprocessingml.document.main+xml"/></Types>',
            "_rels/.rels": f'{_XML}<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
            f'Type="{R}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'{_XML}<Relationships xmlns="{_RELATIONS}">'
            f'<Relationship Id="s" Type="{R}/styles" Target="styles.xml"/>'
            f'<Relationship Id="f" Type="{R}/footnotes" Target="footnotes.xml"/>{pictures}'
            "</Relationships>",
            "word/document.xml": f"{_XML}<w:document {root}><w:body>{''.join(self.body)}</w:body></w:document>",
            "word/styles.xml": f"{_XML}<w:styles {root}><w:docDefaults><w:rPrDefault><w:rPr>"
            f'<w:lang w:val="{self.language}"/></w:rPr></w:rPrDefault></w:docDefaults>{styles}</w:styles>',
            "word/footnotes.xml": f"{_XML}<w:footnotes {root}>{notes}</w:footnotes>",
            "docProps/core.xml": f'{_XML}<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/'
            'package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{escape(self.title)}</dc:title><dc:creator>{escape(self.author)}</dc:creator>"
            "</c:coreProperties>",
            **{f"word/media/{number}.png": each for number, each in enumerate(self.pictures, 1)},
        }

    def build(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in (self.parts() | self.instead).items():
                archive.writestr(name, content)
        return out.getvalue()


def novel(*, third: str = "The third evening was quiet.") -> Docx:
    """Three chapters with a note, a picture's place and a break."""
    docx = Docx(title="The Tide", author="Ann Author")
    docx.heading("One").paragraph("The tide came in over the flat sand.", note="Twice a day.")
    docx.paragraph("* * *").paragraph("It went ", bold="out.")
    docx.heading("Two").paragraph("Boats began to lift, one after another.")
    docx.heading("Three").paragraph(third)
    return docx

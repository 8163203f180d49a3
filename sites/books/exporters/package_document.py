"""The package document (OPF 3.0) and what else a reader must find before it opens a page."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from sites.books.exporters.attributes import LANGUAGE
from sites.books.exporters.edition import Edition, Person
from sites.books.exporters.names import (
    DRAWN_COVER,
    EDITION,
    EDITION_FORM,
    FOLDER,
    PACKAGE_DOCUMENT,
    PREFIX,
    VOCABULARY,
)
from sites.books.exporters.xhtml import write_text

CONTAINER: Final = f"""\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="{PACKAGE_DOCUMENT}" media-type="application/oebps-package+xml"/>\
</rootfiles>
</container>
"""
#: MARC relators (Library of Congress).
_RELATORS: Final = {"author": "aut", "translator": "trl", "illustrator": "ill"}
PUBLISHER: Final = "Esensi"


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the manifest; ``in_spine`` also makes it a page of the reading order."""

    id: str
    name: str
    type: str
    properties: str = ""
    in_spine: bool = False


@dataclass(slots=True)
class Contains:
    """What the texts hold, for those who must know before they open the book."""

    pictures: int = 0
    pictures_without_words: int = 0
    formulas: bool = False


def package_document(edition: Edition, parts: Sequence[Part], contains: Contains) -> str:
    """Write the package document. ``parts`` are in reading order."""
    manifest = "\n".join(_item(part) for part in parts)
    spine = "\n".join(f'<itemref idref="{part.id}"/>' for part in parts if part.in_spine)
    metadata = "\n".join([*_metadata(edition), *_accessibility(contains), *_own(edition, parts)])
    turns = edition.direction == "rtl" or edition.writing_mode == "vertical-rl"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" '
        f'prefix="{PREFIX}: {VOCABULARY}" xml:lang="{_language(edition)}" '
        f'dir="{edition.direction}">\n'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n{metadata}\n</metadata>\n'
        f"<manifest>\n{manifest}\n</manifest>\n"
        f'<spine toc="ncx" page-progression-direction="{"rtl" if turns else "ltr"}">\n{spine}\n'
        "</spine>\n</package>\n"
    )


def _item(part: Part) -> str:
    name = write_text(posixpath.relpath(part.name, FOLDER))
    properties = f' properties="{part.properties}"' if part.properties else ""
    return f'<item id="{part.id}" href="{name}" media-type="{part.type}"{properties}/>'


def _metadata(edition: Edition) -> list[str]:
    lines = [
        f'<dc:identifier id="id">{write_text(edition.identifier)}</dc:identifier>',
        f'<dc:title id="title">{write_text(edition.title.strip() or "—")}</dc:title>',
        '<meta refines="#title" property="title-type">main</meta>',
    ]
    if edition.subtitle.strip():
        lines += [
            f'<dc:title id="subtitle">{write_text(edition.subtitle)}</dc:title>',
            '<meta refines="#subtitle" property="title-type">subtitle</meta>',
        ]
    lines.append(f"<dc:language>{_language(edition)}</dc:language>")
    for number, person in enumerate(edition.people, start=1):
        lines += _person(number, person)
    if edition.description.strip():
        lines.append(f"<dc:description>{write_text(edition.description)}</dc:description>")
    lines += [f"<dc:subject>{write_text(name)}</dc:subject>" for name in edition.subjects]
    lines.append(f"<dc:publisher>{PUBLISHER}</dc:publisher>")
    modified = edition.modified.strftime("%Y-%m-%dT%H:%M:%SZ")
    lines.append(f'<meta property="dcterms:modified">{modified}</meta>')
    return lines


def _person(number: int, person: Person) -> list[str]:
    element = "creator" if person.role == "author" else "contributor"
    relator = _RELATORS.get(person.role, "aut")
    return [
        f'<dc:{element} id="p{number}">{write_text(person.name)}</dc:{element}>',
        f'<meta refines="#p{number}" property="role" scheme="marc:relators">{relator}</meta>',
        f'<meta refines="#p{number}" property="display-seq">{number}</meta>',
    ]


def _accessibility(contains: Contains) -> list[str]:
    """Say what schema.org's terms can say truthfully; conformance is for people to examine."""
    described = not contains.pictures_without_words
    features = [
        "tableOfContents",
        "readingOrder",
        "structuralNavigation",
        "displayTransformability",
    ]
    modes = ["textual"]
    sentences = [_("The text can be read aloud and shown in any size; chapters are headings.")]
    if contains.pictures:
        modes.append("visual")
        if described:
            features.append("alternativeText")
            sentences.append(_("All pictures are described."))
        else:
            sentences.append(_("Some pictures have no description."))
    if contains.formulas:
        features.append("MathML")
        sentences.append(_("Formulas are MathML."))
    facts = [
        *(("accessMode", mode) for mode in modes),
        ("accessModeSufficient", "textual" if described else "textual,visual"),
        *(("accessibilityFeature", feature) for feature in features),
        ("accessibilityHazard", "none"),
        ("accessibilitySummary", " ".join(sentences)),
    ]
    return [f'<meta property="schema:{name}">{write_text(value)}</meta>' for name, value in facts]


def _own(edition: Edition, parts: Sequence[Part]) -> list[str]:
    lines = [f'<meta property="{EDITION}">{EDITION_FORM}</meta>']
    if edition.cover.endswith(".svg"):
        lines.append(f'<meta property="{DRAWN_COVER}">1</meta>')
    if edition.writing_mode != "horizontal-tb":
        # Not of EPUB, but what readers and our own importer look for.
        lines.append(f'<meta name="primary-writing-mode" content="{edition.writing_mode}"/>')
    cover = next((part.id for part in parts if part.properties == "cover-image"), "")
    if cover:
        lines.append(f'<meta name="cover" content="{cover}"/>')
    return lines


def _language(edition: Edition) -> str:
    language = edition.language
    return language if LANGUAGE.fullmatch(language) else language.partition("-")[0]

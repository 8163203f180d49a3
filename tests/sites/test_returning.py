from __future__ import annotations

import pytest
from django.test import RequestFactory

from sites.returning import LONGEST_ADDRESS, safe_return

REQUEST = RequestFactory().get("/", headers={"host": "auth.esensi.localhost:8000"})

OURS = (
    "/",
    "/laut/3/?page=2#p-aaaaaaaa",
    "http://esensi.localhost:8000/books/",
    "http://chapter.esensi.localhost:8000/laut/3/",
)
NOT_OURS = (
    "",
    None,
    "books/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "http://evil.example/",
    "https://esensi.localhost:8000/",
    "http://esensi.localhost/",
    "http://esensi.localhost:8001/",
    "http://esensi.localhost:8000@evil.example/",
    "http://evil.example#esensi.localhost:8000",
    "http://sub.chapter.esensi.localhost:8000/",
    "http://ESENSI.localhost:8000.evil.example/",
    "http:esensi.localhost:8000/",
    "http:///evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    " /books/",
    "/books/\nSet-Cookie: x",
    "\t//evil.example",
    "http://[::1",
    "/" + "a" * LONGEST_ADDRESS,
)


@pytest.mark.parametrize("target", OURS)
def test_our_own_addresses_are_kept_exactly(target: str) -> None:
    assert safe_return(REQUEST, target) == target


@pytest.mark.parametrize("target", NOT_OURS)
def test_anything_else_leads_to_the_usual_place(target: str | None) -> None:
    assert safe_return(REQUEST, target, usual="/usual/") == "/usual/"

"""What strangers and readers ask for, and how."""

from __future__ import annotations

import itertools

from tests.esensi.page_cache.strangers import cookies

LISTED = {
    "main": [
        "/",
        "/books/",
        "/books/?genre=tides&language=en",
        "/books/laut/",
        "/authors/",
        "/authors/dara/",
        "/genres/tides/",
        "/about/",
        "/terms/",
        "/privacy/",
        "/contact/",
    ],
    "chapter": ["/", "/laut/", "/laut/1/", "/laut/3/", "/laut/1/highlights/"],
}
EVERY = [(host, path) for host, paths in LISTED.items() for path in paths]
#: Answers for scripts: they name nobody, and take no form.
DATA = {("chapter", "/laut/1/highlights/")}
#: Addresses that hold nothing for strangers, or nothing that is the same for all of them.
UNLISTED = [
    ("main", "/books/?q=sea"),
    ("main", "/books/?utm_source=alice"),
    ("main", "/?page=1"),
    ("main", "/books/rahasia/"),
    ("main", "/no/such/"),
    ("main", "/feed/"),
    ("main", "/notifications/"),
    ("main", "/robots.txt"),
    ("chapter", "/laut/4/"),
    ("chapter", "/laut/4/highlights/"),
    ("chapter", "/rahasia/"),
    ("chapter", "/shelves/"),
    ("chapter", "/preview/x/"),
    ("publish", "/"),
    ("internal", "/"),
    ("auth", "/sign-in/"),
    ("auth", "/"),
]
LANGUAGES: list[dict[str, str]] = [
    {},
    {"language": "id"},
    {"language": "en"},
    {"accept": "id-ID,id;q=0.9"},
    {"language": "xx", "accept": "fr"},
]
READING = ["", "dark.literata.21.wide", "nonsense"]
#: Every language with the usual settings, and every setting in both languages.
CHOICES = [
    *itertools.product(LANGUAGES, READING[:1]),
    *itertools.product(LANGUAGES[:2], READING[1:]),
]
#: Other cookies that a stranger may bring along.
CRUMBS: list[dict[str, str]] = [{}, {"csrf": "a" * 32}, {"csrf": "not a token"}, {"_ga": "GA1.1"}]


def headers(language: dict[str, str], **given: str) -> dict[str, str]:
    language = dict(language)
    accept = language.pop("accept", "")
    line = cookies(**language, **given)
    return {
        "accept_encoding": "gzip",
        **({"accept_language": accept} if accept else {}),
        **({"cookie": line} if line else {}),
    }

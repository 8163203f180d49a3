"""The Indonesian of the interface: complete, faithful to its English, and the same words throughout."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.management import call_command
from polib import POEntry, pofile

from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.books.models import Author, Authorship, Book, Chapter, Genre, Status
from tests.house import visitor

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "sites/locale/id/LC_MESSAGES/django.po"
INDONESIAN = {"accept-language": "id"}

#: Names, signs, and words that both languages share.
SAME_IN_BOTH = {
    *("Editor", "Menu", "Moderator", "Operator", "Sepia", "Serial", "Spam"),
    *("editor", "moderator", "operator", "status", "superuser", "tag"),
    *("Latin", "Minangkabau", "“%(text)s”"),
}
#: English sentences of which the Indonesian may lack a word of docs/translations.md.
WITHOUT_ITS_WORD: dict[str, str] = dict.fromkeys(
    (
        "The editor cannot give back “%(tag)s” as it stands in this chapter, so the text is shown with its tags.",
        "The editor would not give this text back as it is, so it is shown with its tags.",
        "This chapter has too many pictures for the editor: it is shown with its tags.",
        "This chapter is too long for the editor, so it is shown as plain text with tags.",
        "Write in the editor",
    ),
    "the tool to write with, and not the person",
) | {"You have as many highlights as there is room for. Remove some first.": "space, and no host"}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")
#: A line of the word list: *sign in* masuk.
PAIR = re.compile(r"\*([^*]+)\* ([^,.;*]+)")

#: No Indonesian word is spelled like one of these.
TELLTALES = set(
    re.findall(
        r"\w+",
        """
    about account address after ago all and apply at author authors back book books by chapter
    chapters close contents continue day dark draft every everyone filters first for from genre genres hour
    hours house in is keys language languages larger last left length light minute minutes month new
    next no not of on online or out page pages paper password previous published read reading room
    running search settings shelf shelves sign size skip smaller start still text the this title to
    typeface what with you your
    """,
    )
)
#: Addresses are the same in every language, and a chapter's is printed below it.
ADDRESS = re.compile(r"https?://\S+")
#: Elements that nothing closes.
VOID = {"meta", "link", "input", "br", "img", "hr", "use", "line", "circle", "rect", "path"}


def entries() -> list[POEntry]:
    return list(pofile(str(CATALOGUE)))


def indonesian(entry: POEntry) -> str:
    return str(entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr)


def test_every_sentence_has_its_indonesian_and_the_catalogue_is_compiled() -> None:
    call_command("translations", check=True)


def test_translations_keep_placeholders_and_tags() -> None:
    def parts(text: str) -> Counter[str]:
        return Counter(PLACEHOLDER.findall(text) + TAG.findall(text))

    differing = {
        entry.msgid: indonesian(entry)
        for entry in entries()
        if parts(indonesian(entry)) != parts(entry.msgid_plural or entry.msgid)
    }
    assert not differing


def test_translations_keep_the_english_sentences_edges() -> None:
    """A colon that introduces, a full stop that ends, and space that separates stay."""

    def edges(text: str) -> tuple[bool, ...]:
        ends = text.rstrip()
        return text[:1].isspace(), text[-1:].isspace(), ends[-1:] == ".", ends[-1:] == ":"

    differing = {
        entry.msgid: indonesian(entry)
        for entry in entries()
        if edges(indonesian(entry)) != edges(entry.msgid.replace("...", "…"))
    }
    assert not differing


def test_what_equals_its_english_is_the_same_word_in_both() -> None:
    assert {entry.msgid for entry in entries() if indonesian(entry) == entry.msgid} == SAME_IN_BOTH


def test_one_word_stands_for_one_thing() -> None:
    pairs = list(word_list())
    assert ("sign in", "masuk") in pairs
    astray = [
        (english, entry.msgid, indonesian(entry))
        for entry in entries()
        for english, word in pairs
        if names(PLACEHOLDER.sub("", entry.msgid), english)
        and word not in indonesian(entry).lower()
        and entry.msgid not in WITHOUT_ITS_WORD
    ]
    assert not astray


def word_list() -> Iterator[tuple[str, str]]:
    """Give the pairs of docs/translations.md."""
    text = (ROOT / "docs/translations.md").read_text(encoding="utf-8")
    section = " ".join(text.partition("## One word for one thing")[2].split())
    yield from ((english, word.strip()) for english, word in PAIR.findall(section))


def names(text: str, word: str) -> bool:
    """Does ``text`` hold the word, or its plural?"""
    plural = {"shelf": "shelves"}.get(word, f"{word}s")
    return bool(re.search(rf"\b({word}|{plural})\b", text, re.IGNORECASE))


class WordsOfAPage(HTMLParser):
    """Collect the words that people read, see as tips or hear, outside of what is marked English."""

    def __init__(self) -> None:
        super().__init__()
        self.words: Counter[str] = Counter()
        self._foreign: list[bool] = [False]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        english = given.get("lang") == "en" and tag != "html"
        symbol = "material-symbols" in (given.get("class") or "")  # drawn, not read
        foreign = self._foreign[-1] or english or symbol or tag in ("script", "style")
        if not foreign:
            spoken = ("aria-label", "title", "alt", "placeholder", "data-here", "data-continue")
            for name in (*spoken, "data-left", "data-done"):
                self._read(given.get(name) or "")
            if given.get("name") == "description":
                self._read(given.get("content") or "")
        if tag not in VOID:
            self._foreign.append(foreign)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return  # signs, which say nothing

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._foreign.pop()

    def handle_data(self, data: str) -> None:
        if not self._foreign[-1]:
            self._read(data)

    def _read(self, text: str) -> None:
        self.words.update(re.findall(r"[a-z]+", ADDRESS.sub("", text).lower()))


@pytest.fixture
def library() -> Book:
    """A running serial, so that no shelf is empty; all that it says itself is Indonesian."""
    book = Book.objects.create(
        title="Laut",
        slug="laut",
        status=Status.PUBLISHED,
        is_complete=False,
        opening_line="Laut tidak pernah lupa.",
        synopsis="Sebuah pulau.",
    )
    name = Author.objects.create(name="Ratih", slug="ratih", bio="Menulis.")
    Authorship.objects.create(book=book, author=name)
    book.genres.add(Genre.objects.create(slug="novel-laut", name_en="Novel", name_id="Novel"))
    for number, title in enumerate(("Pasang", "Surut"), start=1):
        Chapter.objects.create(
            book=book,
            number=number,
            title=title,
            text='<p id="p-aaaaaaaa">Pagi itu.</p>',
            words=900,
            status=Status.PUBLISHED,
        )
    return book


PAGES = [
    ("main", "/", "Kalimat pembuka hari ini"),
    ("main", "/books/", "Judul, penulis, atau kata dalam teks"),
    ("main", "/books/?q=zzz", "Tidak ada buku yang cocok"),
    ("main", "/books/laut/", "masih berjalan"),
    ("main", "/authors/", "1 nama di sampul kami"),
    ("main", "/authors/ratih/", "1 buku"),
    ("main", "/genres/novel-laut/", "1 buku"),
    ("main", "/none/", "Halaman ini tidak ada di buku kami mana pun"),
    ("chapter", "/", "Baru terbit"),
    ("chapter", "/laut/", "Bab berikutnya masih ditulis."),
    ("chapter", "/laut/1/", "Bab 1 dari 2"),
    ("chapter", "/laut/2/", "Bab berikutnya masih ditulis"),
    ("auth", "/sign-in/", ">Kata sandi</label>"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("host", "path", "sentence"), PAGES)
def test_a_page_in_indonesian_says_nothing_in_english(
    library: Book, host: str, path: str, sentence: str
) -> None:
    assert_indonesian(visitor(host).get(path, headers=INDONESIAN).content.decode(), sentence)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "path", "sentence"), [*PAGES[:-1], ("auth", "/", "Simpan pengaturan")]
)
def test_nor_to_somebody_who_is_signed_in_and_reads(
    library: Book, host: str, path: str, sentence: str
) -> None:
    client = visitor(host)
    client.force_login(create_user("reader@esensi.example", password=None))
    assert_indonesian(client.get(path, headers=INDONESIAN).content.decode(), sentence)


DESKS = [
    ("publish", "/", "Lanjut menulis"),
    ("publish", "/books/book/", "Ketik untuk mencari"),
    ("publish", "/books/author/add/", "Alamat"),
    ("internal", "/", "Menunggu"),
    ("internal", "/search/?s=laut", "Hasil untuk “laut”"),
    ("internal", "/accounts/user/", "Layanan pembaca"),
    ("internal", "/accounts/user/add/", "Layanan pembaca"),
    ("internal", "/auth/group/", "Penulis"),
    ("internal", "/books/book/", "Filter"),
    ("internal", "/books/revision/", "Tidak ada hasil"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("host", "path", "sentence"), DESKS)
def test_nor_do_the_desks(library: Book, host: str, path: str, sentence: str) -> None:
    client = visitor(host)
    client.force_login(User.objects.create_superuser("su@esensi.example", None))
    assert_indonesian(client.get(path, headers=INDONESIAN).content.decode(), sentence)


def assert_indonesian(page: str, sentence: str) -> None:
    assert '<html lang="id"' in page
    assert sentence in page
    reader = WordsOfAPage()
    reader.feed(page)
    assert not TELLTALES & reader.words.keys()


@pytest.mark.django_db
def test_the_same_words_are_found_on_a_page_in_english(library: Book) -> None:
    """The list above would notice: an English page is full of it."""
    page = visitor("main").get("/", headers={"accept-language": "en"}).content.decode()
    reader = WordsOfAPage()
    reader.feed(page)
    assert len(TELLTALES & reader.words.keys()) > 10

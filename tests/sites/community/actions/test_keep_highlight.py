from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from realtime.testing import published
from sites.accounts.limits import TooManyAttempts
from sites.accounts.models import User
from sites.books.models import Chapter
from sites.books.text.passage import Passage
from sites.community.actions import keep_highlight as keeping
from sites.community.actions.change_highlight import change_highlight, remove_highlight
from sites.community.actions.keep_highlight import keep_highlight
from sites.community.exceptions import TooLong
from sites.community.marks import MOST_A_MINUTE, NotMarked, Style
from sites.community.models import Highlight
from sites.community.models.highlight import LONGEST_NOTE, LONGEST_PASSAGE
from tests.hostile_texts import PAYLOADS, TURNED
from tests.sites.chapter.library import make_book, make_chapters, make_reader

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
TEXT = (
    '<p id="p-aaaaaaaa">The tide came in at six, and the boats rose with it.</p>'
    '<p id="p-bbbbbbbb">Nobody on the quay had seen the ledger since the flood.</p>'
)


@pytest.fixture
def chapter() -> Chapter:
    return make_chapters(make_book("pasang-naik"), 1, text=TEXT)[0]


@pytest.fixture
def reader() -> User:
    return make_reader("penanda@example.org")


def selected(quote: str, start: int = 0, end: int = 0, **fields: Any) -> Passage:
    usual = {"paragraph": "p-aaaaaaaa", "last_paragraph": "p-aaaaaaaa"} | fields
    return Passage(start=start, end=end or len(quote), quote=quote, **usual)


def keep(user: Any, chapter: Chapter, passage: Passage, **style: Any) -> Highlight:
    return keep_highlight(
        user, chapter, selected=passage, style=Style(**({"colour": "yellow"} | style)), now=NOW
    )


def test_the_chapters_own_words_are_kept(chapter: Chapter, reader: User) -> None:
    made = keep(reader, chapter, selected("tide  came\nin", 4, 16), note=" Kembali. ")
    stored = Highlight.objects.get()
    assert stored == made
    assert (stored.quote, stored.start, stored.end) == ("tide came in", 4, 16)
    assert (stored.note, stored.colour, stored.is_shared) == ("Kembali.", "yellow", False)
    assert (stored.before, stored.place) == ("The ", 4)


def test_words_that_the_chapter_does_not_have_cannot_be_put_into_it(
    chapter: Chapter, reader: User
) -> None:
    with pytest.raises(NotMarked, match="not found"):
        keep(reader, chapter, selected("The editor of this book is a thief."))
    assert not Highlight.objects.exists()


def test_a_page_that_is_older_than_the_text_marks_the_words_that_were_meant(
    chapter: Chapter, reader: User
) -> None:
    Chapter.objects.update(text=TEXT.replace("The tide", "That evening the tide"))
    made = keep(reader, chapter, selected("came in at six", 9, 23))
    assert (made.quote, made.start) == ("came in at six", 22)


def test_words_alone_are_enough_without_a_script(chapter: Chapter, reader: User) -> None:
    typed = Passage("", 0, "", 0, "seen the ledger since the flood")
    assert keep(reader, chapter, typed).paragraph == "p-bbbbbbbb"


def test_the_same_passage_again_is_changed_and_not_doubled(chapter: Chapter, reader: User) -> None:
    keep(reader, chapter, selected("The tide"))
    again = keep(reader, chapter, selected("The tide"), colour="blue", note="Oh.")
    assert Highlight.objects.get() == again
    assert Highlight.objects.get().colour == "blue"


def test_a_highlight_is_told_to_its_author_and_a_shared_one_to_all(
    chapter: Chapter, reader: User
) -> None:
    with published() as events:
        own = keep(reader, chapter, selected("The tide"))
        change_highlight(reader, own.pk, style=Style("pink", is_shared=True), now=NOW)
        remove_highlight(reader, own.pk)
    assert [(event.room, event.kind, event.data) for event in events] == [
        (room, "highlights_changed", {"chapter": chapter.pk})
        for room in (f"user.{reader.pk}", f"chapter.{chapter.pk}", f"chapter.{chapter.pk}")
    ]
    assert not Highlight.objects.exists()


def test_nobody_changes_or_removes_anothers(chapter: Chapter, reader: User) -> None:
    own = keep(reader, chapter, selected("The tide"), is_shared=True)
    other = make_reader("orang-lain@example.org")
    with pytest.raises(Highlight.DoesNotExist):
        change_highlight(other, own.pk, style=Style("pink"), now=NOW)
    with pytest.raises(Highlight.DoesNotExist):
        remove_highlight(other, own.pk)
    assert Highlight.objects.get().colour == "yellow"


def test_visitors_the_suspended_and_drafts_are_refused(chapter: Chapter, reader: User) -> None:
    with pytest.raises(PermissionDenied):
        keep(AnonymousUser(), chapter, selected("The tide"))
    draft = make_chapters(make_book("belum-terbit", status="draft"), 1, text=TEXT)[0]
    with pytest.raises(NotMarked, match="cannot be read"):
        keep(reader, draft, selected("The tide"))
    reader.is_active = False
    with pytest.raises(PermissionDenied):
        keep(reader, chapter, selected("The tide"))


@pytest.mark.parametrize(
    ("passage", "style", "refusal"),
    [
        (selected("The tide"), {"colour": "red"}, NotMarked),
        (selected("The tide"), {"note": "a" * (LONGEST_NOTE + 1)}, TooLong),
        (selected("The tide"), {"note": "a" * 1_000_000}, TooLong),
        (selected("x" * 1_000_000), {}, NotMarked),
        (selected(" \u200b "), {}, NotMarked),
        (selected("The tide", start=2**70, paragraph="\x00", last_paragraph="\ud800"), {}, None),
    ],
)
def test_what_is_no_highlight_is_refused(
    chapter: Chapter, reader: User, passage: Passage, style: Any, refusal: Any
) -> None:
    if refusal:
        with pytest.raises(refusal):
            keep(reader, chapter, passage, **style)
    else:  # the words are certain only with their place
        with pytest.raises(NotMarked):
            keep(reader, chapter, passage, **style)
    assert not Highlight.objects.exists()


def test_a_passage_has_a_longest_length(reader: User) -> None:
    long = "wave " * (LONGEST_PASSAGE // 5 + 10)
    text = f'<p id="p-aaaaaaaa">{long}</p>'
    chapter = make_chapters(make_book("panjang-sekali"), 1, text=text)[0]
    with pytest.raises(NotMarked, match="2000"):
        keep(reader, chapter, selected(long.strip(), 0, len(long) - 1))


def test_there_is_an_end_to_highlights_in_a_chapter(
    chapter: Chapter, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_IN_CHAPTER", 2)
    keep(reader, chapter, selected("The tide"))
    keep(reader, chapter, selected("tide came", 4, 13))
    with pytest.raises(NotMarked, match="room"):
        keep(reader, chapter, selected("came in", 9, 16))


def test_a_flood_is_stopped(chapter: Chapter, reader: User) -> None:
    for _ in range(MOST_A_MINUTE):
        keep(reader, chapter, selected("The tide"))
    with pytest.raises(TooManyAttempts):
        keep(reader, chapter, selected("The tide"))


def test_hostile_notes_are_kept_as_the_text_that_they_are(chapter: Chapter, reader: User) -> None:
    own = keep(reader, chapter, selected("The tide"))
    for note in PAYLOADS[:10]:
        kept = Style("green", note).cleaned()
        Highlight.objects.filter(pk=own.pk).update(note=kept.note)
        assert Highlight.objects.get(pk=own.pk).note == kept.note
    for turned in TURNED:
        assert not set(Style("green", turned).cleaned().note) & set(
            "\u202e\u202d\u2066\u2067\u2068"
        )

"""What the page of a submission says of a book, and of what changed since its former round."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sites.books.actions.decide_on_book import request_changes
from sites.books.actions.own_submission import own_submission
from sites.books.actions.submit_book import submit_book
from sites.books.models import Chapter, Revision, Status, Submission, SubmissionComment
from sites.internal.submissions import CHAPTERS_COMPARED, CHAPTERS_LISTED
from tests.sites.desk.people import SmallHouse
from tests.sites.internal.submitted import NOW, submitted

MOST_QUERIES = 12


@pytest.fixture
def waiting(house: SmallHouse) -> Submission:
    return submitted(house)


@pytest.fixture
def editor(house: SmallHouse) -> Client:
    return house.visitor("internal", "editor")


def path(submission: Submission) -> str:
    return f"/approvals/{submission.pk}/"


def second_round(house: SmallHouse, waiting: Submission) -> Submission:
    """The chapter rewritten and a chapter added since the first round."""
    request_changes(house.own, comment="Ubah.", by=house.people["editor"], now=NOW)
    later = NOW + timedelta(hours=1)
    text = '<p id="p-aaaaaaaa">Pasang naik.</p><p id="p-bbbbbbbb">Dua kata.</p>'
    Revision.objects.create(
        chapter=house.chapter,
        number=2,
        title="Bab",
        text='<p id="p-aaaaaaaa">Pasang.</p><p id="p-cccccccc">Hilang.</p>',
        created_at=later,
    )
    Chapter.objects.filter(pk=house.chapter.pk).update(text=text, words=4, updated_at=later)
    new = Chapter.objects.create(
        book=house.own, number=2, title="Bab Baru", text="<p>Satu.</p>", words=1
    )
    Chapter.objects.filter(pk=new.pk).update(created_at=later, status=Status.PUBLISHED)
    return submit_book(house.own, by=house.people["author"], now=later)


def test_the_next_round_says_what_changed(
    house: SmallHouse, waiting: Submission, editor: Client
) -> None:
    following = second_round(house, waiting)
    opened = editor.get(path(following))
    extent = opened.context["extent"]
    assert (extent.new_chapters, extent.changed_chapters, extent.words_more) == (1, 1, 3)
    page = opened.content.decode()
    assert "1 new, 1 changed, 1 removed" in page
    assert 'id="p-aaaaaaaa" data-mark="changed"' in page
    assert 'id="p-bbbbbbbb" data-mark="new"' in page
    second = house.own.chapters.get(number=2)
    assert (
        "This chapter is new"
        in editor.get(path(following) + f"?chapter={second.uid}").content.decode()
    )
    assert "Since the last round" not in editor.get(path(waiting)).content.decode()


def test_many_changed_chapters_are_not_counted_word_by_word(
    house: SmallHouse, waiting: Submission, editor: Client
) -> None:
    following = second_round(house, waiting)
    fill(house, CHAPTERS_COMPARED + 5)
    assert editor.get(path(following)).context["extent"].words_more is None


def fill(house: SmallHouse, chapters: int) -> None:
    last = house.own.chapters.count()
    old = NOW - timedelta(days=40)
    made = Chapter.objects.bulk_create(
        Chapter(
            book=house.own, number=last + n, title=f"Bab {n}", text="<p>Air.</p>", created_at=old
        )
        for n in range(1, chapters + 1)
    )
    Revision.objects.bulk_create(
        Revision(chapter=chapter, number=1, text="<p>Air.</p>", created_at=NOW + timedelta(hours=2))
        for chapter in made
    )


def test_the_page_keeps_to_the_limit_however_long_book_and_thread(
    house: SmallHouse,
    waiting: Submission,
    editor: Client,
    django_assert_max_num_queries: Any,
) -> None:
    following = second_round(house, waiting)
    own_submission(house.own, owner=house.people["manager"], by=house.people["editor"], now=NOW)
    editor.get(path(following))
    counts = []
    for rows in (2, CHAPTERS_LISTED + 50):
        fill(house, rows)
        SubmissionComment.objects.bulk_create(
            SubmissionComment(
                submission=following,
                text=f"nomor {n}",
                chapter=house.chapter,
                paragraph="p-aaaaaaaa",
                written_by=house.people["author"],
            )
            for n in range(rows)
        )
        with django_assert_max_num_queries(MOST_QUERIES) as asked:
            page = editor.get(path(following))
        assert page.status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert len(page.context["contents"].chapters) == CHAPTERS_LISTED
    assert page.context["contents"].after.chapter.number == CHAPTERS_LISTED + 1
    last = house.own.chapters.get(number=CHAPTERS_LISTED + 3)
    page = editor.get(path(following) + f"?chapter={last.uid}")
    assert page.context["contents"].before.chapter.number == CHAPTERS_LISTED

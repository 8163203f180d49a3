"""People who talk about a chapter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sites.accounts.actions import create_user
from sites.accounts.models import Person, User
from sites.books.models import Chapter
from sites.community.actions.write_comment import Draft, write_comment
from sites.community.models import Comment
from tests.sites.chapter.library import make_book, make_chapters, paragraph_id

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FIRST, SECOND = paragraph_id(1), paragraph_id(2)


def make_chapter(slug: str = "talked-about") -> Chapter:
    return make_chapters(make_book(slug), 1)[0]


def somebody(name: str, *roles: str) -> User:
    return create_user(f"{name.lower()}@talk.example", password=None, name=name, roles=roles)


def say(chapter: Chapter, by: Person, text: str = "Well said.", **fields: Any) -> Comment:
    """Write a comment, each at its own moment."""
    now = fields.pop("now", NOW + timedelta(seconds=Comment.objects.count()))
    return write_comment(chapter, Draft(text, **fields), by=by, now=now)

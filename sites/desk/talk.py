"""The talk about a submission, as both desks show it: read, grouped by chapter, and written to.

A desk mounts a view of its own, which gives ``desk/talk.html`` a ``Talk`` and a ``CommentForm``, and
sends what was posted to ``CommentForm.say``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import F, Value
from django.db.models.functions import Concat, StrIndex
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.accounts.models import User
from sites.books.actions.comment_on_submission import Anchor, comment_on_submission
from sites.books.exceptions import BookError
from sites.books.models import Chapter, Submission, SubmissionComment
from sites.books.models.chapter import UID_LENGTH
from sites.books.models.submission import LONGEST_COMMENT
from sites.books.text.allowed import PARAGRAPH_ID
from sites.books.text.blocks import paragraph_words
from sites.desk.typed_text import some_lines

COMMENTS_OF_A_PAGE = 50  # four screens; each anchored one costs a look into its chapter's text
#: Gives the address at which a desk shows a chapter; the paragraph's id is put behind a ``#``.
ChapterLink = Callable[[Chapter], str]


@dataclass(frozen=True)
class Said:
    """One comment. ``gone`` is true where the paragraph, or its chapter, is no longer there;
    ``link`` leads to the paragraph, and is empty where there is none."""

    comment: SubmissionComment
    link: str
    gone: bool

    @property
    def by(self) -> str:
        """Who wrote it; an account may have been erased since."""
        writer = self.comment.written_by
        return str(writer) if writer else _("Somebody who has left")


@dataclass(frozen=True)
class About:
    """What was said about one chapter, or (``chapter`` is None) about the book as a whole."""

    chapter: Chapter | None
    link: str
    comments: list[Said] = field(default_factory=list)


@dataclass(frozen=True)
class Talk:
    """One page of a submission's thread; ``page`` is Django's, of all its comments."""

    submission: Submission
    groups: list[About]
    page: Page[SubmissionComment]

    @property
    def total(self) -> int:
        return self.page.paginator.count


def talk_about(
    submission: Submission, *, page: str | int = 1, link: ChapterLink, count: int | None = None
) -> Talk:
    """Read a page of the thread: first what is about the whole book, then chapter by chapter, each
    in the order in which it was written. Two queries, however long the thread and the texts; one
    where the number of comments is known (``count``).

    ``page`` is a number as an address has it; one that is not there gives the nearest.
    """
    rows = (
        submission.comments.select_related("written_by", "chapter")
        .defer("chapter__text")
        .annotate(place=_place_in_the_text())
        .order_by(F("chapter__number").asc(nulls_first=True), "written_at", "pk")
    )
    pages = Paginator(rows, COMMENTS_OF_A_PAGE)
    if count is not None:
        pages.count = count  # a cached property of Django's
    shown: Page[Any] = pages.get_page(page)
    groups: list[About] = []
    for comment in shown:
        chapter = comment.chapter
        if not groups or groups[-1].chapter != chapter:
            groups.append(About(chapter, link(chapter) if chapter else ""))
        anchored, stands = bool(comment.paragraph), bool(comment.place)
        target = f"{groups[-1].link}#{comment.paragraph}" if anchored and stands else ""
        groups[-1].comments.append(Said(comment, target, gone=anchored and not stands))
    return Talk(submission, groups, shown)


def _place_in_the_text() -> StrIndex:
    """Where does the paragraph begin in its chapter, from 1 on? PostgreSQL looks, so that no text is
    fetched; 0 where it is gone, None without a chapter."""
    return StrIndex("chapter__text", Concat(Value(' id="'), "paragraph", Value('"')))


class CommentForm(forms.Form):
    """A comment as it is typed; what it is about comes along hidden.

    ``about`` opens it at a paragraph. ``quote`` is how that paragraph begins, to be shown.
    """

    text = forms.CharField(
        label=gettext_lazy("Your comment"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea({"rows": 4, "class": "desk-field"}),
        error_messages={"required": gettext_lazy("Write what you want to say.")},
    )
    chapter = forms.CharField(
        required=False, max_length=UID_LENGTH, widget=forms.HiddenInput({"data-say": "chapter"})
    )
    paragraph = forms.CharField(
        required=False, max_length=12, widget=forms.HiddenInput({"data-say": "paragraph"})
    )

    def __init__(
        self, *args: Any, submission: Submission, about: Anchor | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.submission = submission
        self.quote = ""
        if about is not None:
            self.initial = {"chapter": about.chapter.uid, "paragraph": about.paragraph}
            if PARAGRAPH_ID.fullmatch(about.paragraph):
                self.quote = paragraph_words(about.chapter.text, about.paragraph) or ""

    def clean_text(self) -> str:
        typed = some_lines(self.cleaned_data["text"]).strip()
        if not typed:
            raise forms.ValidationError(_("Write what you want to say."), code="required")
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        uid = cleaned.get("chapter", "")
        chapter = self.submission.book.chapters.filter(uid=uid).first() if uid else None
        if uid and chapter is None:
            raise forms.ValidationError(
                _("This chapter is no longer in the book. Reload the page."), code="gone"
            )
        paragraph = cleaned.get("paragraph", "")
        cleaned["about"] = Anchor(chapter, paragraph) if chapter else None
        self.quote = paragraph_words(chapter.text, paragraph) or "" if chapter else ""
        return cleaned

    def say(self, *, by: User, now: datetime) -> SubmissionComment | None:
        """Store the comment; None where it is refused, with the sentence among the form's errors.

        Raises ``PermissionDenied``.
        """
        if not self.is_valid():
            return None
        try:
            return comment_on_submission(
                self.submission,
                text=self.cleaned_data["text"],
                about=self.cleaned_data["about"],
                by=by,
                now=now,
            )
        except BookError as refusal:
            self.add_error(None, str(refusal))
            return None

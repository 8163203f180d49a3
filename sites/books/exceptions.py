"""Why an action on books was refused: each says what, which, and what to do next."""

from __future__ import annotations


class BookError(Exception):
    """The base of every refusal; its text is one sentence for people, already translated."""

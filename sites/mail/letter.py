"""A mail as it is written: one template gives its subject, its text and its HTML.

A template ``mail/<name>.html`` begins with ``{% extends layout %}{% load i18n %}`` and fills blocks:

- ``subject``: one line, which is the heading as well
- ``body``: plain text; an empty line between paragraphs
- ``action``: the words of the one red button, which leads to ``address`` of the context
- ``after``: small print below the button
- ``reason``: why this mail came, in the foot

The context may hold ``address`` (absolute; without it there is no button), and ``cover`` (absolute)
with ``cover_alt``: a picture of 96 px.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils import translation


@dataclass(frozen=True)
class Letter:
    """What is sent: ``subject`` is one line."""

    subject: str
    text: str
    html: str


def write_letter(template: str, context: Mapping[str, Any], language: str) -> Letter:
    """Write the mail ``mail/<template>.html`` in ``language``; nothing means the language that is
    active here. Raises Django's ``TemplateDoesNotExist``."""
    with translation.override(language or translation.get_language()):
        subject = " ".join(_draw(template, "subject.txt", context).split())
        known = {**context, "subject": subject}
        text = re.sub(r"\n{3,}", "\n\n", _draw(template, "letter.txt", known)).strip()
        html = _draw(template, "letter.html", known).strip()
    return Letter(subject, f"{text}\n", f"{html}\n")


def _draw(template: str, layout: str, context: Mapping[str, Any]) -> str:
    known = {**context, "layout": f"mail/{layout}"}
    # The engine's own template: Django's wrapper has no way to leave plain text unescaped.
    drawn = get_template(f"mail/{template}.html").template  # type: ignore[attr-defined]
    text: str = drawn.render(Context(known, autoescape=layout.endswith(".html")))
    return text

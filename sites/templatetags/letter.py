"""What mails are laid out with: ``{% load letter %}``."""

from __future__ import annotations

import re

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_PARAGRAPH = (
    "margin:0 0 16px;font-family:Georgia,'Times New Roman',serif;font-size:17px;line-height:1.55;"
    "color:#383D64"
)


def _paragraphs(text: str) -> list[str]:
    parts = (
        "\n".join(" ".join(line.split()) for line in part.strip().splitlines())
        for part in re.split(r"\n\s*\n", text)
    )
    return [part for part in parts if part]


@register.filter
def mail_text(text: str) -> str:
    """Plain text with one empty line between paragraphs, whatever the template's own spacing."""
    return "\n\n".join(_paragraphs(str(text)))


@register.filter
def mail_paragraphs(text: SafeString) -> SafeString:
    """The same as HTML; the text was escaped when its block was drawn."""
    return format_html_join(
        "\n",
        '<p class="text" style="{}">{}</p>',
        (
            (_PARAGRAPH, mark_safe(part.replace("\n", "<br>\n")))  # noqa: S308 - drawn by a template
            for part in _paragraphs(str(text))
        ),
    )

"""What a browser would obey in a page: where hostile texts must never come to stand."""

from __future__ import annotations

from html.parser import HTMLParser


class Markup(HTMLParser):
    """Collects scripts, styles and the values of attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.obeyed: list[str] = []
        self._script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._script = tag in ("script", "style")
        self.obeyed += [str(value) for _, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        self.obeyed += [data] if self._script else []

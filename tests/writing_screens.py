"""``python -m tests.writing_screens``: pictures of writing together, kept in docs/writing.

Two browsers write in a house that is started for the purpose; each page is taken at 1280 and 360 px,
light and dark, in English and Indonesian.
"""

from __future__ import annotations

from itertools import product
from typing import Final

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import sign_in
from tests.journeys.drafts import Draft, make_draft
from tests.journeys.live import LIMIT
from tests.journeys.read_book import make_read_book
from tests.journeys.server import ROOT, House
from tests.journeys.test_writing_together import (
    begin,
    expect_kept,
    type_in,
    waiting_new,
    write_at,
)
from tests.screens import keep
from tests.studio import studio
from tests.talk_screens import LOCALES, SIZES, THEMES
from tests.waiting import until

FOLDER: Final = ROOT / "docs" / "writing"
#: A file with another text of the first chapter, and a new one.
FILE: Final = "# Pasang\n\nAir naik cepat.\n\n# Angin\n\nDaun gugur."
SCENES: Final = {
    "reading-along": "Somebody else is writing",
    "asked": "Whoever writes is asked for the chapter",
    "both": "Both texts, where somebody else has stored another",
    "new-chapter": "Words of a chapter that was never stored, on the next visit",
    "import": "A file that would change a chapter in which somebody writes",
    "numbers": "A book's numbers, while somebody reads",
}


def picture(scene: str, width: int, theme: str, locale: str) -> str:
    """Give the name of a picture's file."""
    return f"{scene}-{width}-{theme}-{locale[:2]}.webp"


def open_as(browser: Browser, house: House, role: str, theme: str, locale: str) -> Page:
    scheme = "dark" if theme == "dark" else "light"
    context = browser.new_context(
        locale=locale,
        color_scheme=scheme,  # type: ignore[arg-type]  # one of two words
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page, house, role)
    return page


def take(page: Page, scene: str, theme: str, locale: str) -> None:
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(400)  # charts are drawn again
        keep(page, FOLDER / picture(scene, width, theme, locale))
    page.set_viewport_size({"width": 1280, "height": 900})


def take_all(browser: Browser, house: House) -> None:
    read = make_read_book(house, "Kabut yang dibaca")
    for number, (theme, locale) in enumerate(product(THEMES, LOCALES)):
        draft = make_draft(house, f"Kabut {number + 1}")
        author = open_as(browser, house, "author", theme, locale)
        editor = open_as(browser, house, "editor", theme, locale)
        meet(author, editor, draft, theme, locale)
        begin_and_leave(author, draft, theme, locale)
        bring_a_file(author, editor, draft, theme, locale)
        look_at_numbers(author, editor, read, theme, locale)
        for page in (author, editor):
            page.context.close()


def meet(author: Page, editor: Page, draft: Draft, theme: str, locale: str) -> None:
    for page in (author, editor):
        write_at(page, draft)
    type_in(author, " Angin mati.")
    expect_kept(author)
    editor.locator("[data-do=ask]:visible").wait_for()
    take(editor, "reading-along", theme, locale)
    editor.locator("[data-do=ask]").click()
    author.locator("#writing-ask:visible").wait_for()
    take(author, "asked", theme, locale)
    author.locator("[data-do=give]").click()
    editor.locator("#writing-who").wait_for()
    editor.locator("#writing .writing-draft a").click()
    editor.locator("[data-prose][data-state=editing]").wait_for()
    type_in(editor, " Layar turun.")
    expect_kept(editor)
    editor.locator("[name=_continue]").click()
    author.locator("#writing-news:visible").wait_for()
    author.locator(".prose-text[contenteditable=true]").wait_for()
    type_in(author, " Dan lagi.")
    author.locator("#writing-both .both-sides").wait_for()
    author.locator("#writing-both").evaluate("(both) => both.scrollIntoView()")
    take(author, "both", theme, locale)


def begin_and_leave(author: Page, draft: Draft, theme: str, locale: str) -> None:
    begin(author, draft)
    author.locator("#id_title").fill("Fajar")
    type_in(author, "Ibu masih di dermaga ketika kabut terangkat.")
    until(lambda: "terangkat." in waiting_new(draft))
    begin(author, draft)
    take(author, "new-chapter", theme, locale)
    author.locator("[form=throw-away]").click()
    until(lambda: not waiting_new(draft))


def bring_a_file(author: Page, editor: Page, draft: Draft, theme: str, locale: str) -> None:
    write_at(editor, draft)
    type_in(editor, " Layar naik.")
    expect_kept(editor)
    author.goto(draft.desk(f"/import/?book={draft.key}"))
    file = {"name": "kabut.md", "mimeType": "text/markdown", "buffer": FILE.encode()}
    author.locator("input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]  # as the browser takes it
    author.locator("form.desk-form button.desk-call").click()
    author.locator("button[value=ask]").wait_for()
    take(author, "import", theme, locale)


def look_at_numbers(author: Page, reader: Page, book: Draft, theme: str, locale: str) -> None:
    reader.goto(book.house.url("chapter", f"/{book.slug}/3/"))
    author.goto(book.desk(f"/books/book/{book.key}/numbers/"), wait_until="networkidle")
    expect(author.locator("[data-figure=now]")).to_have_text("1", timeout=LIMIT)
    take(author, "numbers", theme, locale)


def document() -> str:
    """Give docs/writing.md, which shows the pictures below what it says."""
    path = FOLDER.with_suffix(".md")
    words = path.read_text().split("\n## Pictures\n")[0]
    lines = [words.rstrip(), "", "## Pictures", ""]
    lines += ["`.venv/bin/python -m tests.writing_screens` takes them anew."]
    for scene, title in SCENES.items():
        lines += ["", f"### {title}", ""]
        lines += [
            f"![{title}](writing/{picture(scene, width, theme, locale)})"
            for width, theme, locale in product(SIZES, THEMES, LOCALES)
        ]
    return "\n".join(lines) + "\n"


def main() -> int:
    with studio(FOLDER) as (browser, house, _):
        take_all(browser, house)
    FOLDER.with_suffix(".md").write_text(document())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

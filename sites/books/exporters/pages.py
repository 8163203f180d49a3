"""The pages of an edition: cover, title, chapters, and the two tables of contents.

What they say besides the book's own words is in the active language.
"""

from __future__ import annotations

import posixpath

from django.utils.translation import gettext as _

from sites.books.exporters.edition import Edition, EditionChapter
from sites.books.exporters.names import FOLDER, chapter_part
from sites.books.exporters.xhtml import OPS, XHTML, write_text

_PAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="{xhtml}" xmlns:epub="{ops}" lang="{language}" xml:lang="{language}" dir="{direction}">
<head>
<title>{title}</title>
<link rel="stylesheet" type="text/css" href="{style}"/>
</head>
<body{body}>
{content}
</body>
</html>
"""


def cover_page(edition: Edition, picture: str) -> str:
    """Give the page that shows the cover; ``picture`` is the part's name."""
    alt = _("Cover of “%(title)s”") % {"title": edition.title}
    source = write_text(posixpath.relpath(picture, FOLDER))
    content = (
        f'<div class="cover"><img src="{source}" alt="{write_text(alt)}" role="doc-cover"/></div>'
    )
    return _page(edition, "cover", content, body=' epub:type="cover"')


def title_page(edition: Edition) -> str:
    """Give the page with the book's names."""
    names = ", ".join(person.name for person in edition.people if person.role == "author")
    others = [person.name for person in edition.people if person.role != "author"]
    lines = [f"<h1>{write_text(_named(edition.title))}</h1>"]
    lines += [f"<p>{write_text(text)}</p>" for text in (edition.subtitle, names, *others) if text]
    content = f'<section class="title-page" epub:type="titlepage">{"".join(lines)}</section>'
    return _page(edition, "title", content, body=' epub:type="frontmatter"')


def chapter_page(edition: Edition, chapter: EditionChapter, text: str) -> str:
    """Give a chapter's page; ``text`` is its XHTML, in an element of its own."""
    title = write_text(_named(chapter.title))
    content = (
        '<section epub:type="chapter" role="doc-chapter" aria-labelledby="chapter-title">\n'
        f'<h1 id="chapter-title">{title}</h1>\n{text}\n</section>'
    )
    part = chapter_part(chapter.uid)
    return _page(edition, part, content, title=title, body=' epub:type="bodymatter"')


def contents_page(edition: Edition, *, has_cover: bool) -> str:
    """Give EPUB 3's navigation document."""
    heading = write_text(_("Contents"))
    start = write_text(_("Start of the text"))
    cover = write_text(_("Cover"))
    lines = "\n".join(
        f'<li><a href="{_from_folder(chapter.uid)}">{write_text(_named(chapter.title))}</a></li>'
        for chapter in edition.chapters
    )
    first = _from_folder(edition.chapters[0].uid)
    marks = [f'<li><a epub:type="cover" href="cover.xhtml">{cover}</a></li>'] if has_cover else []
    marks += [
        f'<li><a epub:type="bodymatter" href="{first}">{start}</a></li>',
    ]
    content = (
        f'<nav epub:type="toc" role="doc-toc" id="toc">\n<h1>{heading}</h1>\n<ol>\n{lines}\n</ol>\n'
        f'</nav>\n<nav epub:type="landmarks" hidden="hidden">\n<ol>{"".join(marks)}</ol>\n</nav>'
    )
    return _page(edition, "nav", content, title=heading)


def ncx(edition: Edition) -> str:
    """Give EPUB 2's table of contents, for old readers."""
    points = "\n".join(
        f'<navPoint id="n{number}" playOrder="{number}"><navLabel><text>'
        f"{write_text(_named(chapter.title))}</text></navLabel>"
        f'<content src="{_from_folder(chapter.uid)}"/></navPoint>'
        for number, chapter in enumerate(edition.chapters, start=1)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1">\n'
        f'<head><meta name="dtb:uid" content="{write_text(edition.identifier)}"/>'
        '<meta name="dtb:depth" content="1"/><meta name="dtb:totalPageCount" content="0"/>'
        '<meta name="dtb:maxPageNumber" content="0"/></head>\n'
        f"<docTitle><text>{write_text(_named(edition.title))}</text></docTitle>\n"
        f"<navMap>\n{points}\n</navMap>\n</ncx>\n"
    )


def _page(edition: Edition, part: str, content: str, *, title: str = "", body: str = "") -> str:
    style = "../style.css" if "/" in part else "style.css"
    return _PAGE.format(
        xhtml=XHTML,
        ops=OPS,
        language=write_text(edition.language),
        direction=edition.direction,
        title=title or write_text(_named(edition.title)),
        style=style,
        body=body,
        content=content,
    )


def _named(title: str) -> str:
    """No title may be empty in XHTML."""
    return title if title.strip() else "—"


def _from_folder(uid: str) -> str:
    return posixpath.relpath(chapter_part(uid), FOLDER)

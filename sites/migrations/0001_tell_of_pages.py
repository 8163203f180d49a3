"""PostgreSQL tells every instance which pages have changed for strangers (docs/page-cache.md).

Whoever writes, in whatever way, need not think of kept pages. What is told at the commit is the slug of
the book whose pages have changed, or nothing where any page may have. Equal words of one transaction are
told once.
"""

from __future__ import annotations

from django.db import migrations


def _function(of: str, column: str, slug: str) -> str:
    """A function that tells of the book to which the row's ``column`` leads."""
    return f"""
CREATE FUNCTION pages_tell_of_{of}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('esensi_pages', book.slug) FROM {slug} = coalesce(NEW.{column}, OLD.{column});
    RETURN NULL;
END $$;
"""


_FUNCTIONS = (
    """
CREATE FUNCTION pages_tell_of_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('esensi_pages', '');
    RETURN NULL;
END $$;
"""
    + _function("book", "book_id", "books_book book WHERE book.id")
    + _function(
        "chapter",
        "chapter_id",
        "books_book book JOIN books_chapter chapter ON chapter.book_id = book.id WHERE chapter.id",
    )
    + _function(
        "review",
        "review_id",
        "books_book book JOIN community_review review ON review.book_id = book.id WHERE review.id",
    )
)

#: What strangers see of a book and of a chapter. A chapter's text and length are its book's pages'.
_BOOK = (
    "status, publish_at, created_at, title, subtitle, slug, language, direction, writing_mode, synopsis, "
    "opening_line, is_complete, cover, cover_ground, cover_made"
)
_CHAPTER = "status, publish_at, created_at, book_id, uid, number, title"
_TEXT = "text, words"
_OUT = "status = 'published'"
_HIGHLIGHT = "is_shared, hidden_at, chapter_id, paragraph, quote, colour, note"


def _row(columns: str, row: str) -> str:
    return "(" + ", ".join(f"{row}.{column}" for column in columns.split(", ")) + ")"


def _changed(columns: str) -> str:
    return f"{_row(columns, 'OLD')} IS DISTINCT FROM {_row(columns, 'NEW')}"


def _of_rows(table: str, *, seen: str, columns: str, of: str = "all") -> str:
    """Triggers for rows of which strangers see the ``columns`` while ``seen`` holds."""
    either = f"(OLD.{seen} OR NEW.{seen})"
    return f"""
CREATE TRIGGER pages_inserted AFTER INSERT ON {table} FOR EACH ROW
    WHEN (NEW.{seen}) EXECUTE FUNCTION pages_tell_of_{of}();
CREATE TRIGGER pages_deleted AFTER DELETE ON {table} FOR EACH ROW
    WHEN (OLD.{seen}) EXECUTE FUNCTION pages_tell_of_{of}();
CREATE TRIGGER pages_updated AFTER UPDATE ON {table} FOR EACH ROW
    WHEN ({either} AND {_changed(columns)}) EXECUTE FUNCTION pages_tell_of_{of}();
"""


def _of_every(table: str, of: str) -> str:
    """A trigger for rows each of which strangers may see."""
    return f"""
CREATE TRIGGER pages_changed AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION pages_tell_of_{of}();
"""


def _of_statements(table: str) -> str:
    return f"""
CREATE TRIGGER pages_changed AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION pages_tell_of_all();
"""


_STATEMENTS = (
    "books_authorship",
    "books_genre",
    "books_book_genres",
    "community_announcement",
    "community_housepage",
)
_TRIGGERS = (
    _of_rows("books_book", seen=_OUT, columns=_BOOK)
    + _of_rows("books_chapter", seen=_OUT, columns=_CHAPTER)
    + _of_rows("community_highlight", seen="is_shared", columns=_HIGHLIGHT, of="chapter")
    + f"""
CREATE TRIGGER pages_written AFTER UPDATE ON books_chapter FOR EACH ROW
    WHEN (NEW.status = 'published' AND {_changed(_TEXT)})
    EXECUTE FUNCTION pages_tell_of_book();
CREATE TRIGGER pages_updated AFTER UPDATE ON books_author FOR EACH ROW
    WHEN ({_changed("name, slug, bio")}) EXECUTE FUNCTION pages_tell_of_all();
CREATE TRIGGER pages_updated AFTER UPDATE ON accounts_user FOR EACH ROW
    WHEN ({_changed("name, is_active")}) EXECUTE FUNCTION pages_tell_of_all();
"""
    + _of_every("community_review", "book")
    + _of_every("community_reviewvote", "review")
    + "".join(_of_statements(table) for table in _STATEMENTS)
)
_UNDONE = """
DROP FUNCTION pages_tell_of_all, pages_tell_of_book, pages_tell_of_chapter, pages_tell_of_review CASCADE
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("accounts", "0005_days"),
        ("books", "0018_what_is_made_of_covers"),
        ("community", "0007_highlights_and_reviews"),
    ]
    operations = [migrations.RunSQL(_FUNCTIONS + _TRIGGERS, _UNDONE)]

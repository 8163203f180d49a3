"""Whoever takes another name changes the pages of those books alone on which it stands.

An account's name stands beside its reviews and the highlights that it shares. When everything was
dropped, anybody could empty all kept pages again and again by changing their name.
"""

from __future__ import annotations

from django.db import migrations

_CHANGED = "(OLD.name, OLD.is_active) IS DISTINCT FROM (NEW.name, NEW.is_active)"


def _trigger(function: str) -> str:
    return f"""
DROP TRIGGER pages_updated ON accounts_user;
CREATE TRIGGER pages_updated AFTER UPDATE ON accounts_user FOR EACH ROW
    WHEN ({_CHANGED}) EXECUTE FUNCTION {function}();
"""


#: Beyond a hundred books everything counts as changed: one word instead of hundreds.
_FUNCTION = """
CREATE FUNCTION pages_tell_of_person() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    slugs text[];
BEGIN
    SELECT array_agg(slug) INTO slugs FROM (
        SELECT book.slug FROM community_review review
            JOIN books_book book ON book.id = review.book_id
            WHERE review.author_id = NEW.id
        UNION
        SELECT book.slug FROM community_highlight highlight
            JOIN books_chapter chapter ON chapter.id = highlight.chapter_id
            JOIN books_book book ON book.id = chapter.book_id
            WHERE highlight.author_id = NEW.id AND highlight.is_shared
        LIMIT 101
    ) found;
    IF cardinality(slugs) > 100 THEN
        PERFORM pg_notify('esensi_pages', '');
    ELSE
        PERFORM pg_notify('esensi_pages', slug) FROM unnest(slugs) slug;
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("esensi_sites", "0001_tell_of_pages")]
    operations = [
        migrations.RunSQL(
            _FUNCTION + _trigger("pages_tell_of_person"),
            _trigger("pages_tell_of_all") + "DROP FUNCTION pages_tell_of_person;",
        )
    ]

from django.db import migrations

#: Once for each book of a statement, however many names it credits.
_BY_STATEMENT = """
-- Write what search knows of a book. Its row is locked first, so that of two writers who each add a
-- name the second also sees the name of the first. A hundred names are more than a cover holds.
CREATE OR REPLACE FUNCTION books_search_book(book bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM books_book WHERE id = book FOR NO KEY UPDATE;
    INSERT INTO books_searchablebook AS kept (book_id, config, title, vector)
    SELECT said.id, said.config, said.named,
        setweight(said.named, 'A') ||
        setweight(books_search_vector(said.config, said.names) ||
            books_search_vector('esensi_simple', said.names), 'B') ||
        setweight(books_search_vector(said.config, said.blurb), 'C')
    FROM (
        SELECT b.id, books_search_config(b.language) AS config,
            -- As they are, too: a title may be a word that its language's configuration drops.
            books_search_vector(books_search_config(b.language), b.title || ' ' || b.subtitle) ||
            books_search_vector('esensi_simple', b.title || ' ' || b.subtitle) AS named,
            coalesce((
                SELECT string_agg(a.name, ' ' ORDER BY s.position, s.id)
                FROM (
                    SELECT id, author_id, position FROM books_authorship WHERE book_id = b.id
                    ORDER BY position, id LIMIT 100
                ) AS s JOIN books_author a ON a.id = s.author_id
            ), '') AS names,
            b.opening_line || ' ' || b.synopsis AS blurb
        FROM books_book b WHERE b.id = book
    ) AS said
    ON CONFLICT (book_id) DO UPDATE
    SET config = excluded.config, title = excluded.title, vector = excluded.vector;
END $$;

DROP TRIGGER books_search_credited ON books_authorship;
DROP TRIGGER books_search_credit_changed ON books_authorship;
DROP FUNCTION books_search_names_credited();

-- Whoever credits names waits for whoever is changing them.
CREATE FUNCTION books_search_names_credited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM books_author WHERE id IN (SELECT author_id FROM credited)
    ORDER BY id FOR SHARE;
    PERFORM books_search_book(book) FROM (
        SELECT DISTINCT book_id AS book FROM credited ORDER BY book_id
    ) AS theirs;
    RETURN NULL;
END $$;
CREATE FUNCTION books_search_names_discredited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM books_search_book(book) FROM (
        SELECT DISTINCT book_id AS book FROM discredited ORDER BY book_id
    ) AS theirs;
    RETURN NULL;
END $$;
CREATE TRIGGER books_search_credited AFTER INSERT ON books_authorship
    REFERENCING NEW TABLE AS credited
    FOR EACH STATEMENT EXECUTE FUNCTION books_search_names_credited();
CREATE TRIGGER books_search_credit_changed AFTER UPDATE ON books_authorship
    REFERENCING NEW TABLE AS credited
    FOR EACH STATEMENT EXECUTE FUNCTION books_search_names_credited();
CREATE TRIGGER books_search_credit_moved AFTER UPDATE ON books_authorship
    REFERENCING OLD TABLE AS discredited
    FOR EACH STATEMENT EXECUTE FUNCTION books_search_names_discredited();
CREATE TRIGGER books_search_discredited AFTER DELETE ON books_authorship
    REFERENCING OLD TABLE AS discredited
    FOR EACH STATEMENT EXECUTE FUNCTION books_search_names_discredited();
"""
_BY_ROW = """
DROP TRIGGER books_search_discredited ON books_authorship;
DROP TRIGGER books_search_credit_moved ON books_authorship;
DROP TRIGGER books_search_credited ON books_authorship;
DROP TRIGGER books_search_credit_changed ON books_authorship;
DROP FUNCTION books_search_names_discredited();
DROP FUNCTION books_search_names_credited();

-- Write what search knows of a book. Its row is locked first, so that of two writers who each add a
-- name the second also sees the name of the first.
CREATE OR REPLACE FUNCTION books_search_book(book bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM books_book WHERE id = book FOR NO KEY UPDATE;
    INSERT INTO books_searchablebook AS kept (book_id, config, title, vector)
    SELECT said.id, said.config, said.named,
        setweight(said.named, 'A') ||
        setweight(books_search_vector(said.config, said.names) ||
            books_search_vector('esensi_simple', said.names), 'B') ||
        setweight(books_search_vector(said.config, said.blurb), 'C')
    FROM (
        SELECT b.id, books_search_config(b.language) AS config,
            -- As they are, too: a title may be a word that its language's configuration drops.
            books_search_vector(books_search_config(b.language), b.title || ' ' || b.subtitle) ||
            books_search_vector('esensi_simple', b.title || ' ' || b.subtitle) AS named,
            coalesce((
                SELECT string_agg(a.name, ' ' ORDER BY s.position, s.id)
                FROM books_authorship s JOIN books_author a ON a.id = s.author_id
                WHERE s.book_id = b.id
            ), '') AS names,
            b.opening_line || ' ' || b.synopsis AS blurb
        FROM books_book b WHERE b.id = book
    ) AS said
    ON CONFLICT (book_id) DO UPDATE
    SET config = excluded.config, title = excluded.title, vector = excluded.vector;
END $$;

-- Whoever credits a name waits for whoever is changing it.
CREATE FUNCTION books_search_names_credited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        PERFORM 1 FROM books_author WHERE id = NEW.author_id FOR SHARE;
        PERFORM books_search_book(NEW.book_id);
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.book_id <> NEW.book_id) THEN
        PERFORM books_search_book(OLD.book_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER books_search_credited AFTER INSERT OR DELETE ON books_authorship
    FOR EACH ROW EXECUTE FUNCTION books_search_names_credited();
CREATE TRIGGER books_search_credit_changed
    AFTER UPDATE OF book_id, author_id, position ON books_authorship
    FOR EACH ROW WHEN (
        (OLD.book_id, OLD.author_id, OLD.position) IS DISTINCT FROM
        (NEW.book_id, NEW.author_id, NEW.position)
    ) EXECUTE FUNCTION books_search_names_credited();
"""


class Migration(migrations.Migration):
    """Search looks at a book once for all names that a statement credits."""

    dependencies = [
        ("books", "0014_days"),
    ]

    operations = [
        migrations.RunSQL(_BY_STATEMENT, _BY_ROW),
    ]

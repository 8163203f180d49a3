from __future__ import annotations

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations, models

#: One configuration for each language that PostgreSQL (15 and newer) can stem. Where letters are Latin,
#: accents are taken off first: readers leave them out.
_CONFIGURATIONS = """
DO $$
DECLARE
    lang text;
BEGIN
    FOREACH lang IN ARRAY ARRAY[
        'arabic', 'armenian', 'greek', 'hindi', 'nepali', 'russian', 'serbian', 'tamil', 'yiddish',
        'basque', 'catalan', 'danish', 'dutch', 'english', 'finnish', 'french', 'german', 'hungarian',
        'indonesian', 'irish', 'italian', 'lithuanian', 'norwegian', 'portuguese', 'romanian',
        'spanish', 'swedish', 'turkish', 'simple'
    ] LOOP
        EXECUTE format(
            'CREATE TEXT SEARCH CONFIGURATION %I (COPY = pg_catalog.%I)', 'esensi_' || lang, lang);
        IF lang = 'simple' THEN
            ALTER TEXT SEARCH CONFIGURATION esensi_simple
                ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
        ELSIF lang <> ALL (ARRAY['arabic', 'armenian', 'greek', 'hindi', 'nepali', 'russian',
                                 'serbian', 'tamil', 'yiddish']) THEN
            EXECUTE format(
                'ALTER TEXT SEARCH CONFIGURATION %I ALTER MAPPING FOR hword, hword_part, word
                 WITH unaccent, %I', 'esensi_' || lang, lang || '_stem');
        END IF;
    END LOOP;
    -- The words of scripts without spaces come in pairs of letters, see books_search_pairs().
    CREATE TEXT SEARCH CONFIGURATION esensi_pairs (COPY = pg_catalog.simple);
END $$;
"""
_NO_CONFIGURATIONS = """
DO $$
DECLARE
    found text;
BEGIN
    FOR found IN SELECT cfgname FROM pg_ts_config WHERE cfgname LIKE 'esensi\\_%' LOOP
        EXECUTE format('DROP TEXT SEARCH CONFIGURATION %I', found);
    END LOOP;
END $$;
"""

_FUNCTIONS = r"""
-- The configuration for a book's language, which is a BCP 47 tag.
CREATE FUNCTION books_search_config(language text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 'esensi_' || CASE split_part(lower(language), '-', 1)
        WHEN 'id' THEN 'indonesian' WHEN 'en' THEN 'english' WHEN 'ar' THEN 'arabic'
        WHEN 'hy' THEN 'armenian' WHEN 'eu' THEN 'basque' WHEN 'ca' THEN 'catalan'
        WHEN 'da' THEN 'danish' WHEN 'nl' THEN 'dutch' WHEN 'fi' THEN 'finnish'
        WHEN 'fr' THEN 'french' WHEN 'de' THEN 'german' WHEN 'el' THEN 'greek'
        WHEN 'hi' THEN 'hindi' WHEN 'hu' THEN 'hungarian' WHEN 'ga' THEN 'irish'
        WHEN 'it' THEN 'italian' WHEN 'lt' THEN 'lithuanian' WHEN 'ne' THEN 'nepali'
        WHEN 'no' THEN 'norwegian' WHEN 'nb' THEN 'norwegian' WHEN 'nn' THEN 'norwegian'
        WHEN 'pt' THEN 'portuguese' WHEN 'ro' THEN 'romanian' WHEN 'ru' THEN 'russian'
        WHEN 'sr' THEN 'serbian' WHEN 'es' THEN 'spanish' WHEN 'sv' THEN 'swedish'
        WHEN 'ta' THEN 'tamil' WHEN 'tr' THEN 'turkish' WHEN 'yi' THEN 'yiddish'
        WHEN 'ja' THEN 'pairs' WHEN 'zh' THEN 'pairs' WHEN 'yue' THEN 'pairs' WHEN 'ko' THEN 'pairs'
        WHEN 'th' THEN 'pairs' WHEN 'lo' THEN 'pairs' WHEN 'km' THEN 'pairs' WHEN 'my' THEN 'pairs'
        ELSE 'simple' END
$$;

-- A text of a script without spaces (Thai to Myanmar, Khmer, kana, hangul, Chinese characters) with a
-- word for each letter and for each two neighbours; other words stay as they are.
CREATE FUNCTION books_search_pairs(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(
        CASE WHEN NOT dense THEN letter WHEN next_dense THEN ' ' || letter || ' ' || letter || next || ' '
        ELSE ' ' || letter || ' ' END, '' ORDER BY place), '')
    FROM (
        SELECT letter, place, dense, lead(letter) OVER ordered AS next,
            lead(dense) OVER ordered AS next_dense
        FROM (
            SELECT letter, place,
                letter ~ '[\u0e01-\u109f\u1780-\u17ff\u3005\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]' AS dense
            FROM string_to_table(regexp_replace(said, '<[^>]*>', ' ', 'g'), NULL)
                WITH ORDINALITY AS letters (letter, place)
        ) AS looked
        WINDOW ordered AS (ORDER BY place)
    ) AS paired
$$;

-- The words of a text, or of as much of its beginning as a tsvector holds (1 MB). HTML's tags are no
-- words to PostgreSQL's parser; "and/or" would be the name of a file to it.
CREATE FUNCTION books_search_vector(config text, said text) RETURNS tsvector
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF said ~ '[[:alpha:]]/[[:alpha:]]' THEN
        said := regexp_replace(said, '([[:alpha:]])/(?=[[:alpha:]])', '\1 ', 'g');
    END IF;
    IF config = 'esensi_pairs' THEN
        said := books_search_pairs(said);
    END IF;
    LOOP
        BEGIN
            RETURN to_tsvector(config::regconfig, said);
        EXCEPTION WHEN program_limit_exceeded THEN
            said := left(said, length(said) / 2);
        END;
    END LOOP;
END $$;

-- Write what search knows of a book. Its row is locked first, so that of two writers who each add a
-- name the second also sees the name of the first.
CREATE FUNCTION books_search_book(book bigint) RETURNS void
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

-- The words of a chapter; of a text that fills a tsvector by itself, those of its first half.
CREATE FUNCTION books_search_chapter(config text, title text, said text) RETURNS tsvector
LANGUAGE plpgsql STABLE AS $$
BEGIN
    LOOP
        BEGIN
            RETURN setweight(books_search_vector(config, title), 'C') ||
                books_search_vector(config, said);
        EXCEPTION WHEN program_limit_exceeded THEN
            said := left(said, length(said) / 2);
        END;
    END LOOP;
END $$;

-- The moment from which a published chapter is out by itself; without one it always was.
CREATE FUNCTION books_search_out_from(publish_at timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(publish_at, '2000-01-01 00:00:00+00'::timestamptz)
$$;
"""

_TRIGGERS = r"""
CREATE FUNCTION books_search_book_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM books_search_book(NEW.id);
    IF TG_OP = 'UPDATE' AND
            books_search_config(OLD.language) <> books_search_config(NEW.language) THEN
        UPDATE books_searchablechapter e
        SET config = books_search_config(NEW.language),
            vector = books_search_chapter(books_search_config(NEW.language), c.title, c.text)
        FROM books_chapter c WHERE c.id = e.chapter_id AND c.book_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER books_search_book_new AFTER INSERT ON books_book
    FOR EACH ROW EXECUTE FUNCTION books_search_book_written();
CREATE TRIGGER books_search_book_changed
    AFTER UPDATE OF title, subtitle, language, synopsis, opening_line ON books_book
    FOR EACH ROW WHEN (
        (OLD.title, OLD.subtitle, OLD.language, OLD.synopsis, OLD.opening_line) IS DISTINCT FROM
        (NEW.title, NEW.subtitle, NEW.language, NEW.synopsis, NEW.opening_line)
    ) EXECUTE FUNCTION books_search_book_written();

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

CREATE FUNCTION books_search_author_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM books_search_book(book) FROM (
        SELECT DISTINCT book_id AS book FROM books_authorship WHERE author_id = NEW.id
        ORDER BY book_id
    ) AS theirs;
    RETURN NULL;
END $$;
CREATE TRIGGER books_search_renamed AFTER UPDATE OF name ON books_author
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
    EXECUTE FUNCTION books_search_author_renamed();

CREATE FUNCTION books_search_chapter_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_config text;
BEGIN
    IF NEW.status <> 'published' THEN
        DELETE FROM books_searchablechapter WHERE chapter_id = NEW.id;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'published' AND OLD.book_id = NEW.book_id AND
            OLD.title = NEW.title AND OLD.text = NEW.text THEN
        UPDATE books_searchablechapter SET out_from = books_search_out_from(NEW.publish_at)
        WHERE chapter_id = NEW.id;
        RETURN NULL;
    END IF;
    SELECT books_search_config(language) INTO its_config FROM books_book WHERE id = NEW.book_id;
    INSERT INTO books_searchablechapter AS kept (chapter_id, book_id, config, out_from, vector)
    VALUES (NEW.id, NEW.book_id, its_config, books_search_out_from(NEW.publish_at),
        books_search_chapter(its_config, NEW.title, NEW.text))
    ON CONFLICT (chapter_id) DO UPDATE
    SET book_id = excluded.book_id, config = excluded.config, out_from = excluded.out_from,
        vector = excluded.vector;
    RETURN NULL;
END $$;
-- A draft costs its writers nothing.
CREATE TRIGGER books_search_chapter_new AFTER INSERT ON books_chapter
    FOR EACH ROW WHEN (NEW.status = 'published')
    EXECUTE FUNCTION books_search_chapter_written();
CREATE TRIGGER books_search_chapter_changed
    AFTER UPDATE OF book_id, title, text, status, publish_at ON books_chapter
    FOR EACH ROW WHEN (
        (OLD.status = 'published' OR NEW.status = 'published') AND
        (OLD.book_id, OLD.title, OLD.text, OLD.status, OLD.publish_at) IS DISTINCT FROM
        (NEW.book_id, NEW.title, NEW.text, NEW.status, NEW.publish_at)
    ) EXECUTE FUNCTION books_search_chapter_written();
"""

_TABLES = """
ALTER TABLE books_searchablebook ADD CONSTRAINT books_searchablebook_book
    FOREIGN KEY (book_id) REFERENCES books_book ON DELETE CASCADE;
ALTER TABLE books_searchablechapter ADD CONSTRAINT books_searchablechapter_chapter
    FOREIGN KEY (chapter_id) REFERENCES books_chapter ON DELETE CASCADE;
-- Vectors hardly shrink, so that trying costs time alone; and room on each page lets a row whose
-- chapter is scheduled anew stay out of the index of words.
ALTER TABLE books_searchablechapter ALTER COLUMN vector SET STORAGE EXTERNAL;
ALTER TABLE books_searchablechapter SET (fillfactor = 80);
"""

_NO_TRIGGERS = """
DROP TRIGGER books_search_chapter_changed ON books_chapter;
DROP TRIGGER books_search_chapter_new ON books_chapter;
DROP TRIGGER books_search_renamed ON books_author;
DROP TRIGGER books_search_credit_changed ON books_authorship;
DROP TRIGGER books_search_credited ON books_authorship;
DROP TRIGGER books_search_book_changed ON books_book;
DROP TRIGGER books_search_book_new ON books_book;
DROP FUNCTION books_search_chapter_written();
DROP FUNCTION books_search_author_renamed();
DROP FUNCTION books_search_names_credited();
DROP FUNCTION books_search_book_written();
"""
_NO_FUNCTIONS = """
DROP FUNCTION books_search_out_from(timestamptz);
DROP FUNCTION books_search_chapter(text, text, text);
DROP FUNCTION books_search_book(bigint);
DROP FUNCTION books_search_vector(text, text);
DROP FUNCTION books_search_pairs(text);
DROP FUNCTION books_search_config(text);
"""


class Migration(migrations.Migration):
    """Search's tables, filled for rows written from now on; `manage.py index_books` does the others."""

    dependencies = [
        ("books", "0011_shelves"),
    ]

    operations = [
        UnaccentExtension(),  # trusted: the database's owner may create it
        migrations.CreateModel(
            name="SearchableBook",
            fields=[
                (
                    "book",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="books.book",
                    ),
                ),
                ("config", models.CharField(max_length=63)),
                ("title", django.contrib.postgres.search.SearchVectorField()),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["title"], name="books_searchable_title"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["vector"], name="books_searchable_book"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchableChapter",
            fields=[
                (
                    "chapter",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="books.chapter",
                    ),
                ),
                (
                    "book",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="books.book",
                    ),
                ),
                ("config", models.CharField(max_length=63)),
                ("out_from", models.DateTimeField()),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["vector"], name="books_searchable_chapter"
                    ),
                ],
            },
        ),
        migrations.RunSQL(_CONFIGURATIONS, _NO_CONFIGURATIONS),
        migrations.RunSQL(_TABLES, migrations.RunSQL.noop),
        migrations.RunSQL(_FUNCTIONS, _NO_FUNCTIONS),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
    ]

"""The one statement that searches, and its limits.

It costs about the same in a small house and in a large one: each part looks at so many rows and no
more, and what is left out by that is said (``is_cut``). The index of words (GIN) gives hits without
an order, so a word of every chapter is met by the first ``HITS`` of them; of the books they are in,
those with the most come first, and only ``RANKED`` texts are read for the rank.
"""

from __future__ import annotations

from typing import Final

#: Books that a search gives: seventeen pages, where nobody goes; beyond it "more than" is said.
RESULTS: Final = 200
#: Books whose titles, and whose other words, are ranked: 10 µs each.
BOOKS_RANKED: Final = 250
#: Chapters whose texts are ranked: 15 µs each for 400 words, 80 µs for 10,000.
RANKED: Final = 300
#: Chapters with the words that are looked at: 0.5 µs each, without their texts.
HITS: Final = 10_000
#: The same for phrases and what is excluded, for which each text is read.
HITS_READ: Final = 2_000
#: With fewer results, near names are offered.
FEW: Final = 3
#: Near titles, and near names, that are looked at.
NEAR: Final = 20
#: How near (pg_trgm's word similarity, 0 to 1): "sekarwnagi" and "Sekarwangi" are 0.54.
LIKENESS: Final = 0.45
#: Characters of a chapter in which the found sentence is looked for.
TEXT_READ: Final = 200_000
#: Milliseconds; a page is to come within a second, whatever is asked.
TIME_LIMIT: Final = 800

# The planner does not know that a chapter's words are longer than its row: in a house of middling size
# it would read those of all chapters instead of the index. Compiling (jit) costs more than it saves.
_SETTINGS: Final = """
SET LOCAL statement_timeout = %(time_limit)s;
SET LOCAL jit = off;
SET LOCAL enable_seqscan = off;
SET LOCAL pg_trgm.word_similarity_threshold = %(likeness)s;
"""
# Inside a transaction of the caller's these would live on.
_NO_SETTINGS: Final = """;
SET LOCAL statement_timeout TO DEFAULT;
SET LOCAL jit TO DEFAULT;
SET LOCAL enable_seqscan TO DEFAULT
"""

# `exact` is what is asked; `coarse` is what the index answers without reading a text: phrases as
# single words, and without what is excluded; it is null where nothing is left. `wide` adds the words
# as they are, for titles and names that a language's configuration would drop or shorten.
_ASKED: Final = """
WITH questions AS (
    SELECT config, websearch_to_tsquery('esensi_simple', %(text)s) AS plain,
        websearch_to_tsquery(config::regconfig, CASE config
            WHEN 'esensi_pairs' THEN books_search_pairs(translate(%(text)s, '"-', '  '))
            ELSE %(text)s END) AS exact
    FROM (
        SELECT DISTINCT books_search_config(tag) AS config FROM unnest(%(languages)s::text[]) tag
    ) AS configs
), widened AS (
    SELECT config, exact, CASE WHEN querytree(exact) = exact::text THEN exact || plain
        ELSE exact END AS wide
    FROM questions
), simplified AS (
    SELECT config, exact, wide,
        regexp_replace(nullif(nullif(querytree(exact), ''), 'T'), '<(-|\\d+)>', '&', 'g')::tsquery
            AS coarse,
        regexp_replace(nullif(nullif(querytree(wide), ''), 'T'), '<(-|\\d+)>', '&', 'g')::tsquery
            AS wide_coarse
    FROM widened
), asked AS MATERIALIZED (
    SELECT *, coarse::text = exact::text AS is_plain FROM simplified
)"""

_BY_COVER: Final = """
, titles AS (
    SELECT a.config, e.book_id, 3 AS tier, ts_rank_cd(e.title, a.wide, 1) AS rank
    FROM asked a CROSS JOIN LATERAL (
        SELECT book_id, title FROM books_searchablebook e
        WHERE e.config = a.config AND title @@ a.wide_coarse AND title @@ a.wide
            AND book_id IN (VISIBLE_BOOKS)
        LIMIT %(books_ranked)s) AS e
), covers AS (
    SELECT a.config, e.book_id,
        CASE WHEN ts_filter(e.vector, '{a,b}') @@ a.wide THEN 2 ELSE 1 END AS tier,
        ts_rank_cd(e.vector, a.wide, 1) AS rank
    FROM asked a CROSS JOIN LATERAL (
        SELECT book_id, vector FROM books_searchablebook e
        WHERE e.config = a.config AND vector @@ a.wide_coarse AND vector @@ a.wide
            AND book_id IN (VISIBLE_BOOKS)
        LIMIT %(books_ranked)s) AS e
)"""

_BY_TEXT: Final = """
, looks AS (
    -- Configurations that stem the words alike share one look.
    SELECT row_number() OVER () AS look, min(coarse::text)::tsquery AS coarse,
        bool_and(is_plain) AS is_plain, array_agg(config) AS configs
    FROM asked GROUP BY coarse::text
), met AS MATERIALIZED (
    SELECT l.look, l.is_plain, a.config, a.exact, e.book_id, e.looked, e.chapters
    FROM looks l CROSS JOIN LATERAL (
        SELECT config, book_id, count(*) AS looked, array_agg(chapter_id)
            FILTER (WHERE out_from <= %(now)s AND (l.is_plain OR vector @@ (
                SELECT exact FROM asked WHERE asked.config = met.config))) AS chapters
        FROM (
            SELECT chapter_id, book_id, config, out_from, vector FROM books_searchablechapter
            WHERE vector @@ l.coarse NARROWED
            LIMIT CASE WHEN l.is_plain THEN %(hits)s ELSE %(hits_read)s END) AS met
        GROUP BY config, book_id) AS e
    LEFT JOIN asked a ON a.config = e.config AND a.config = ANY (l.configs)
), chosen AS (
    SELECT config, exact, book_id, cardinality(chapters) AS hits, chapters FROM met
    WHERE config IS NOT NULL AND chapters IS NOT NULL AND book_id IN (VISIBLE_BOOKS)
    ORDER BY hits DESC, book_id DESC LIMIT %(results)s
), picked AS (
    SELECT c.config, c.exact, c.book_id, chapter_id
    FROM chosen c CROSS JOIN unnest(c.chapters[:%(ranked)s]) WITH ORDINALITY AS u (chapter_id, turn)
    ORDER BY turn, c.hits DESC, c.book_id DESC LIMIT %(ranked)s
), chapters AS (
    SELECT p.config, p.book_id, p.chapter_id, 1 AS tier, ts_rank_cd(e.vector, p.exact, 1) AS rank
    FROM picked p JOIN books_searchablechapter e USING (chapter_id)
)"""

_RESULTS: Final = """
, found AS (
    SELECT config, book_id, NULL::bigint AS chapter_id, tier, rank FROM titles
    UNION ALL SELECT config, book_id, NULL, tier, rank FROM covers
    UNION ALL SELECT config, book_id, chapter_id, tier, rank FROM chapters
), books AS MATERIALIZED (
    SELECT book_id, max(tier) AS tier, min(config) AS config,
        (array_agg(rank ORDER BY tier DESC, rank DESC))[1] AS rank,
        (array_agg(chapter_id ORDER BY rank DESC, chapter_id)
            FILTER (WHERE chapter_id IS NOT NULL))[1] AS chapter_id
    FROM found GROUP BY book_id
    ORDER BY tier DESC, rank DESC, book_id DESC LIMIT %(results)s
), page AS (
    SELECT row_number() OVER (ORDER BY tier DESC, rank DESC, book_id DESC) AS place, *
    FROM books ORDER BY place LIMIT %(limit)s OFFSET %(offset)s
), shown AS (
    SELECT page.place, page.book_id AS book, page.config, c.id AS chapter, c.number, c.title, c.text
    FROM page LEFT JOIN LATERAL (
        SELECT id, number, title, left(text, %(text_read)s) AS text FROM books_chapter
        WHERE id = page.chapter_id AND id IN (READABLE_CHAPTERS)) AS c ON true
)"""

# The likest first; nothing is looked at where enough was found.
_NEAR: Final = """
, near AS (
    (SELECT b.id AS book, b.title AS said, word_similarity(%(text)s, b.title) AS likeness
    FROM books_book b
    WHERE (SELECT count(*) FROM books) < %(few)s AND upper(b.title) %%> %(text)s
        AND b.id IN (VISIBLE_BOOKS) AND b.id NOT IN (SELECT book_id FROM books)
    ORDER BY likeness DESC, b.id LIMIT %(near)s)
    UNION ALL
    (SELECT s.book_id, a.name, word_similarity(%(text)s, a.name) AS likeness
    FROM books_author a JOIN books_authorship s ON s.author_id = a.id
    WHERE (SELECT count(*) FROM books) < %(few)s AND upper(a.name) %%> %(text)s
        AND s.book_id IN (VISIBLE_BOOKS) AND s.book_id NOT IN (SELECT book_id FROM books)
    ORDER BY likeness DESC, s.book_id LIMIT %(near)s)
)"""

_ANSWER: Final = """
SELECT json_build_object(
    'count', (SELECT count(*) FROM books),
    'is_cut', EXISTS (SELECT FROM met GROUP BY look, is_plain
        HAVING sum(looked) >= CASE WHEN is_plain THEN %(hits)s ELSE %(hits_read)s END),
    'shown', (SELECT coalesce(json_agg(shown ORDER BY place), '[]') FROM shown),
    'near', (SELECT coalesce(json_agg(near ORDER BY likeness DESC, book), '[]') FROM near)
)::text"""

#: ``VISIBLE_BOOKS`` and ``READABLE_CHAPTERS`` stand for subqueries of keys, ``NARROWED`` for a further
#: condition on the chapters that are looked at. Several statements in one message.
SEARCH: Final = (
    _SETTINGS + _ASKED + _BY_COVER + _BY_TEXT + _RESULTS + _NEAR + _ANSWER + _NO_SETTINGS
)
#: The statement's values that are the same for every search.
LIMITS: Final = {
    "time_limit": TIME_LIMIT,
    "likeness": LIKENESS,
    "books_ranked": BOOKS_RANKED,
    "hits": HITS,
    "hits_read": HITS_READ,
    "ranked": RANKED,
    "results": RESULTS + 1,  # one more tells that there are others
    "text_read": TEXT_READ,
    "few": FEW,
    "near": NEAR,
}
